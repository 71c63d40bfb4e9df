"""What a Celery worker does for inference jobs besides running them."""

from typing import Any

from celery.signals import worker_ready

from inference.jobs import recovery
from webapp.core.clock import SystemClock, current_clock
from webapp.core.heartbeat import every_beat


@worker_ready.connect
def take_up(**_kwargs: Any) -> None:
    """Send what an earlier worker left unfinished."""
    recovery.resend_unfinished(clock=current_clock(), machine_clock=SystemClock())


@every_beat
def look_after() -> None:
    """Keep the leases of living processes and free the jobs of dead ones."""
    recovery.tend(clock=current_clock(), machine_clock=SystemClock())
