"""How a job ends: with a result that is stored once, or with one sentence that says why not."""

import logging
import uuid
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from inference.contracts import RunOutput
from inference.jobs import overlays
from inference.jobs.lease import LeaseLost
from inference.jobs.models import Explanation, InferenceJob, JobState, Prediction
from inference.jobs.overlays import Overlay
from inference.jobs.series import SeriesIndex
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.foreign_errors import as_domain_error

logger = logging.getLogger("reading_room.inference")


def store(
    *, job: InferenceJob, holder: str, output: RunOutput, badge: str, clock: Clock
) -> Prediction:
    """Write a run's prediction and heat maps and close the job, all at once.

    Raises
    ------
    LeaseLost
        If another worker has taken the job meanwhile; nothing is written then.
    """
    index = SeriesIndex(job.case)
    shown: list[Overlay] = [*output.heatmaps, *map(overlays.of_mask, output.masks)]
    grids = [_write_grid(overlay.grid_zyx) for overlay in shown]
    places = {overlay.series_key: index.place(overlay.series_key) for overlay in shown}
    with transaction.atomic():
        _lock_held(job, holder)
        prediction = Prediction.objects.create(
            job=job,
            result=_in_the_viewer(output.prediction.to_json(), index),
            record={**output.record.to_json(), "badge": badge},
            stored_at=clock.now(),
        )
        Explanation.objects.bulk_create(
            Explanation(
                prediction=prediction,
                position=position,
                method=heatmap.method,
                class_code=heatmap.class_code,
                phase=heatmap.phase or "",
                series=places[heatmap.series_key].series,
                shape_zyx=list(heatmap.grid_zyx.shape),
                affine=_moved(heatmap, places[heatmap.series_key].first_frame),
                vmax=vmax,
                signed=heatmap.signed,
                completeness_error=heatmap.completeness_error,
                caption=heatmap.caption,
                grid_sha256=digest,
            )
            for position, (heatmap, (digest, vmax)) in enumerate(zip(shown, grids, strict=True))
        )
        _close(job, JobState.DONE, clock, progress=1.0)
        data = {"weights_sha256": output.record.weights_sha256, "badge": badge}
        _record("inference.finished", job, data, clock)
    return prediction


def fail(*, job: InferenceJob, holder: str, error: Exception, clock: Clock) -> None:
    """Close a job with one sentence; an error nobody foresaw leaves only a reference number.

    Raises
    ------
    LeaseLost
        If another worker has taken the job meanwhile.
    """
    code, message = _in_plain_words(error)
    with transaction.atomic():
        _lock_held(job, holder)
        _close(job, JobState.FAILED, clock, error_code=code, error_message=message)
        _record("inference.failed", job, {"error_code": code}, clock)


def _write_grid(grid_zyx: NDArray[np.float32]) -> tuple[str, float]:
    grid, vmax = overlays.quantise(grid_zyx)
    return overlays.write(grid), vmax


def _moved(overlay: Overlay, first_frame: int) -> list[float]:
    """Return an overlay's affine, counted in the frames of the viewer where it lies on a clip."""
    affine = overlay.affine.copy()
    affine[2, 3] += first_frame
    return [float(value) for value in affine.reshape(-1)]


def _in_the_viewer(result: dict[str, Any], index: SeriesIndex) -> dict[str, Any]:
    """Return a result whose lesions name the viewer's series and count in its frames."""
    return {**result, "lesions": [_placed(lesion, index) for lesion in result["lesions"]]}


def _placed(lesion: dict[str, Any], index: SeriesIndex) -> dict[str, Any]:
    series, first = index.place(lesion["series_key"])
    x0, y0, z0, x1, y1, z1 = lesion["box_px"]
    box = [x0, y0, z0 + first, x1, y1, z1 + first]
    return {**lesion, "series_key": series.series_uid, "box_px": box}


def _lock_held(job: InferenceJob, holder: str) -> None:
    held = InferenceJob.objects.select_for_update().filter(
        pk=job.pk, holder=holder, state=JobState.RUNNING
    )
    if held.first() is None:
        raise LeaseLost


def _close(job: InferenceJob, state: JobState, clock: Clock, **changes: object) -> None:
    InferenceJob.objects.filter(pk=job.pk).update(
        state=state,
        message="",
        holder="",
        lease_until=None,
        finished_at=clock.now(),
        **changes,
    )


def _in_plain_words(error: Exception) -> tuple[str, str]:
    known = as_domain_error(error)
    if known is not None:
        return known.code, known.message
    if isinstance(error, MemoryError):
        return "out_of_memory", _("This exam needs more memory than the worker has.")
    reference = uuid.uuid4().hex[:8]
    logger.error("inference ended unexpectedly, reference %s", reference, exc_info=error)
    return "unexpected", _(
        "The run ended unexpectedly (reference %(reference)s). Try again, or give the reference "
        "to an administrator."
    ) % {"reference": reference}


def _record(action: str, job: InferenceJob, data: dict[str, str], clock: Clock) -> None:
    audit.record(chain=audit.SITE, actor=None, action=action, target=job, data=data, clock=clock)
