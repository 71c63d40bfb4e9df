"""Put a job before the workers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from inference.jobs.models import InferenceJob
from inference.jobs.tasks import run_inference


def send(*, job_id: UUID, now: datetime) -> None:
    """Send a job to the broker once the transaction is through.

    A broker that is down takes nothing away: the worker finds the row itself later.

    Parameters
    ----------
    job_id : UUID
        The job.
    now : datetime
        Machine time, noted in the row so that a lost message is noticed.
    """
    InferenceJob.objects.filter(pk=job_id).update(sent_at=now)
    transaction.on_commit(
        lambda: run_inference.apply_async(kwargs={"job_id": str(job_id)}, retry=False),
        robust=True,
    )
