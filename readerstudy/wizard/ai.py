"""Which model the aided arm shows, and what of it."""

from typing import Any

from django.http import QueryDict

from inference.registry import catalogue
from readerstudy.models import ReaderStudy
from readerstudy.protocol.schema import SHOWABLE
from readerstudy.selectors.protocols import draft_of, protocol_of
from readerstudy.selectors.runs import models_of, usable_runs
from webapp.accounts.models import User


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the arms with AI, the systems there are, what can be shown, and runs still missing."""
    cases = list(study.cases.all())
    models = models_of(draft_of(study)).values()
    return {
        "missing_runs": sum(len(cases) - len(usable_runs(cases, model)) for model in models),
        "arms": [arm for arm in study.arms.all() if arm.ai],
        "systems": [spec for spec in catalogue() if spec.available],
        "showable": SHOWABLE,
    }


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Read system and parts to show of every arm with AI."""
    arms = protocol_of(study)["arms"]
    for arm in arms:
        if arm["ai"]:
            arm["ai"] = {
                "system": data.get(f"system-{arm['id']}", ""),
                "show": data.getlist(f"show-{arm['id']}"),
            }
    return {"arms": arms}
