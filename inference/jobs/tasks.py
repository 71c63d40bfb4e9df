"""Celery's way in: the task finds a row by its id and calls one service."""

from uuid import UUID

from webapp.celery import app
from webapp.core.clock import SystemClock, current_clock


@app.task(name="inference.run")
def run_inference(*, job_id: str) -> None:
    """Run one inference job."""
    from inference.jobs.execution import run_job  # brings torch, which senders do without

    run_job(job_id=UUID(job_id), clock=current_clock(), machine_clock=SystemClock())
