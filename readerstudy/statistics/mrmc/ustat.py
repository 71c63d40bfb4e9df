"""Unbiased U-statistic variance of reader-averaged AUCs, readers and cases random.

Works for every crossing of readers, cases and arms. An arm's area is the share of won comparisons
pooled over its readers, as in iMRMC: with a complete crossing, the plain mean over readers.

References
----------
.. [1] Gallas BD. One-shot estimate of MRMC variance: AUC. Acad Radiol 2006;13:353-362.
   doi:10.1016/j.acra.2005.11.030
.. [2] Gallas BD, Bandos A, Samuelson FW, Wagner RF. Commun Stat Theory Methods
   2009;38:2586-2603. doi:10.1080/03610920802610084
"""

import math
from dataclasses import dataclass

import numpy as np

from .auc import FloatArray, IntArray
from .pair_products import PairProducts, disjoint


@dataclass(frozen=True)
class Moments:
    """Second moments of the comparisons of two arms (BDG form [2]_).

    Attributes
    ----------
    values
        (8,) M1 to M8: mean product of two comparisons of the same reader that share both cases,
        the positive case, the negative case, none; then the same of different readers. NaN where
        the design has no such pair.
    coefficients
        (8,) weights such that ``coefficients @ values`` is the covariance of the two areas.
    """

    values: FloatArray
    coefficients: FloatArray

    @property
    def covariance(self) -> float | None:
        """Covariance of the two areas; None when no two readers share no case (M8 missing)."""
        if np.isnan(self.values[7]):
            return None
        return float(np.nansum(self.coefficients * self.values))


@dataclass(frozen=True)
class UStatistics:
    """Areas of two arms with the moments of their variances and covariance."""

    auc_a: float
    auc_b: float
    moments_a: Moments
    moments_b: Moments
    moments_ab: Moments

    @property
    def var_difference(self) -> float | None:
        """Variance of auc_a - auc_b, not truncated at 0; None where undefined."""
        var_a, var_b = self.moments_a.covariance, self.moments_b.covariance
        covariance = self.moments_ab.covariance
        if var_a is None or var_b is None or covariance is None:
            return None
        return var_a + var_b - 2 * covariance

    @property
    def difference_moments(self) -> FloatArray:
        """(8,) moments of the difference of the arms' comparisons."""
        return self.moments_a.values + self.moments_b.values - 2 * self.moments_ab.values


def compare_arms(products: PairProducts, cells_a: IntArray, cells_b: IntArray) -> UStatistics:
    """U-statistics of two arms.

    Parameters
    ----------
    products
        Pair sums of all cells.
    cells_a, cells_b
        (n_readers,) cells of the two arms, readers in the same order.
    """
    return UStatistics(
        auc_a=_pooled_area(products, cells_a),
        auc_b=_pooled_area(products, cells_b),
        moments_a=moments(products, cells_a, cells_a),
        moments_b=moments(products, cells_b, cells_b),
        moments_ab=moments(products, cells_a, cells_b),
    )


def moments(products: PairProducts, cells_a: IntArray, cells_b: IntArray) -> Moments:
    """Moments of the comparisons of two arms, or of one arm with itself."""
    sums = _by_sharing(products.sums, cells_a, cells_b)
    counts = _by_sharing(products.counts, cells_a, cells_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(counts > 0, sums / counts, np.nan)
        coefficients = counts / counts.sum()
    coefficients[7] -= 1.0
    return Moments(values=values, coefficients=coefficients)


def crossed_coefficients(n_readers: int, n_positive: int, n_negative: int) -> FloatArray:
    """(8,) coefficients of the moments in a fully crossed study of the given size [1]_."""
    reader = np.array([1.0, n_readers - 1.0]) / n_readers
    both, positive = 1.0, n_negative - 1.0
    negative, neither = n_positive - 1.0, (n_positive - 1.0) * (n_negative - 1.0)
    sharing = np.array([both, positive, negative, neither]) / (n_positive * n_negative)
    coefficients = np.outer(reader, sharing).ravel()
    coefficients[7] -= 1.0
    return coefficients


def _by_sharing(nested: FloatArray, cells_a: IntArray, cells_b: IntArray) -> FloatArray:
    """(8,) sums over exactly what two comparisons share, from (4, n_cells, n_cells) nested ones."""
    block = nested[:, cells_a][:, :, cells_b]
    same = np.trace(block, axis1=1, axis2=2)
    different = block.sum(axis=(1, 2)) - same
    return np.concatenate([disjoint(same), disjoint(different)])


def _pooled_area(products: PairProducts, cells: IntArray) -> float:
    """Won comparisons of an arm over all its comparisons; NaN when it has none."""
    made = products.made[cells].sum()
    return float(products.won[cells].sum() / made) if made > 0 else math.nan
