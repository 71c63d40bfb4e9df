"""The readings of a study as immutable arrays, and the views every analysis takes of them.

Axes: a *reading* array has one element per selected reading (n_readings,), a *case* array one per
case of the task (n_cases,); ``Readings.case`` indexes the latter. Decisions and truths are codes
(see ``tasks.Task``), -1 for none; numbers that were not given are NaN.

``layout`` arranges readings as pairs, as cases x raters, or as arms x readers x cases::

    readings = frame.select(options.select)               # frame: TaskFrame -> Readings
    right = frame.correct(readings)                       # (n_readings,) bool
    arrangement = layout.cube(readings, arms, readers)
    ratings = arrangement.numbers(readings.rating)        # (n_arms, n_readers, n_cases)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.selection import KEYS, Selector
from readerstudy.statistics.tasks import NO_DECISION, BoolArray, IntArray, Task

FloatArray = NDArray[np.float64]
StrArray = NDArray[np.str_]


class Rater(NamedTuple):
    """A column of an agreement table."""

    reader: str
    arm: str
    period: str

    def __str__(self) -> str:
        period = f"period {self.period}" if self.period.isdecimal() else self.period
        return ", ".join(part for part in (self.reader, self.arm, period) if part)


@dataclass(frozen=True)
class Readings:
    """Columns of the selected readings, each (n_readings,).

    ``row`` is the row number in readings.csv, ``case`` the index into ``Cases``, ``decision`` a
    code (-1: none, or contradictory), ``position``, ``rating``, ``confidence`` and ``seconds`` are
    float64 with NaN where nothing was given.
    """

    row: IntArray
    reader: StrArray
    level: StrArray
    arm: StrArray
    period: StrArray
    repeat: IntArray
    case: IntArray
    decision: IntArray
    contradictory: BoolArray
    position: FloatArray
    rating: FloatArray
    confidence: FloatArray
    seconds: FloatArray

    def __len__(self) -> int:
        return int(self.row.size)

    def take(self, which: BoolArray | IntArray) -> "Readings":
        """The readings chosen by a mask or by indices, in that order."""
        return Readings(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def take_rows(self, indices: Sequence[int]) -> "Readings":
        """The readings at these positions."""
        return self.take(np.array(indices, dtype=np.int64))

    def joined(self, others: "Readings") -> "Readings":
        """These readings, then the others."""
        return Readings(
            **{
                field.name: np.concatenate([getattr(self, field.name), getattr(others, field.name)])
                for field in fields(self)
            }
        )

    def with_cases(self, case: IntArray) -> "Readings":
        """The same readings with other case indices (n_readings,)."""
        return replace(self, case=case)

    @property
    def n_missing(self) -> int:
        """Readings without (one) decision."""
        return int((self.decision == NO_DECISION).sum())

    @property
    def n_contradictory(self) -> int:
        return int(self.contradictory.sum())

    @property
    def readers(self) -> tuple[str, ...]:
        """Distinct readers in the order of the file."""
        return tuple(dict.fromkeys(self.reader.tolist()))

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.arm.tolist()))

    @property
    def raters(self) -> tuple[Rater, ...]:
        """Distinct (reader, arm, period) in the order of the file."""
        columns = (self.reader.tolist(), self.arm.tolist(), self.period.tolist())
        return tuple(dict.fromkeys(Rater(*key) for key in zip(*columns, strict=True)))

    def once_per_case(self, at: str) -> None:
        """Refuse several readings of one case. Raises ``AnalysisError`` (several_readings)."""
        if np.unique(self.case).size < len(self):
            raise AnalysisError(
                "several_readings",
                "A case was read more than once in this selection; name the arm, period or repeat.",
                at,
                n=len(self),
            )

    def values(self, name: str) -> FloatArray:
        """``rating``, ``confidence`` or ``seconds`` as (n_readings,) float64."""
        result: FloatArray = getattr(self, name)
        return result


@dataclass(frozen=True)
class Cases:
    """Cases of one task, each array (n_cases,).

    ``truth`` is a code (-1 in an agreement study without truth), ``cluster`` the index of the
    patient: 0..n_clusters-1; ``strata`` maps each further column of reference.csv to its text.
    """

    code: StrArray
    truth: IntArray
    cluster: IntArray
    strata: Mapping[str, StrArray]

    def __len__(self) -> int:
        return int(self.code.size)


@dataclass(frozen=True)
class TaskFrame:
    """Cases and readings of one task, as far as ``where`` and ``subset_truth`` leave them."""

    task: Task
    cases: Cases
    readings: Readings

    def select(self, selector: Selector, at: str = "select") -> Readings:
        """The readings that match.

        Raises
        ------
        AnalysisError
            ``no_readings`` when nothing matches; ``at`` is the key of the plan it names.
        """
        keep = np.ones(len(self.readings), dtype=bool)
        for key in KEYS:
            wanted = getattr(selector, key)
            if wanted is not None:
                keep &= _any_of(getattr(self.readings, key), wanted)
        if not keep.any():
            raise AnalysisError("no_readings", f"No reading matches {selector.describe()}.", at)
        return self.readings.take(keep)

    def one_reader(self, selector: Selector, at: str) -> Readings:
        """Readings of exactly one reader with at most one per case.

        Raises
        ------
        AnalysisError
            ``one_reader_needed`` or ``several_readings``.
        """
        readings = self.select(selector, at)
        if len(readings.readers) > 1:
            names = ", ".join(readings.readers)
            raise AnalysisError(
                "one_reader_needed", f"Exactly one reader is needed, found {names}.", at,
                n=len(readings),
            )  # fmt: skip
        readings.once_per_case(at)
        return readings

    def truth(self, readings: Readings) -> IntArray:
        """(n_readings,) code of the truth of each reading's case.

        Raises
        ------
        AnalysisError
            ``no_truth`` in a task whose reference has no truth.
        """
        truth = self.cases.truth[readings.case]
        if (truth == NO_DECISION).any():
            raise AnalysisError(
                "no_truth", f'The reference has no truth for the task "{self.task.name}".', "task",
                n=len(readings),
            )  # fmt: skip
        return truth

    def correct(self, readings: Readings) -> BoolArray:
        """(n_readings,) whether the decision is right; no decision is wrong."""
        return self.task.correct(readings.decision, self.truth(readings))

    def cluster(self, readings: Readings) -> IntArray:
        """(n_readings,) cluster of each reading's case, for resampling."""
        return self.cases.cluster[readings.case]

    def clustered(self, readings: Readings) -> bool:
        """Whether some cluster holds several of these readings."""
        return np.unique(self.cluster(readings)).size < len(readings)

    def restrict(
        self, where: Mapping[str, Sequence[str]], subset_truth: Sequence[str]
    ) -> "TaskFrame":
        """Only the cases of these strata and truths.

        Raises
        ------
        AnalysisError
            ``unknown_stratum`` when reference.csv has no such column.
        """
        if not where and not subset_truth:
            return self
        keep = np.ones(len(self.cases), dtype=bool)
        for column, values in where.items():
            keep &= np.isin(self.stratum(column, f"where/{column}"), list(values))
        if subset_truth:
            wanted = [self.task.code_of[truth] for truth in subset_truth]
            keep &= np.isin(self.cases.truth, wanted)
        return self.keep_cases(keep)

    def keep_cases(self, keep: BoolArray) -> "TaskFrame":
        """Only the cases of the mask (n_cases,), re-indexed."""
        new_index = np.cumsum(keep) - 1
        readings = self.readings.take(keep[self.readings.case])
        strata = {name: values[keep] for name, values in self.cases.strata.items()}
        cases = Cases(
            self.cases.code[keep], self.cases.truth[keep], self.cases.cluster[keep], strata
        )
        return TaskFrame(self.task, cases, readings.with_cases(new_index[readings.case]))

    def stratum(self, column: str, at: str) -> StrArray:
        """(n_cases,) text of a stratum column. Raises ``unknown_stratum``."""
        if column not in self.cases.strata:
            known = ", ".join(self.cases.strata) or "none"
            raise AnalysisError(
                "unknown_stratum", f'The reference has no column "{column}"; it has {known}.', at
            )
        return self.cases.strata[column]


@dataclass(frozen=True)
class Marks:
    """Localisation data, case by case code.

    Attributes
    ----------
    reader, arm, case : (n_marks,) str
    rating : (n_marks,) float64
    lesion : (n_marks,) int64
        Index into the lesion arrays, -1 for a false positive.
    lesion_case, lesion_code : (n_lesions,) str
    lesion_weight : (n_lesions,) float64
        NaN where no weight was given.
    """

    reader: StrArray
    arm: StrArray
    case: StrArray
    rating: FloatArray
    lesion: IntArray
    lesion_case: StrArray
    lesion_code: StrArray
    lesion_weight: FloatArray


@dataclass(frozen=True)
class Frame:
    """Everything that was read: one ``TaskFrame`` per task of the plan, and the marks if any."""

    tasks: Mapping[str, TaskFrame]
    marks: Marks | None = None


def _any_of(column: StrArray | IntArray, wanted: Sequence[str]) -> BoolArray:
    """Where a column has one of the wanted texts; faster than ``isin`` for the few of a plan."""
    keep = np.zeros(column.size, dtype=bool)
    for text in wanted:
        if column.dtype.kind == "U":
            keep |= column == text
        elif text.isdecimal():
            keep |= column == int(text)
    return keep
