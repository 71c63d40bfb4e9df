"""Regression coefficients as they are reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from readerstudy.statistics.estimates import two_sided_normal

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficient:
    """One coefficient with its normal test and interval."""

    name: str
    estimate: float
    se: float
    z: float
    p_value: float
    ci_low: float
    ci_high: float


def coefficient_table(
    names: Sequence[str], values: FloatArray, covariance: FloatArray, alpha: float
) -> tuple[Coefficient, ...]:
    """Coefficients (n,) with their covariance (n, n), tested as normal."""
    quantile = float(stats.norm.isf(alpha / 2))
    rows = []
    for name, value, variance in zip(names, values, np.diag(covariance), strict=True):
        se = float(np.sqrt(variance))
        z = float(value) / se if se > 0 else float("nan")
        half = quantile * se
        rows.append(
            Coefficient(
                name, float(value), se, z, two_sided_normal(z),
                float(value - half), float(value + half),
            )
        )  # fmt: skip
    return tuple(rows)
