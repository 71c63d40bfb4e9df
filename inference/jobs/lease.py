"""Who works on a job, and until when nobody else may.

A lease is held in machine time and by a process. On the holder's own host other processes look
whether it still lives, so that a killed worker's job is free at once; other hosts wait for the
lease to end.
"""

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import F, Q

from inference.jobs.models import InferenceJob, JobState

LEASE = timedelta(seconds=60)


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one has computed is dropped."""


def own_name() -> str:
    """Return this process's name as a holder: host, process id and when the process started."""
    return process_name(os.getpid())


def lives(holder: str) -> bool | None:
    """Say whether a holder's process still runs; None when it is on another host."""
    host, _, rest = holder.rpartition("/")
    if host != socket.gethostname():
        return None
    return process_name(int(rest.partition(":")[0])) == holder


def process_name(pid: int) -> str:
    """Name a process so that a later one with the same number has another name."""
    try:
        # Field 22 of /proc/PID/stat is the start in clock ticks; the program's name, field 2,
        # stands in parentheses and may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        started = fields[19]
    except OSError:
        started = ""
    return f"{socket.gethostname()}/{pid}:{started}"


def claim(job_id: UUID, holder: str, now: datetime) -> bool:
    """Take a job that is queued, or whose holder has let its lease run out.

    One conditional UPDATE, so that of two workers only one gets it.
    """
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = InferenceJob.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        holder=holder,
        lease_until=now + LEASE,
        attempts=F("attempts") + 1,
    )
    return taken == 1


def renew(job_id: UUID, holder: str, now: datetime, **changes: object) -> None:
    """Prolong a lease, with other changes in the same write.

    Raises
    ------
    LeaseLost
        If the job is no longer this holder's.
    """
    held = InferenceJob.objects.filter(pk=job_id, holder=holder, state=JobState.RUNNING)
    if not held.update(lease_until=now + LEASE, **changes):
        raise LeaseLost
