"""Run one job from claim to result. Only workers import this: it brings torch."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Greatest

from inference import pipelines
from inference.contracts import LesionInput, RunOutput
from inference.jobs import exams, lease, outcomes, systems
from inference.jobs.models import InferenceJob
from webapp.core.clock import Clock

logger = logging.getLogger("reading_room.inference")

PROGRESS_STEP = timedelta(seconds=0.5)


Progress = Callable[[float, str], None]
Compute = Callable[[InferenceJob, Progress], RunOutput]


def compute(job: InferenceJob, progress: Progress) -> RunOutput:
    """Read the case's images and run the system on them.

    Raises
    ------
    InferenceError
        If the system can't run on this case.
    """
    exam = exams.read_case(job.case, job.clinical)
    drawn = [exams.outline_from_json(entry) for entry in job.outlines]
    return pipelines.run(
        job.system,
        exam,
        lesions=[LesionInput(**{key: tuple(box[key]) for key in box}) for box in job.lesions],
        outlines=exams.outlines_of(exam, job.case, drawn),
        device=settings.INFERENCE_DEVICE,
        progress=progress,
        configuration=job.configuration,
        threads=settings.INFERENCE_THREADS,
    )


def run_job(
    *, job_id: UUID, clock: Clock, machine_clock: Clock, compute: Compute = compute
) -> None:
    """Run a job if it is free; the same job run twice leaves one result.

    Parameters
    ----------
    job_id : UUID
        The job; one that is done, failed or in another worker's hands is left alone.
    clock : Clock
        Dates what people see.
    machine_clock : Clock
        Times leases and progress; never the demo's moved clock.
    compute : callable
        Takes the job and a progress callback, returns the output.
    """
    holder = lease.own_name()
    if not lease.claim(job_id, holder, machine_clock.now()):
        return
    job = InferenceJob.objects.select_related("case").get(pk=job_id)
    InferenceJob.objects.filter(pk=job_id, started_at=None).update(started_at=clock.now())
    try:
        _see_through(job, holder, ProgressWriter(job_id, holder, machine_clock), compute, clock)
    except lease.LeaseLost:
        logger.warning("job %s was taken over by another worker", job_id)


def _see_through(
    job: InferenceJob, holder: str, progress: Progress, compute: Compute, clock: Clock
) -> None:
    try:
        output = compute(job, progress)
        badge = systems.badge(job.system)
        outcomes.store(job=job, holder=holder, output=output, badge=badge, clock=clock)
    except lease.LeaseLost:
        raise
    except Exception as error:
        outcomes.fail(job=job, holder=holder, error=error, clock=clock)


class ProgressWriter:
    """Write progress to the job's row: never backwards, twice a second at most.

    Each write prolongs the lease too, so a worker that has lost its job stops at the next one.
    """

    def __init__(self, job_id: UUID, holder: str, clock: Clock) -> None:
        self._job_id, self._holder, self._clock = job_id, holder, clock
        self._next = clock.now()

    def __call__(self, share: float, message: str) -> None:
        """Note that a share (0 to 1) of the work is done, and what comes now."""
        now = self._clock.now()
        if now < self._next:
            return
        self._next = now + PROGRESS_STEP
        reached = Greatest("progress", Value(min(max(share, 0.0), 1.0)))
        changes: dict[str, Any] = {"progress": reached, "message": message[:200]}
        lease.renew(self._job_id, self._holder, now, **changes)
