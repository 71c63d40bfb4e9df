"""One line of the oddity report."""

from collections.abc import Iterator
from dataclasses import dataclass

from readerstudy.statistics.frame import Rater, Readings, TaskFrame
from readerstudy.statistics.tasks import BoolArray


@dataclass(frozen=True)
class Oddity:
    """Something to look at: a stable code, a sentence, and the rows of readings.csv it is about."""

    code: str
    message: str
    rows: tuple[int, ...] = ()


def by_rater(frame: TaskFrame) -> Iterator[tuple[Rater, Readings]]:
    """Each rater of the task with the readings that are not repeats, in the order of the file."""
    first = frame.readings.take(frame.readings.repeat == 0)
    groups: dict[Rater, list[int]] = {}
    columns = (first.reader.tolist(), first.arm.tolist(), first.period.tolist())
    for index, key in enumerate(zip(*columns, strict=True)):
        groups.setdefault(Rater(*key), []).append(index)
    for rater, indices in groups.items():
        yield rater, first.take_rows(indices)


def rows_of(readings: Readings, which: BoolArray) -> tuple[int, ...]:
    """Row numbers of the readings in a mask."""
    return tuple(readings.row[which].tolist())
