"""What a figure of merit has to tell the Obuchowski-Rockette machinery, and proportions.

A *unit* is what the jackknife leaves out: a case the figure of merit can use.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .auc import BoolArray, FloatArray, IntArray


class Metric(Protocol):
    """A figure of merit of every cell (arm, reader), with what its covariances are made from."""

    @property
    def values(self) -> FloatArray:
        """(n_arms, n_readers) figures of merit; NaN where a cell has not the cases it needs."""

    @property
    def seen(self) -> BoolArray:
        """(n_arms, n_readers, n_units) whether the cell has a value for the unit."""

    @property
    def strata(self) -> BoolArray:
        """(n_units,) truth of each unit; resampling keeps the number in each stratum."""

    @property
    def case(self) -> IntArray:
        """(n_units,) place of each unit's case in the study."""

    def of_readers(self, chosen: BoolArray) -> "Metric":
        """Of these readers (n_readers,) only, and of the units that one of them has seen."""

    def leave_one_out(self) -> FloatArray:
        """(n_cells, n_units) figure of merit without that unit; unchanged if it was not seen."""

    def influence(self) -> FloatArray:
        """(n_cells, n_units) z, 0 where not seen, such that z @ z.T is the DeLong covariance."""

    def unbiased(self) -> FloatArray:
        """(n_cells, n_cells) unbiased covariance over cases, given the readers."""

    def resampled(self, weights: FloatArray) -> FloatArray:
        """(n_resamples, n_cells) figures of merit with (n_resamples, n_units) unit weights."""


@dataclass(frozen=True)
class ProportionMetric:
    """A proportion of correct readings: sensitivity, specificity or accuracy.

    Attributes
    ----------
    correct
        (n_arms, n_readers, n_units) 1 correct, 0 wrong, NaN not read. The units are the positive
        cases for sensitivity, the negative ones for specificity, all for accuracy.
    strata
        (n_units,) truth of each unit.
    case
        (n_units,) place of each unit's case in the study.
    """

    correct: FloatArray
    strata: BoolArray
    case: IntArray

    def of_readers(self, chosen: BoolArray) -> "ProportionMetric":
        """Of these readers only, and of the units that one of them has seen."""
        correct = self.correct[:, chosen]
        used = ~np.isnan(correct).all(axis=(0, 1))
        return ProportionMetric(correct[..., used], self.strata[used], self.case[used])

    @property
    def seen(self) -> BoolArray:
        return ~np.isnan(self.correct)

    @property
    def values(self) -> FloatArray:
        total, n = self._sums()
        return _ratio(total, n).reshape(self.correct.shape[:2])

    def leave_one_out(self) -> FloatArray:
        correct, seen = self._cells()
        total, n = self._sums()
        return _ratio(total[:, None] - correct, n[:, None] - seen)

    def influence(self) -> FloatArray:
        correct, seen = self._cells()
        total, n = self._sums()
        centred = np.where(seen, correct - _ratio(total, n)[:, None], 0.0)
        return _ratio(centred, np.sqrt(n * (n - 1))[:, None])

    def unbiased(self) -> FloatArray:
        """Product of two proportions less its mean over pairs of different cases.

        Gallas BD, Pennello GA, Myers KJ. J Opt Soc Am A 2007;24:B70-B80.
        doi:10.1364/JOSAA.24.000B70
        """
        correct, seen = self._cells()
        total, n = self._sums()
        counted = seen.astype(np.float64)
        different = np.outer(total, total) - correct @ correct.T
        pairs = np.outer(n, n) - counted @ counted.T
        mean = _ratio(total, n)
        return np.outer(mean, mean) - _ratio(different, pairs)

    def resampled(self, weights: FloatArray) -> FloatArray:
        correct, seen = self._cells()
        return _ratio(weights @ correct.T, weights @ seen.T.astype(np.float64))

    def _cells(self) -> tuple[FloatArray, BoolArray]:
        """(n_cells, n_units) correct readings, 0 where not seen, and what was seen."""
        flat = by_cell(self.correct)
        return np.nan_to_num(flat), ~np.isnan(flat)

    def _sums(self) -> tuple[FloatArray, FloatArray]:
        """(n_cells,) number of correct readings and number of readings."""
        correct, seen = self._cells()
        return correct.sum(axis=1), seen.sum(axis=1).astype(np.float64)


def by_cell(values: FloatArray) -> FloatArray:
    """(n_arms, n_readers, n) as (n_cells, n), arm-major; n may be 0."""
    n_arms, n_readers, n = values.shape
    return values.reshape(n_arms * n_readers, n)


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient that is NaN, without a warning, where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)
