"""Variances behind limits of agreement when several readers measure the same cases.

Values are x[arm, reader, case] with readers and cases random and crossed; variances come from the
mean squares of analyses of variance, and may therefore be negative.

References
----------
.. [1] Wen S, Gallas BD. Three-way mixed effect ANOVA to estimate MRMC limits of agreement. Stat
   Biopharm Res 2022;14:532-541. doi:10.1080/19466315.2022.2063169
.. [2] Bland JM, Altman DG. Statistical methods for assessing agreement between two methods of
   clinical measurement. Lancet 1986;327:307-310. doi:10.1016/S0140-6736(86)90837-8
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TwoWay:
    """Random effects of readers and cases, NaN where a single reader leaves them undefined.

    ``mean_variance`` is the variance of the mean, with Satterthwaite's degrees of freedom.
    """

    mean: float
    reader: float
    case: float
    residual: float
    mean_variance: float
    df: float

    @property
    def total(self) -> float:
        """Variance of a single value; of one reader, that over the cases."""
        return float(np.nansum([self.reader, self.case, self.residual]))


def two_way(values: FloatArray) -> TwoWay:
    """Analysis of variance of (n_readers, n_cases), at least 1 x 2, without replication."""
    j, k = values.shape
    if j == 1:
        spread = float(values.var(ddof=1))
        return TwoWay(float(values.mean()), np.nan, spread, np.nan, spread / k, k - 1)
    products = mean_products(values, values)
    variance = (products.reader + products.case - products.residual) / (j * k)
    parts = np.array([products.reader, products.case, products.residual])
    freedom = np.array([j - 1, k - 1, (j - 1) * (k - 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        df = float((variance * j * k) ** 2 / (parts**2 / freedom).sum())
    return TwoWay(
        mean=float(values.mean()),
        reader=(products.reader - products.residual) / k,
        case=(products.case - products.residual) / j,
        residual=products.residual,
        mean_variance=variance,
        df=df,
    )


@dataclass(frozen=True)
class MeanProducts:
    """Mean products of two tables over readers, cases and what is left; squares of one table."""

    reader: float
    case: float
    residual: float


def mean_products(a: FloatArray, b: FloatArray) -> MeanProducts:
    """Mean products of two tables (n_readers, n_cases), at least 2 x 2."""
    j, k = a.shape
    (reader_a, case_a, rest_a), (reader_b, case_b, rest_b) = _effects(a), _effects(b)
    return MeanProducts(
        reader=float(k * reader_a @ reader_b / (j - 1)),
        case=float(j * case_a @ case_b / (k - 1)),
        residual=float((rest_a * rest_b).sum() / ((j - 1) * (k - 1))),
    )


def between_readers(values: FloatArray) -> float:
    """Variance of the difference of two readers on the same case, from (n_readers, n_cases)."""
    parts = two_way(values)
    return 2 * (parts.reader + parts.residual)


def between_readers_and_arms(first: FloatArray, second: FloatArray) -> float:
    """Variance of the difference of one reader in one arm and another reader in the other."""
    shared = mean_products(first, second)
    covariance = (shared.case - shared.residual) / len(first)
    return two_way(first).total + two_way(second).total - 2 * covariance


def _effects(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Deviations of readers (n_readers,), of cases (n_cases,), and what is left of each value."""
    mean = values.mean()
    reader, case = values.mean(axis=1) - mean, values.mean(axis=0) - mean
    return reader, case, values - mean - reader[:, None] - case
