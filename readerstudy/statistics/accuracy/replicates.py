"""Resampled figures of a table of counts, by cases, by readers, or by both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.registry import Context
from readerstudy.statistics.resampling import (
    bootstrap_sums,
    bootstrap_two_way,
    compact,
    interval,
    sums_by_unit,
)

Ci = Literal["wilson", "clopper-pearson", "bootstrap", "bca"]
Resample = Literal["cases", "readers", "both"]
Figures = Callable[[FloatArray], FloatArray]

FEW_READERS = 6
"""Below so many, resampled readers make intervals too short."""


@dataclass(frozen=True)
class IntervalChoice:
    """How intervals are made: ``ci`` of the proportions, ``resample`` for all bootstrap ones."""

    ci: Ci = "wilson"
    resample: Resample = "cases"

    @property
    def of_proportions(self) -> Literal["wilson", "clopper-pearson"] | None:
        """The closed form for proportions; ``None`` where they are resampled too."""
        return self.ci if self.ci in ("wilson", "clopper-pearson") else None


@dataclass(frozen=True)
class Replicates:
    """Figures of every resample.

    Attributes
    ----------
    values : (resamples, n_figures) float64
    left_out : (n_units, n_figures) float64, optional
        The figures without each unit, for BCa limits.
    """

    values: FloatArray
    left_out: FloatArray | None
    method: str
    context: Context

    def estimate(self, value: float, column: int, name: str) -> Estimate:
        """The figure of this column with its interval."""
        left_out = None if self.left_out is None else self.left_out[:, column]
        return interval(value, self.values[:, column], self.context, name, self.method, left_out)


def replicate(
    figures: Figures, cells: FloatArray, frame: TaskFrame, readings: Readings,
    choice: IntervalChoice, context: Context,
) -> Replicates:  # fmt: skip
    """Resample the (n_readings, n_cells) cells of which ``figures`` takes (n_block, n_cells) sums.

    Cases are resampled as clusters. Resampling both gives intervals for new readers and new cases
    (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 8); with few readers it is
    too optimistic.

    Raises
    ------
    AnalysisError
        ``too_few_readers`` where readers are resampled and there is only one.
    """
    unit, _ = compact(frame.cluster(readings))
    reader = np.unique(readings.reader, return_inverse=True)[1].astype(np.int64)
    n_readers = int(reader.max(initial=-1)) + 1
    if choice.resample != "cases":
        if n_readers < 2:
            raise AnalysisError(
                "too_few_readers", f"At least 2 readers can be resampled, found {n_readers}.",
                "resample", n=len(readings), n_missing=readings.n_missing,
            )  # fmt: skip
        if n_readers < FEW_READERS:
            context.warn(f"With {n_readers} readers the bootstrap of readers is too optimistic.")
    method = f"bootstrap {'BCa' if choice.ci == 'bca' else 'percentile'}"
    if choice.resample == "both":
        method += ", readers and cases"
        values = _both_ways(figures, cells, reader, unit, context)
        return Replicates(values, None, method, context)
    by_unit = sums_by_unit(reader if choice.resample == "readers" else unit, cells)
    method += ", readers" if choice.resample == "readers" else ""
    values = bootstrap_sums(figures, by_unit, context.resamples, context.rng)
    left_out = figures(by_unit.sum(axis=0) - by_unit) if choice.ci == "bca" else None
    return Replicates(values, left_out, method, context)


def _both_ways(
    figures: Figures, cells: FloatArray, reader: np.ndarray, unit: np.ndarray, context: Context
) -> FloatArray:
    """Figures of resamples of readers and, independently, of clusters."""
    n_readers, n_units = int(reader.max()) + 1, int(unit.max()) + 1
    table = np.zeros((n_units, n_readers, cells.shape[1]))
    np.add.at(table, (unit, reader), cells)

    def statistic(readers: FloatArray, units: FloatArray) -> FloatArray:
        by_reader = np.tensordot(units, table, axes=1)
        return figures(np.einsum("br,brk->bk", readers, by_reader))

    return bootstrap_two_way(statistic, n_readers, n_units, context.resamples, context.rng)
