"""A finished run to take away: CSV and PNG, both marked as research and by the weights' label."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from inference.jobs.findings import grouped
from inference.jobs.models import InferenceJob
from inference.jobs.results import Json, result_json
from webapp.core.errors import Conflict

Row = tuple[str, str, Any]


def finished_result(job: InferenceJob) -> Json:
    """Return a job's result.

    Raises
    ------
    Conflict
        If it has none yet.
    """
    result = result_json(job)
    if result is None:
        raise Conflict(_("This run has no result yet; wait until it is done."))
    return result


def label(result: Json) -> str:
    """Return the line that stands on everything that leaves the house."""
    research = _("Research use only - not for diagnosis")
    return f"{research} · {result['badge']}" if result["badge"] else research


def as_csv(job: InferenceJob) -> str:
    """Return a result as CSV with the columns section, item, value; the label comes first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(("section", "item", "value"))
    writer.writerows(_rows(job, finished_result(job)))
    return buffer.getvalue()


def _rows(job: InferenceJob, result: Json) -> Iterator[Row]:
    yield "notice", "label", label(result)
    yield "case", "code", job.case.code
    for item in ("system", "version", "weights_sha256", "configuration", "aggregation", "device"):
        yield "run", item, result[item]
    yield "run", "finished_at", job.finished_at.isoformat() if job.finished_at else ""
    yield "result", "decision", result["decision"] or ""
    for code, probability in result["probabilities"].items():
        yield "probability", code, probability
    for stage in result["stages"]:
        for code, probability in stage["probabilities"].items():
            yield f"stage {stage['id']}", code, probability
    yield from _finding_rows(result)
    yield from _lesion_rows(result)
    yield "phases", "used", " ".join(result["phases_used"])
    yield "phases", "missing", " ".join(result["phases_missing"])
    for warning in result["warnings"]:
        yield "warning", warning["code"], warning["message"]
    for heatmap in result["heatmaps"]:
        if heatmap["completeness_error"] is not None:
            item = " ".join(filter(None, (heatmap["method"], heatmap["class"], heatmap["phase"])))
            yield "completeness_error", item, heatmap["completeness_error"]


def _finding_rows(result: Json) -> Iterator[Row]:
    for group in grouped(result):
        for row in group.rows:
            yield f"finding {group.name}", row.name, row.value
            if row.changed:
                yield f"finding {group.name}, changed by a person", row.name, row.changed
            if row.reason:
                yield f"reason {group.name}", row.name, row.reason


def _lesion_rows(result: Json) -> Iterator[Row]:
    for number, lesion in enumerate(result["lesions"], start=1):
        section = f"lesion {number}"
        if lesion["box_mm"] is not None:
            for axis, value in zip(
                ("x", "y", "z", "dx", "dy", "dz"), lesion["box_mm"], strict=True
            ):
                yield section, f"{axis}_mm", round(value, 3)
        for name, value in zip(("x0", "y0", "z0", "x1", "y1", "z1"), lesion["box_px"], strict=True):
            yield section, f"{name}_px", value
        yield section, "confidence", lesion["confidence"]
        for code, probability in lesion["probabilities"].items():
            yield section, f"P({code})", probability
