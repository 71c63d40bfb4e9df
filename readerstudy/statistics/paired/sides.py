"""Two sides of a measured value: matched for paired tests, and in long form for a mixed model."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.layout import paired
from readerstudy.statistics.registry import Context
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import IntArray
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class Long:
    """Every reading with a value: (n,) value, whether it is of side a, reader and case index."""

    readings: Readings
    value: FloatArray
    is_a: FloatArray
    reader: IntArray
    case: IntArray


@dataclass(frozen=True)
class Sides:
    """``a`` and ``b`` (n_pairs,) complete pairs; ``counts`` of the entry: cases, missing values."""

    a: FloatArray
    b: FloatArray
    long: Long
    counts: dict[str, int]


def match_sides(
    frame: TaskFrame, a: Selector, b: Selector, value: str, context: Context, *, positive: bool
) -> Sides:
    """Match readings by case; by reader and case where both sides have the same readers.

    Parameters
    ----------
    value : str
        ``seconds`` or ``confidence``.
    positive : bool
        Whether values of zero or less cannot be and count as missing (warned).

    Raises
    ------
    AnalysisError
        A side without readings, different sets of readers, several readings of a case.
    """
    first, second = frame.select(a, "a"), frame.select(b, "b")
    if set(first.readers) == set(second.readers):
        keyed_a, keyed_b = _by_reader(frame, first, first), _by_reader(frame, second, first)
    else:
        keyed_a, keyed_b = frame.one_reader(a, "a"), frame.one_reader(b, "b")
    keyed_a.once_per_case("a")
    keyed_b.once_per_case("b")
    if np.intersect1d(first.row, second.row).size:
        raise AnalysisError("sides_overlap", "Some readings are on both sides.", "b")
    pair = paired(keyed_a, keyed_b)
    if pair.n_unpaired:
        context.warn(
            counted(pair.n_unpaired, "reading has", "readings have")
            + " no counterpart on the other side."
        )
    left, right = (_usable(side.values(value), positive) for side in (pair.a, pair.b))
    impossible = sum(int((side.values(value) <= 0).sum()) for side in (pair.a, pair.b))
    if positive and impossible:
        context.warn(
            counted(impossible, "value of zero or less counts", "values of zero or less count")
            + " as missing."
        )
    complete = np.isfinite(left) & np.isfinite(right)
    counts = {
        "n": int(np.unique(pair.a.case % len(frame.cases)).size),
        "n_missing": int(np.isnan(left).sum() + np.isnan(right).sum()),
        "n_contradictory": pair.n_contradictory,
    }
    long = _long(first, second, value, positive=positive)
    return Sides(left[complete], right[complete], long, counts)


def _by_reader(frame: TaskFrame, side: Readings, names: Readings) -> Readings:
    """The side with keys of reader and case in place of cases."""
    position = {reader: index for index, reader in enumerate(names.readers)}
    reader = np.array([position[name] for name in side.reader.tolist()], dtype=np.int64)
    return side.with_cases(reader * len(frame.cases) + side.case)


def _usable(values: FloatArray, positive: bool) -> FloatArray:
    return np.where(values > 0, values, np.nan) if positive else values


def _long(first: Readings, second: Readings, value: str, *, positive: bool) -> Long:
    both = first.joined(second)
    values = _usable(both.values(value), positive)
    given = np.isfinite(values)
    is_a = np.repeat([1.0, 0.0], [len(first), len(second)])
    used = both.take(given)
    return Long(
        used,
        values[given],
        is_a[given],
        np.unique(used.reader, return_inverse=True)[1].astype(np.int64),
        np.unique(used.case, return_inverse=True)[1].astype(np.int64),
    )
