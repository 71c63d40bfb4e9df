"""What a reader reads next, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from readerstudy.design.washout import Next, Waiting, due_after, next_in_order
from readerstudy.models import Assignment, Reader, Reading, ReadingState
from readerstudy.models.study import READABLE
from webapp.accounts.models import User
from webapp.core.clock import Clock


@dataclass(frozen=True)
class Work:
    """One reader's plan and where it stands.

    Parameters
    ----------
    reader
        Whose.
    assignments
        In drawn order, earlier periods first.
    next
        What comes now, or from when on something does.
    """

    reader: Reader
    assignments: tuple[Assignment, ...]
    next: Next[Assignment]

    @property
    def done(self) -> int:
        """Number of committed readings."""
        return sum(reading_state(item) == ReadingState.COMMITTED for item in self.assignments)

    @property
    def total(self) -> int:
        """Number of planned readings."""
        return len(self.assignments)


def reading_state(assignment: Assignment) -> str | None:
    """Return the state of an assignment's reading, None while it has not been opened."""
    reading: Reading | None = getattr(assignment, "reading", None)
    return None if reading is None else reading.state


def worklist(user: User, clock: Clock) -> list[Work]:
    """Return a person's work in every study that is being read."""
    readers = Reader.objects.filter(user=user, study__state__in=READABLE).select_related("study")
    return [work_of(reader, clock) for reader in readers.order_by("study__frozen_at")]


def work_of(reader: Reader, clock: Clock) -> Work:
    """Return one reader's plan; an open reading comes before everything else."""
    assignments = tuple(assignments_of(reader))
    started = next((item for item in assignments if reading_state(item) == ReadingState.OPEN), None)
    if started is not None:
        return Work(reader, assignments, Next(started, None))
    coming = next_in_order(waiting(assignments, reader.study.washout_days), clock.now())
    return Work(reader, assignments, coming)


def assignments_of(reader: Reader) -> Iterable[Assignment]:
    """Return a reader's assignments in drawn order, with period, case and reading."""
    planned = Assignment.objects.filter(period__reader=reader)
    related = ("period__arm", "study_case", "reading")
    return planned.select_related(*related).order_by("period__number", "position")


def waiting(assignments: Iterable[Assignment], washout_days: int) -> list[Waiting[Assignment]]:
    """Return the unread among a reader's assignments with the date each is due.

    The washout runs from that reader's last commit of the same case, in whatever period.
    """
    listed = list(assignments)
    committed: dict[object, datetime] = {}
    for item in listed:
        if reading_state(item) == ReadingState.COMMITTED:
            moment = item.reading.committed_at
            assert moment is not None  # a database constraint
            before = committed.get(item.study_case_id)
            committed[item.study_case_id] = moment if before is None else max(before, moment)
    return [
        Waiting(item, due_after(committed.get(item.study_case_id), washout_days))
        for item in listed
        if reading_state(item) is None
    ]


def seconds_today(work: Work, clock: Clock) -> float:
    """Return how long the reader has been reading since midnight UTC."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    done = [item.reading for item in work.assignments if reading_state(item) is not None]
    return sum(
        reading.active_seconds or 0.0
        for reading in done
        if reading.committed_at is not None and reading.committed_at >= midnight
    )


def place_in_period(work: Work, assignment: Assignment) -> tuple[int, int]:
    """Return "n of N" for the reader: readings of that period committed before, plus one; total."""
    period = [item for item in work.assignments if item.period_id == assignment.period_id]
    before = [item for item in period if reading_state(item) == ReadingState.COMMITTED]
    return len([item for item in before if item.pk != assignment.pk]) + 1, len(period)
