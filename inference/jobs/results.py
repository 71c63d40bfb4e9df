"""A finished run as JSON: what viewers, the API and the command line are given."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inference.jobs import revisions
from inference.jobs.models import UNFINISHED, Explanation, InferenceJob, JobState
from inference.jobs.series import SeriesIndex
from inference.registry import find
from webapp.core import health
from webapp.imaging.models import PHASES, Series

Json = dict[str, Any]

WAITING = _("Waiting for the worker")
NO_WORKER = _(
    "The worker is not running, so this run waits; it goes on by itself when an administrator has "
    "started the worker."
)
STEPS = {
    "select": _("Choosing the images"),
    "locate": _("Looking for lesions"),
    "predict": _("Classifying"),
    "explain": _("Explaining"),
}
"""Words for the steps that :func:`inference.pipelines.run` reports."""


def series_key(series: Series) -> str:
    """Name a series as the manifest of a case does."""
    return str(series.pk)


def heatmap_address(explanation: Explanation) -> str:
    """Return where the bytes of a heat map are, for those who may see the case."""
    job_id = explanation.prediction.job_id
    return reverse("inference-heatmap", args=[job_id, explanation.pk])


def job_json(job: InferenceJob) -> Json:
    """Return where a job stands; ``error`` is null unless it failed.

    The message is the present step, or a sentence: why it failed, or that no worker is there.
    """
    failed = bool(job.error_code)
    step = str(WAITING if job.state == JobState.QUEUED else STEPS.get(job.message, job.message))
    if job.state in UNFINISHED and not health.worker_alive():
        step = str(NO_WORKER)
    return {
        "id": str(job.pk),
        "system": job.system,
        "state": job.state,
        "progress": job.progress,
        "message": job.error_message if failed else step,
        "error": {"code": job.error_code, "message": job.error_message} if failed else None,
    }


def result_json(
    job: InferenceJob,
    *,
    name_series: Callable[[Series], str] = series_key,
    address: Callable[[Explanation], str] = heatmap_address,
    until: datetime | None = None,
) -> Json | None:
    """Return a finished run's result, None while there is none.

    Parameters
    ----------
    job : InferenceJob
        From :mod:`inference.jobs.selectors`, so that the prediction comes with it.
    name_series : callable
        Gives the id of a series in the viewer's manifest; blinded readings have their own.
    address : callable
        Gives the URL of a heat map's bytes.
    until : datetime, optional
        Leaves out what people changed later.
    """
    prediction = getattr(job, "prediction", None)
    if prediction is None:
        return None
    index = SeriesIndex(job.case)
    redrawable = find(job.system, available=False).redrawable
    mask = revisions.mask_of(prediction) if redrawable else None
    result: Json = {"findings": [], **prediction.result}
    lesions = [
        {**lesion, "series": name_series(index.find(lesion["series_key"]))}
        for lesion in result.pop("lesions")
    ]
    return {
        "id": str(job.pk),
        **prediction.record,
        **result,
        "editable": revisions.editable_json(job.system),
        "redraw_series": name_series(mask.series) if mask else None,
        "revision": revisions.latest_json(prediction, until),
        "lesions": [_without(lesion, "series_key") for lesion in lesions],
        "heatmaps": [
            _heatmap_json(explanation, name_series(explanation.series), address(explanation))
            for explanation in prediction.explanations.all()
        ],
    }


def phase_words(codes: Iterable[str]) -> str:
    """Return contrast phases in this language, separated by commas; a dash for none."""
    names = dict(PHASES)
    return ", ".join(str(names.get(code, code)) for code in codes) or "-"


def _heatmap_json(explanation: Explanation, series: str, url: str) -> Json:
    return {
        "id": str(explanation.pk),
        "method": explanation.method,
        "class": explanation.class_code,
        "phase": explanation.phase or None,
        "series": series,
        "shape_zyx": explanation.shape_zyx,
        "affine": explanation.affine,
        "vmax": explanation.vmax,
        "signed": explanation.signed,
        "completeness_error": explanation.completeness_error,
        "caption": explanation.caption,
        "url": url,
    }


def _without(row: Json, key: str) -> Json:
    return {name: value for name, value in row.items() if name != key}
