"""What a Celery worker does for uploads: those whose time is over are destroyed."""

from datetime import datetime, timedelta

from webapp.core.clock import SystemClock
from webapp.core.heartbeat import every_beat
from webapp.imaging import uploads

PAUSE = timedelta(hours=1)


class Sweeper:
    """Destroys expired uploads, at most once in an hour of the machine's time."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    def __call__(self) -> None:
        """Look for expired uploads if the last look is an hour ago."""
        clock = SystemClock()
        if self._next is None or clock.now() >= self._next:
            uploads.purge_expired(clock=clock)
            self._next = clock.now() + PAUSE


sweep = every_beat(Sweeper())
