"""Writes about cases that are already there."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from inference.contracts import ContrastPhase
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict
from webapp.imaging import clinical
from webapp.imaging.models import Case, ClinicalEntry, PictureKind, Series
from webapp.imaging.registration import summarise


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
    if Case.objects.select_for_update().get(pk=series.case_id).pinned:
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


@transaction.atomic
def correct_pictures(*, series: Series, kind: PictureKind, actor: User, clock: Clock) -> Series:
    """Say what pictures without DICOM are, so that the systems for them are offered.

    Raises
    ------
    Conflict
        ``not_pictures`` for other series, ``case_pinned`` if the case is part of a frozen study.
    """
    case = Case.objects.select_for_update().get(pk=series.case_id)
    if not series.viewing.get("picture"):
        raise Conflict(
            _("The images themselves say what they are: %(modality)s.")
            % {"modality": series.modality},
            code="not_pictures",
        )
    if case.pinned:
        raise Conflict(
            _("This case is part of a frozen study, so its series can't change any more."),
            code="case_pinned",
        )
    before = series.modality
    series.modality = kind.value
    series.save(update_fields=["modality"])
    summarise(case)
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="series.pictures_corrected",
        target=series,
        data={"before": before, "after": series.modality},
        clock=clock,
    )
    return series


@transaction.atomic
def confirm_no_names(*, case: Case, actor: User | None, clock: Clock) -> Case:
    """Note that a person has looked through a case's pictures and no name shows."""
    if case.series.filter(names_unchecked=True).update(names_unchecked=False):
        audit.record(
            chain=audit.SITE,
            actor=actor,
            action="case.names_checked",
            target=case,
            data={},
            clock=clock,
        )
    return case


@transaction.atomic
def set_clinical(
    *, case: Case, values: Mapping[str, str], actor: User | None, clock: Clock
) -> Case:
    """Keep a case's clinical values; whatever is left out or empty is taken away.

    The audit event names the variables that changed, not their values.

    Raises
    ------
    InvalidInput
        If a value isn't of its variable's list or range.
    Conflict
        If the case is part of a frozen study.
    """
    if Case.objects.select_for_update().get(pk=case.pk).pinned:
        raise Conflict(
            _("This case is part of a frozen study, so its clinical values can't change any more."),
            code="case_pinned",
        )
    wanted = clinical.checked(case, values)
    held = {row.name: row.value for row in case.clinical_entries.all()}
    changed = sorted(name for name in held | wanted if held.get(name) != wanted.get(name))
    if not changed:
        return case
    case.clinical_entries.filter(name__in=changed).delete()
    ClinicalEntry.objects.bulk_create(
        ClinicalEntry(case=case, name=name, value=wanted[name])
        for name in changed
        if name in wanted
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="case.clinical_changed",
        target=case,
        data={"changed": changed},
        clock=clock,
    )
    return case
