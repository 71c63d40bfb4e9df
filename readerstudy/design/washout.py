"""How long a reader waits before the same case may come again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True)
class Waiting(Generic[Key]):
    """An unread assignment and the moment from which it may be read; None: at once."""

    key: Key
    due: datetime | None


@dataclass(frozen=True)
class Next(Generic[Key]):
    """What a reader does next: `key` now, or nothing before `due`; neither when all is read."""

    key: Key | None
    due: datetime | None


def due_after(committed: datetime | None, washout_days: int) -> datetime | None:
    """Return when a case is due again: `washout_days` times 24 hours after its last commit.

    Days are spans of 24 hours, not calendar days, so that no time zone or change to summer time
    shortens them.
    """
    return None if committed is None else committed + timedelta(hours=24 * washout_days)


def next_in_order(waiting: Iterable[Waiting[Key]], now: datetime) -> Next[Key]:
    """Return the first unread assignment whose washout has elapsed, else the earliest date.

    Parameters
    ----------
    waiting
        Unread assignments in drawn order, earlier periods first.
    now
        The present moment.
    """
    dates: list[datetime] = []
    for item in waiting:
        if item.due is None or item.due <= now:
            return Next(item.key, None)
        dates.append(item.due)
    return Next(None, min(dates, default=None))
