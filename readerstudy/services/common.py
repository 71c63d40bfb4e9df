"""What every service needs: the locked row, the state it has to be in, the event."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy, StudyState
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict


def locked_study(study: ReaderStudy, *states: StudyState) -> ReaderStudy:
    """Return a study's present row, locked until the transaction ends.

    Raises
    ------
    Conflict
        If it is in none of the states.
    """
    present = ReaderStudy.objects.select_for_update().get(pk=study.pk)
    if states and present.state not in states:
        wanted = _(" or ").join(str(state.label).lower() for state in states)
        raise Conflict(
            _("The study is %(found)s; this needs it to be %(wanted)s.")
            % {"found": present.get_state_display().lower(), "wanted": wanted},
            code=f"study_{present.state}",
        )
    return present


def record(
    study: ReaderStudy,
    action: str,
    *,
    actor: User | None,
    clock: Clock,
    target: models.Model | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append an event to the study's chain."""
    audit.record(
        chain=audit.study_chain(study.pk),
        actor=actor,
        action=action,
        target=target or study,
        data=data or {},
        clock=clock,
    )
