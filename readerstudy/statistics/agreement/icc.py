"""Intraclass correlations from a complete cases x raters table.

McGraw & Wong, Psychol Methods 1996;1:30, doi:10.1037/1082-989X.1.1.30 (with the 1996;1:390
correction); Shrout & Fleiss, Psychol Bull 1979;86:420, doi:10.1037/0033-2909.86.2.420.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
Model = Literal["1", "2", "3"]


@dataclass(frozen=True)
class MeanSquares:
    """Of cases (rows), raters (columns), residual, and within cases."""

    cases: float
    raters: float
    error: float
    within: float
    n: int
    k: int

    @classmethod
    def of(cls, values: FloatArray) -> "MeanSquares":
        """From (n_cases, n_raters) values, both at least 2."""
        n, k = values.shape
        centred = values - values.mean()
        rows, columns = centred.mean(axis=1), centred.mean(axis=0)
        residual = centred - rows[:, None] - columns[None, :]
        between = k * (rows**2).sum()
        across = n * (columns**2).sum()
        error = (residual**2).sum()
        return cls(
            cases=float(between / (n - 1)),
            raters=float(across / (k - 1)),
            error=float(error / ((n - 1) * (k - 1))),
            within=float((across + error) / (n * (k - 1))),
            n=n,
            k=k,
        )


@dataclass(frozen=True)
class Icc:
    """Coefficient with its F-based interval and the F test of a zero coefficient."""

    icc: float
    low: float
    high: float
    f: float
    df1: float
    df2: float
    p_value: float


def icc(squares: MeanSquares, model: Model, average: bool, alpha: float) -> Icc:
    """ICC of one rater, or of the average of the k raters.

    Model "1": raters differ from case to case; "2": random raters, absolute agreement; "3": these
    raters, consistency. NaN where there is no variation at all.
    """
    n, k = squares.n, squares.k
    noise = squares.within if model == "1" else squares.error
    df1 = n - 1
    df2 = n * (k - 1) if model == "1" else (n - 1) * (k - 1)
    f = squares.cases / noise if noise > 0 else np.nan
    single, low, high = _absolute(squares, alpha) if model == "2" else _plain(
        squares.cases, noise, k, df1, df2, alpha
    )  # fmt: skip
    if average:
        single, low, high = (_spearman_brown(value, k) for value in (single, low, high))
    return Icc(single, low, high, f, df1, df2, float(stats.f.sf(f, df1, df2)))


def _plain(
    cases: float, noise: float, k: int, df1: int, df2: int, alpha: float
) -> tuple[float, float, float]:
    """Models 1 and 3."""
    if cases + noise == 0:
        return np.nan, np.nan, np.nan
    value = (cases - noise) / (cases + (k - 1) * noise)
    if noise == 0:
        return value, np.nan, np.nan
    f = cases / noise
    lower = f / stats.f.isf(alpha / 2, df1, df2)
    upper = f * stats.f.isf(alpha / 2, df2, df1)
    return value, float((lower - 1) / (lower + k - 1)), float((upper - 1) / (upper + k - 1))


def _absolute(squares: MeanSquares, alpha: float) -> tuple[float, float, float]:
    """Model 2, McGraw & Wong's ICC(A,1) with Satterthwaite degrees of freedom."""
    n, k = squares.n, squares.k
    cases, raters, error = squares.cases, squares.raters, squares.error
    total = cases + (k - 1) * error + k / n * (raters - error)
    if total == 0:
        return np.nan, np.nan, np.nan
    value = (cases - error) / total
    if value == 1 or error == 0 == raters:
        return value, np.nan, np.nan
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if spread == 0 or cases == 0:
        return value, np.nan, np.nan
    v = (a * raters + b * error) ** 2 / spread
    to_low = stats.f.isf(alpha / 2, n - 1, v)
    to_high = stats.f.isf(alpha / 2, v, n - 1)
    other = k * raters + (k * n - k - n) * error
    low = n * (cases - to_low * error) / (to_low * other + n * cases)
    high = n * (to_high * cases - error) / (other + n * to_high * cases)
    return value, float(low), float(high)


def _spearman_brown(value: float, k: int) -> float:
    total = 1 + (k - 1) * value
    return k * value / total if total != 0 else np.nan
