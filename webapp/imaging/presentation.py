"""Cases and series as JSON."""

from typing import Any

from webapp.imaging.ingest import series_json
from webapp.imaging.models import Case, Series

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
    }
