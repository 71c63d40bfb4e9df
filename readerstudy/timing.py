"""Active reading time from server times and the browser's focus and idle events; pure.

The server knows when a reading was opened, resumed and committed; the browser knows when nobody
looked. Browser times are only ever used as differences: their clock may be wrong and may start
anew with every page, so each stretch between two openings is moved onto the server's clock by the
fastest message of that stretch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STOPS = {"blur": "focus", "idle": "active", "pause": "resume"}
"""Events after which nobody reads, and the event that ends each."""
STARTS = {start: stop for stop, start in STOPS.items()}

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class BrowserEvent:
    """What the browser reported: `kind` at `at_ms` on its own clock, received at `received`."""

    kind: str
    at_ms: int
    received: datetime


@dataclass(frozen=True)
class Stretch:
    """The time between opening (or resuming) a reading and the last sign of life."""

    start: datetime
    end: datetime
    events: Sequence[BrowserEvent]


def active_seconds(stretches: Iterable[Stretch]) -> float:
    """Return the seconds somebody was reading.

    Parameters
    ----------
    stretches
        In order, not overlapping. Time between stretches doesn't count.

    Returns
    -------
    float
        Never negative and never more than the stretches last.
    """
    total = timedelta(0)
    for stretch in stretches:
        total += stretch.end - stretch.start - _covered(_away(stretch))
    return total.total_seconds()


def _away(stretch: Stretch) -> list[Interval]:
    """Return when nobody looked; what was never ended lasts until the end of the stretch."""
    if not stretch.events:
        return []
    offset = min(event.received - timedelta(milliseconds=event.at_ms) for event in stretch.events)
    away: list[Interval] = []
    since: dict[str, datetime] = {}
    for event in sorted(stretch.events, key=lambda event: event.at_ms):
        moment = offset + timedelta(milliseconds=event.at_ms)
        moment = min(max(moment, stretch.start), stretch.end)
        if event.kind in STOPS:
            since.setdefault(event.kind, moment)
        elif event.kind in STARTS and STARTS[event.kind] in since:
            away.append((since.pop(STARTS[event.kind]), moment))
    return away + [(moment, stretch.end) for moment in since.values()]


def _covered(intervals: list[Interval]) -> timedelta:
    """Return the length of the union of intervals."""
    total = timedelta(0)
    reached: datetime | None = None
    for start, end in sorted(intervals):
        if reached is not None:
            start = max(start, reached)
        if end > start:
            total += end - start
        reached = end if reached is None else max(reached, end)
    return total
