"""Ingest: from a path to cases, with a reason for every file that did not become part of one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.imaging import store, tables
from webapp.imaging.archives import Limits, listing
from webapp.imaging.dicom.deidentify import keyed_remap
from webapp.imaging.intake import Intake, Progress
from webapp.imaging.models import Case, PictureKind, Project, Series
from webapp.imaging.registration import NOTICES, register
from webapp.imaging.rejection import QUARANTINED, Refusal

Json = dict[str, Any]


@dataclass
class Report:
    """What became of an upload.

    Parameters
    ----------
    cases
        Cases that got images, or already had them.
    refused
        Name and reason of every file that was refused or held back.
    notices
        Case and code of what is unusual about it.
    """

    cases: list[Case] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    notices: list[tuple[Case, str]] = field(default_factory=list)

    def to_json(self) -> Json:
        """Return the report in the form of the command contract."""
        rows = [(refusal.code in QUARANTINED, r) for r in self.refused for refusal in [r[1]]]
        return {
            "cases": [case_json(case) for case in self.cases],
            "rejected": [refusal.to_json(file) for held, (file, refusal) in rows if not held],
            "quarantined": [refusal.to_json(file) for held, (file, refusal) in rows if held],
            "warnings": [
                {"case": case.code, "code": code, "message": str(NOTICES[code])}
                for case, code in sorted(self.notices, key=lambda notice: notice[1])
            ],
        }


def ingest(
    *,
    path: Path,
    owner: User | None,
    project: Project | None,
    clock: Clock,
    pixels_checked: bool = False,
    pictures_are: PictureKind = PictureKind.SLICES,
    name: str | None = None,
    limits: Limits | None = None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Take everything below a path into cases.

    Each file is checked, de-identified and stored, or refused with a reason; then the rows of
    all cases are made in one transaction. Running it again on the same files changes nothing.

    Parameters
    ----------
    path
        A folder, a ZIP, a tar or one file.
    owner, project
        Whose cases they become; the same image of another owner or project is another case.
    pixels_checked
        Whether a person has confirmed that no name shows in any picture.
    pictures_are
        Kind of pictures without DICOM.
    name
        What a single file is called in the report.
    progress
        Called with the number of files done and in all.

    Raises
    ------
    Unavailable
        If the disk is full.
    """
    scope = f"{owner.pk if owner else 'nobody'}/{project.pk if project else 'none'}"
    intake = Intake(keyed_remap(settings.SECRET_KEY, scope), pixels_checked, progress, pictures_are)
    try:
        with listing(path, limits or Limits(), name) as members:
            intake.take(members)
    except Refusal as refusal:
        return Report(refused=[(name or path.name, refusal)])
    report = Report(refused=intake.refused)
    if intake.stored:
        store.settle(image.sha256 for image in intake.stored)
        done = register(
            intake.stored,
            intake.notes,
            owner=owner,
            project=project,
            clock=clock,
            details={"refused": len(intake.refused), "pixels_checked": pixels_checked},
        )
        report.cases, report.notices = done.cases, done.notices
        report.refused += done.refused
        told = tables.keep(intake.tables, intake.stored, done.cases, owner=owner, clock=clock)
        report.notices += [(case, tables.READ) for case in told]
    return report


def case_json(case: Case) -> Json:
    """Return a case as reports show it."""
    series = [series_json(row) for row in Series.objects.filter(case=case).order_by("number")]
    return {"id": str(case.pk), "code": case.code, "series": series}


def series_json(series: Series) -> Json:
    """Return a series as reports show it."""
    return {
        "id": str(series.pk),
        "modality": series.modality,
        "phase": series.phase,
        "phase_confidence": series.phase_confidence,
        "n_instances": series.n_instances,
        "n_frames": series.n_frames,
        "rows": series.rows,
        "columns": series.columns,
    }
