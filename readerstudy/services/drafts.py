"""Making a study and changing it while it is a draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy, StudyMembership, StudyRole, StudyState
from readerstudy.protocol import parse_protocol, to_json
from readerstudy.selectors.protocols import draft_of
from readerstudy.services import rows
from readerstudy.services.common import locked_study, record
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import InvalidInput

PIECES = (
    "title", "seed", "pilot", "cases", "reference", "tasks", "questions", "readers", "arms",
    "design", "washout_days", "analysis_plan",
)  # fmt: skip
"""Keys of the protocol that the steps of the wizard change."""


@transaction.atomic
def create_study(
    *, protocol: object, actor: User | None, clock: Clock, coordinator: User | None = None
) -> ReaderStudy:
    """Store a new study as a draft.

    Parameters
    ----------
    protocol
        Parsed JSON of a protocol file; its lists may still be empty.
    actor
        Who makes it; may use the cases they may see. None for the command line: any case.
    coordinator
        Who runs it; default the actor.

    Raises
    ------
    InvalidInput
        If the protocol is malformed, or names a case or person there is not.
    """
    parsed = parse_protocol(protocol)
    study = ReaderStudy(created_at=clock.now(), seed=parsed.seed)
    rows.store(study, parsed, PIECES, actor=actor, clock=clock)
    in_charge = coordinator or actor
    if in_charge is not None:
        StudyMembership.objects.create(study=study, user=in_charge, role=StudyRole.COORDINATOR)
    data = {"cases": len(parsed.cases), "readers": len(parsed.readers)}
    record(study, "study.created", actor=actor, clock=clock, data=data)
    return study


@transaction.atomic
def update_draft(
    *, study: ReaderStudy, pieces: Mapping[str, Any], actor: User | None, clock: Clock
) -> ReaderStudy:
    """Replace parts of a draft's protocol.

    Parameters
    ----------
    pieces
        Keys of the protocol with their new values; what isn't named stays.

    Raises
    ------
    InvalidInput
        If a piece is unknown, malformed, or no longer fits the others.
    Conflict
        If the study is frozen.
    """
    present = locked_study(study, StudyState.DRAFT)
    for key in pieces:
        if key not in PIECES:
            raise InvalidInput(
                _("/%(key)s: A protocol has no part of this name.") % {"key": key},
                fields={f"/{key}": _("Unknown")},
            )
    parsed = parse_protocol({**_kept(present, pieces), **pieces})
    rows.store(present, parsed, tuple(pieces), actor=actor, clock=clock)
    record(present, "study.changed", actor=actor, clock=clock, data={"pieces": sorted(pieces)})
    return present


def _kept(study: ReaderStudy, pieces: Mapping[str, Any]) -> dict[str, Any]:
    """Return the draft; the reference standard of cases that are leaving leaves with them."""
    before = to_json(draft_of(study))
    if isinstance(pieces.get("cases"), list) and "reference" not in pieces:
        staying = {case.get("code") for case in pieces["cases"] if isinstance(case, dict)}
        before["reference"] = [row for row in before["reference"] if row["case"] in staying]
    return before
