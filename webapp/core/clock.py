"""Time as an argument: services are given a clock, tests and the demo move theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


@dataclass
class MovableClock:
    """A clock that stands still until it is moved; for tests and simulated readers."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment the clock was last set to."""
        return self.moment

    def advance(self, step: timedelta) -> None:
        """Move the clock forward.

        Raises
        ------
        ValueError
            If `step` is negative: audit events must not go back in time.
        """
        if step < timedelta(0):
            raise ValueError(f"A clock only moves forward, not by {step}.")
        self.moment += step


class DemoModeClock:
    """The machine's clock, ahead by the stored step of the demo.

    The step is read when the time is asked for: a request that doesn't ask costs no query.
    """

    def now(self) -> datetime:
        """Return the machine's time plus the step."""
        from webapp.core.models import DemoClock

        return datetime.now(UTC) + DemoClock.ahead()


def current_clock() -> Clock:
    """Return the clock of this installation: the machine's, or the moved one in demo mode."""
    from django.conf import settings

    return DemoModeClock() if settings.DEMO else SystemClock()


def request_clock(request: Any) -> Clock:
    """Return the clock that :class:`webapp.core.middleware.ClockMiddleware` gave the request."""
    clock: Clock = request.clock
    return clock
