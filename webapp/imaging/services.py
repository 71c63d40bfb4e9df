"""Writes about cases that are already there."""

from django.db import transaction
from django.utils.translation import gettext as _

from inference.contracts import ContrastPhase
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict
from webapp.imaging.models import Case, Series


@transaction.atomic
def correct_phase(
    *, series: Series, phase: ContrastPhase | None, actor: User, clock: Clock
) -> Series:
    """Set the contrast phase of a series as a person knows it; later ingests leave it alone.

    Raises
    ------
    Conflict
        If the case is part of a frozen study.
    """
    pinned = Case.objects.select_for_update().get(pk=series.case_id).pinned
    if pinned:
        raise Conflict(
            _("This case is part of a frozen study, so its phases can't change any more."),
            code="case_pinned",
        )
    before = series.phase
    series.phase = phase.value if phase else None
    series.phase_confidence = 1.0 if phase else None
    series.phase_corrected_by = actor
    series.save(update_fields=["phase", "phase_confidence", "phase_corrected_by"])
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="series.phase_corrected",
        target=series,
        data={"before": before, "after": series.phase},
        clock=clock,
    )
    return series
