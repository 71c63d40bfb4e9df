"""The end of a study: reading ends, then results open; and amendments before that."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from readerstudy.models import (
    Assignment,
    ReaderStudy,
    Reading,
    ReadingState,
    StudyResult,
    StudyState,
)
from readerstudy.models.study import READABLE
from readerstudy.protocol import parse_protocol, sha256_of
from readerstudy.protocol.write import plain
from readerstudy.selectors.results import compute
from readerstudy.services.common import locked_study, record
from webapp.accounts.models import User
from webapp.accounts.services import confirm_identity
from webapp.core.clock import Clock
from webapp.core.errors import InvalidInput

AMENDABLE = ("title", "washout_days")
"""What may change after freezing: neither touches what was drawn."""


@transaction.atomic
def lock(*, study: ReaderStudy, actor: User | None, clock: Clock) -> ReaderStudy:
    """End reading; what is not committed stays out.

    Raises
    ------
    Conflict
        If the study is not running.
    """
    present = locked_study(study, StudyState.RUNNING)
    present.state = StudyState.LOCKED
    present.locked_at = clock.now()
    present.save(update_fields=["state", "locked_at"])
    planned = Assignment.objects.filter(study_case__study=present)
    done = Reading.objects.filter(assignment__in=planned, state=ReadingState.COMMITTED)
    data = {"committed": done.count(), "assignments": planned.count()}
    record(present, "study.locked", actor=actor, clock=clock, data=data)
    return present


def unblind(
    *, study: ReaderStudy, actor: User | None, clock: Clock, password: str | None = None
) -> ReaderStudy:
    """Open the results: run the frozen plan once and keep what it gives.

    Parameters
    ----------
    password
        The actor's own, typed again by whoever does this at a screen; recorded as a signature
        (21 CFR 11.50). Programs that hold a token, and the command line, have none.

    Raises
    ------
    Conflict
        If the study is not locked.
    InvalidInput
        If the password is wrong.
    """
    if password is not None and actor is not None:
        confirm_identity(user=actor, password=password)
    with transaction.atomic():
        present = locked_study(study, StudyState.LOCKED)
    result = plain(compute(present))  # readings don't change any more: no lock is held meanwhile
    return _open_results(present, result, actor, clock, signed=password is not None)


@transaction.atomic
def _open_results(
    study: ReaderStudy, result: dict[str, Any], actor: User | None, clock: Clock, *, signed: bool
) -> ReaderStudy:
    present = locked_study(study, StudyState.LOCKED)
    present.state = StudyState.UNBLINDED
    present.unblinded_at = clock.now()
    present.save(update_fields=["state", "unblinded_at"])
    digest = sha256_of(result)
    StudyResult.objects.create(study=present, result=result, sha256=digest, computed_at=clock.now())
    data: dict[str, Any] = {"result_sha256": digest, "signed": signed}
    if signed:
        data["meaning"] = "The readings are complete and the results may be opened."
    record(present, "study.unblinded", actor=actor, clock=clock, data=data)
    return present


@transaction.atomic
def amend(
    *,
    study: ReaderStudy,
    changes: Mapping[str, Any],
    reason: str,
    actor: User | None,
    clock: Clock,
) -> ReaderStudy:
    """Change a frozen study, with a reason; the sealed protocol stays as it is.

    Raises
    ------
    InvalidInput
        If the reason is missing, or the change is none that keeps the drawn plan.
    Conflict
        If the study is a draft, or reading has ended.
    """
    present = locked_study(study, *READABLE)
    if not reason.strip():
        raise InvalidInput(_("An amendment needs a reason."), fields={"reason": _("Say why.")})
    if stray := [key for key in changes if key not in AMENDABLE]:
        raise InvalidInput(
            _("After freezing only these can be amended: %(keys)s; not %(stray)s.")
            % {"keys": ", ".join(AMENDABLE), "stray": stray[0]},
            code="not_amendable",
        )
    before = {key: getattr(present, key) for key in changes}
    _set(present, changes)
    data = {"before": before, "after": dict(changes), "reason": reason.strip()}
    record(present, "study.amended", actor=actor, clock=clock, data=data)
    return present


def _set(study: ReaderStudy, changes: Mapping[str, Any]) -> None:
    """Write amended values as the protocol's own rules allow them."""
    present = {"title": study.title, "washout_days": study.washout_days}
    protocol = parse_protocol({**(study.frozen_protocol or {}), **present, **changes})
    study.title, study.washout_days = str(protocol.title), protocol.washout_days
    study.save(update_fields=["title", "washout_days"])
