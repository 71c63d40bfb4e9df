"""The steps in which a coordinator puts a study together.

Every step is a module of one shape: ``context(study, user)`` gives its page what to show and
``pieces(study, user, data)`` turns the submitted form into parts of the protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from readerstudy.models import ReaderStudy, StudyRole
from readerstudy.wizard import ai, analysis, cases, design, freeze, questions, readers, truth
from webapp.accounts.models import User


@dataclass(frozen=True)
class Step:
    """One page of the wizard."""

    slug: str
    title: Promise
    context: Callable[[ReaderStudy, User], Mapping[str, Any]]
    pieces: Callable[[ReaderStudy, User, QueryDict], Mapping[str, Any]]
    roles: tuple[StudyRole, ...] = (StudyRole.COORDINATOR,)

    @property
    def template(self) -> str:
        """Name of the step's template."""
        return f"readerstudy/wizard/{self.slug}.html"


STEPS = (
    Step("cases", _("Cases"), cases.context, cases.pieces),
    Step(
        "truth",
        _("Truth"),
        truth.context,
        truth.pieces,
        (StudyRole.COORDINATOR, StudyRole.TRUTH_KEEPER),
    ),
    Step("questions", _("Questions"), questions.context, questions.pieces),
    Step("readers", _("Readers"), readers.context, readers.pieces),
    Step("design", _("Design"), design.context, design.pieces),
    Step("ai", _("AI"), ai.context, ai.pieces),
    Step("analysis", _("Analysis"), analysis.context, analysis.pieces),
    Step("freeze", _("Freeze"), freeze.context, freeze.pieces),
)
BY_SLUG = {step.slug: step for step in STEPS}


def after(step: Step) -> Step:
    """Return the step that follows; the last one follows itself."""
    index = STEPS.index(step)
    return STEPS[min(index + 1, len(STEPS) - 1)]
