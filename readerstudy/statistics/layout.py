"""Arrangements of readings: two aligned sides, cases x raters, arms x readers x cases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import FloatArray, Rater, Readings, StrArray
from readerstudy.statistics.tasks import NO_DECISION, BoolArray, IntArray


@dataclass(frozen=True)
class Paired:
    """Readings of two sides, aligned: ``a`` and ``b`` row i are of the same case."""

    a: Readings
    b: Readings
    n_unpaired: int

    @property
    def n(self) -> int:
        return len(self.a)

    @property
    def n_missing(self) -> int:
        return self.a.n_missing + self.b.n_missing

    @property
    def n_contradictory(self) -> int:
        return self.a.n_contradictory + self.b.n_contradictory


@dataclass(frozen=True)
class RaterTable:
    """Cases by raters.

    Attributes
    ----------
    index : (n_cases, n_raters) int64
        Row in the readings it was made of, -1 where that rater has no reading of the case.
    case : (n_cases,) int64
        Index into ``Cases``: every case with at least one reading, ascending.
    raters : tuple of Rater
        The columns.
    """

    index: IntArray
    case: IntArray
    raters: tuple[Rater, ...]

    @property
    def complete(self) -> BoolArray:
        """(n_cases,) whether every rater has a row."""
        return np.asarray(np.all(self.index >= 0, axis=1))

    def decisions(self, readings: Readings) -> IntArray:
        """(n_cases, n_raters) decision codes, -1 for none."""
        return np.where(self.index >= 0, readings.decision[self.index], NO_DECISION)

    def numbers(self, values: FloatArray) -> FloatArray:
        """(n_cases, n_raters) of a reading array, NaN where there is none."""
        return np.where(self.index >= 0, values[self.index], np.nan)


@dataclass(frozen=True)
class Cube:
    """A reading array laid out over arms, readers and cases.

    Attributes
    ----------
    index : (n_arms, n_readers, n_cases) int64
        Row in the readings it was made of, -1 where there is no reading.
    case : (n_cases,) int64
        Index into ``Cases``: every case with at least one reading in the cube, ascending.
    """

    index: IntArray
    case: IntArray
    arms: tuple[str, ...]
    readers: tuple[str, ...]

    @property
    def read(self) -> BoolArray:
        """(n_arms, n_readers, n_cases) whether there is a reading."""
        return self.index >= 0

    def numbers(self, values: FloatArray) -> FloatArray:
        """(n_arms, n_readers, n_cases) of a reading array, NaN where there is no reading."""
        return np.where(self.read, values[self.index], np.nan)

    def codes(self, values: IntArray) -> IntArray:
        """(n_arms, n_readers, n_cases) of an integer reading array, -1 where unread."""
        return np.where(self.read, values[self.index], -1)


def paired(a: Readings, b: Readings) -> Paired:
    """Align two sides that each read a case at most once, and count the cases of one side only."""
    _, in_a, in_b = np.intersect1d(a.case, b.case, assume_unique=True, return_indices=True)
    alone = len(a) + len(b) - 2 * in_a.size
    return Paired(a.take(in_a), b.take(in_b), int(alone))


def rater_table(readings: Readings, at: str = "select", minimum: int = 2) -> RaterTable:
    """Lay readings out as cases x raters, a rater being a (reader, arm, period).

    Raises
    ------
    AnalysisError
        ``too_few_raters`` below ``minimum``, ``several_readings`` where a rater read a case twice.
    """
    raters = readings.raters
    if len(raters) < minimum:
        raise AnalysisError(
            "too_few_raters", f"At least {minimum} raters are needed, found {len(raters)}.", at,
            n=np.unique(readings.case).size,
        )  # fmt: skip
    column_of = {rater: column for column, rater in enumerate(raters)}
    keys = zip(
        readings.reader.tolist(), readings.arm.tolist(), readings.period.tolist(), strict=True
    )
    columns = np.array([column_of[Rater(*key)] for key in keys], dtype=np.int64)
    case, rows = np.unique(readings.case, return_inverse=True)
    index = np.full((case.size, len(raters)), -1, dtype=np.int64)
    index[rows, columns] = np.arange(len(readings))
    if (index >= 0).sum() < len(readings):
        raise AnalysisError(
            "several_readings", "A rater read a case more than once; name the repeat.", at,
            n=case.size,
        )  # fmt: skip
    return RaterTable(index, case, raters)


def cube(
    readings: Readings, arms: Sequence[str], readers: Sequence[str], at: str = "select"
) -> Cube:
    """Lay readings out as arms x readers x cases; readings of other arms or readers are left out.

    Raises
    ------
    AnalysisError
        ``several_readings`` where a reader read a case twice in an arm.
    """
    keep = np.isin(readings.arm, list(arms)) & np.isin(readings.reader, list(readers))
    chosen = np.flatnonzero(keep)
    case, cases = np.unique(readings.case[chosen], return_inverse=True)
    arm = _positions(readings.arm[chosen], arms)
    reader = _positions(readings.reader[chosen], readers)
    index = np.full((len(arms), len(readers), case.size), -1, dtype=np.int64)
    index[arm, reader, cases] = chosen
    if (index >= 0).sum() < chosen.size:
        raise AnalysisError(
            "several_readings", "A reader read a case twice in one arm; name the period or repeat.",
            at, n=case.size,
        )  # fmt: skip
    return Cube(index, case, tuple(arms), tuple(readers))


def _positions(values: StrArray, order: Sequence[str]) -> IntArray:
    position = {name: index for index, name in enumerate(order)}
    return np.array([position[value] for value in values.tolist()], dtype=np.int64)
