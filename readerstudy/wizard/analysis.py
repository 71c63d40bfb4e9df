"""The analysis plan, fixed before anybody reads."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy
from webapp.accounts.models import User
from webapp.core.errors import InvalidInput


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the study's own plan as text, empty for the preset."""
    own = study.analysis_plan
    return {"plan_text": json.dumps(own, indent=2, ensure_ascii=False) if own else ""}


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Read the plan; an empty field means the preset of the design.

    Raises
    ------
    InvalidInput
        If the text is not JSON; says the line.
    """
    text = data.get("plan", "").strip()
    if not text:
        return {"analysis_plan": None}
    try:
        return {"analysis_plan": json.loads(text)}
    except json.JSONDecodeError as error:
        raise InvalidInput(
            _("The plan is not JSON: %(why)s in line %(line)s.")
            % {"why": error.msg, "line": error.lineno}
        ) from error
