"""The analysis plan, fixed before anybody reads."""

import json
from typing import Any

from django.http import QueryDict

from readerstudy.models import ReaderStudy
from webapp.accounts.models import User
from webapp.core.json_input import parse_json


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
    return {"analysis_plan": parse_json(text.encode())}
