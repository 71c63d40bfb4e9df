"""Krippendorff's alpha at every level of measurement, as a function of resampling counts.

Krippendorff, Content Analysis (2004), chapter 11; Hayes & Krippendorff, Commun Methods Meas
2007;1:77. doi:10.1080/19312450709336664
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

COLUMN_BLOCK = 512


@dataclass(frozen=True)
class Coincidences:
    """What alpha needs of a set of cases; those with fewer than two values count for nothing.

    Attributes
    ----------
    counts : (n_cases, n_values) float64
        Raters per distinct value.
    numbers : (n_values,) float64
        The values as numbers, ascending; at the nominal level any distinct numbers, at the ordinal
        level only their order matters.
    """

    counts: FloatArray
    numbers: FloatArray

    @classmethod
    def prepare(cls, values: FloatArray) -> "Coincidences":
        """From (n_cases, n_raters) values, NaN where missing."""
        numbers = np.unique(values[np.isfinite(values)])
        if numbers.size == 0:
            return cls(np.zeros((len(values), 1)), np.zeros(1))
        counts = np.stack([(values == number).sum(axis=1) for number in numbers], axis=1) * 1.0
        counts[counts.sum(axis=1) < 2] = 0.0
        return cls(counts, numbers)

    def alpha(self, drawn: FloatArray, level: Level) -> FloatArray:
        """Alpha with each case taken so many times: (n_block, n_cases) -> (n_block, 1).

        1 - (n - 1) sum o d / sum n_c n_k d over pairs of values, d the squared distance of the
        level; NaN without pairable cases, or where all their values are the same.
        """
        totals = drawn @ self.counts
        n = totals.sum(axis=1)
        if level == "ordinal":
            observed, expected = self._ordinal(drawn, totals)
        elif level == "interval":
            numbers = self.numbers - self.numbers.mean()
            observed = drawn @ _spread(self.counts, numbers, self._per_pair)
            expected = _spread(totals, numbers, np.ones(len(totals)))
        else:
            observed, expected = self._by_distance(drawn, totals, level)
        with np.errstate(divide="ignore", invalid="ignore"):
            alpha = 1 - (n - 1) * observed / expected
        return np.asarray(np.where(expected > 0, alpha, np.nan))[:, None]

    @property
    def _per_pair(self) -> FloatArray:
        """(n_cases,) weight of an ordered pair of raters: 1/(raters - 1), 0 without pair."""
        raters = self.counts.sum(axis=1)
        return np.asarray(np.where(raters > 1, 1 / np.maximum(raters - 1, 1), 0.0))

    def _ordinal(self, drawn: FloatArray, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The ordinal distance is that of the mid-ranks which the values have in the resample."""
        ranks = np.cumsum(totals, axis=1) - totals / 2
        ranks -= ranks.mean(axis=1, keepdims=True)
        raters = self.counts.sum(axis=1)
        squares = ranks**2 @ self.counts.T * raters
        per_case = 2 * (squares - (ranks @ self.counts.T) ** 2) * self._per_pair
        observed = (drawn * per_case).sum(axis=1)
        n = totals.sum(axis=1)
        expected = 2 * (n * (totals * ranks**2).sum(axis=1) - (totals * ranks).sum(axis=1) ** 2)
        return observed, expected

    def _by_distance(
        self, drawn: FloatArray, totals: FloatArray, level: Level
    ) -> tuple[FloatArray, FloatArray]:
        """Sums over blocks of columns of the distance matrix."""
        per_case = np.zeros(len(self.counts))
        expected = np.zeros(len(totals))
        for start in range(0, self.numbers.size, COLUMN_BLOCK):
            columns = slice(start, start + COLUMN_BLOCK)
            distance = _distance(self.numbers[:, None], self.numbers[None, columns], level)
            per_case += ((self.counts @ distance) * self.counts[:, columns]).sum(axis=1)
            expected += ((totals @ distance) * totals[:, columns]).sum(axis=1)
        return drawn @ (per_case * self._per_pair), expected


def _distance(first: FloatArray, second: FloatArray, level: Level) -> FloatArray:
    """Squared distances of the nominal and the ratio level (0 between two zeros)."""
    if level == "nominal":
        return np.asarray((first != second) * 1.0)
    total = first + second
    return np.asarray(((first - second) / np.where(total == 0, 1, total)) ** 2)


def _spread(counts: FloatArray, numbers: FloatArray, weight: FloatArray) -> FloatArray:
    """(n,) sum over ordered pairs within each row of the squared difference of numbers."""
    raters = counts.sum(axis=1)
    return np.asarray(2 * (raters * (counts @ numbers**2) - (counts @ numbers) ** 2) * weight)
