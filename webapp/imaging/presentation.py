"""Cases and series as the API and the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inference.io.phases import Reason
from webapp.imaging import access
from webapp.imaging.access import Badge
from webapp.imaging.ingest import series_json
from webapp.imaging.manifest import label
from webapp.imaging.models import Case, Series
from webapp.imaging.phases import REASONS

Json = dict[str, Any]


def case_json(case: Case) -> Json:
    """Return a case with its series, as the API shows it."""
    return {
        "id": str(case.pk),
        "code": case.code,
        "modality": case.modality,
        "calibrated": case.calibrated,
        "pinned": case.pinned,
        "age_years": case.age_years,
        "sex": case.sex,
        "created_at": case.created_at,
        "series": [case_series_json(series) for series in case.series.all()],
    }


def case_series_json(series: Series) -> Json:
    """Return a series as its case shows it."""
    return {
        **series_json(series),
        "phase_reason": series.phase_reason,
        "phase_corrected": series.phase_corrected_by_id is not None,
        "calibrated": series.calibrated,
        "lossy": series.lossy,
        "names_unchecked": series.names_unchecked,
    }


@dataclass(frozen=True)
class CaseRow:
    """One line of the table of cases."""

    case: Case
    labels: list[str]
    n_frames: int
    thumbnail: Series | None
    ai: list[Badge]
    opinion: list[Badge]


def case_rows(cases: Iterable[Case]) -> list[CaseRow]:
    """Return the lines of the table, with what other rooms say about each case."""
    listed = list(cases)
    badges = access.badges_of([case.pk for case in listed])
    return [_row(case, badges[case.pk]) for case in listed]


def _row(case: Case, badges: list[Badge]) -> CaseRow:
    series = list(case.series.all())
    return CaseRow(
        case=case,
        labels=[label(each) for each in series],
        n_frames=sum(each.n_frames for each in series),
        thumbnail=series[0] if series else None,
        ai=[badge for badge in badges if badge.column == "ai"],
        opinion=[badge for badge in badges if badge.column == "opinion"],
    )


@dataclass(frozen=True)
class RailEntry:
    """One series in the rail of the case page."""

    series: Series
    label: str
    remark: str


def rail(case: Case) -> list[RailEntry]:
    """Return the series of a case with how sure their phase is, and why."""
    return [RailEntry(series, label(series), phase_remark(series)) for series in case.series.all()]


def phase_remark(series: Series) -> str:
    """Say in a few words where a contrast phase comes from."""
    if series.phase_corrected_by_id is not None:
        return _("set by a person")
    reason = str(REASONS[Reason(series.phase_reason or Reason.NOTHING_TELLS)])
    if series.phase_confidence is None:
        return reason
    percent = round(100 * series.phase_confidence)
    return _("%(percent)s%% sure: %(reason)s") % {"percent": percent, "reason": reason}
