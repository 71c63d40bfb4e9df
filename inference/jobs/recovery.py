"""Bring back jobs whose worker died and messages that a broker lost; the worker calls this.

The embedded broker forgets the task that a killed worker was running, so the rows decide.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from inference.jobs import lease, outcomes
from inference.jobs.models import InferenceJob, JobState
from inference.jobs.queue import send
from webapp.core.clock import Clock
from webapp.core.errors import Unavailable

MAX_ATTEMPTS = 8
LOST_AFTER = timedelta(seconds=30)


def resend_unfinished(*, clock: Clock, machine_clock: Clock) -> None:
    """Send every unfinished job that nobody holds; what a worker does when it starts."""
    free_abandoned(clock=clock, machine_clock=machine_clock)
    _send(InferenceJob.objects.filter(state=JobState.QUEUED), machine_clock.now())


def tend(*, clock: Clock, machine_clock: Clock) -> None:
    """Look after unfinished jobs; what a worker does at each beat.

    A queued job is sent again only while nothing runs: behind a running one it may just be
    waiting.
    """
    now = machine_clock.now()
    free_abandoned(clock=clock, machine_clock=machine_clock)
    if not InferenceJob.objects.filter(state=JobState.RUNNING).exists():
        unsent = Q(sent_at=None) | Q(sent_at__lt=now - LOST_AFTER)
        _send(InferenceJob.objects.filter(unsent, state=JobState.QUEUED), now)


def free_abandoned(*, clock: Clock, machine_clock: Clock) -> None:
    """Prolong the leases of this host's living processes; queue again what dead ones held."""
    now = machine_clock.now()
    for job in InferenceJob.objects.filter(state=JobState.RUNNING):
        living = lease.lives(job.holder)
        expired = job.lease_until is None or job.lease_until < now
        try:
            if living:
                lease.renew(job.pk, job.holder, now)
            elif living is False or expired:
                _give_back(job, clock)
        except lease.LeaseLost:
            continue  # it ended, or somebody else took it, between the two looks


def _give_back(job: InferenceJob, clock: Clock) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        error = Unavailable(
            _(
                "The worker stopped %(times)s times while running this, perhaps for want of "
                "memory. Ask an administrator, then try again."
            )
            % {"times": job.attempts},
            code="worker_lost",
        )
        outcomes.fail(job=job, holder=job.holder, error=error, clock=clock)
        return
    InferenceJob.objects.filter(pk=job.pk, holder=job.holder, state=JobState.RUNNING).update(
        state=JobState.QUEUED, holder="", lease_until=None, sent_at=None
    )


@transaction.atomic
def _send(jobs: QuerySet[InferenceJob], now: datetime) -> None:
    for job_id in jobs.order_by("created_at").values_list("pk", flat=True):
        send(job_id=job_id, now=now)
