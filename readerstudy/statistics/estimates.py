"""Point estimates with their intervals."""

import math
from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A figure with its confidence interval; what is undefined is ``None``."""

    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    ci_method: str


def undefined(method: str) -> Estimate:
    """An estimate that does not exist, with the method that would have given its interval."""
    return Estimate(None, None, None, method)


def point_only(value: float, method: str) -> Estimate:
    """An estimate that exists without an interval."""
    return Estimate(float(value), None, None, method)


def wilson_limits(successes: float, n: float, alpha: float) -> tuple[float, float]:
    """Score interval without continuity correction, n > 0.

    Wilson, J Am Stat Assoc 1927;22:209. doi:10.1080/01621459.1927.10502953
    """
    z = float(stats.norm.isf(alpha / 2))
    p = successes / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def clopper_pearson_limits(successes: float, n: float, alpha: float) -> tuple[float, float]:
    """Exact binomial interval, n > 0.

    Clopper & Pearson, Biometrika 1934;26:404. doi:10.1093/biomet/26.4.404
    """
    low = 0.0 if successes == 0 else float(stats.beta.ppf(alpha / 2, successes, n - successes + 1))
    high = 1.0 if successes == n else float(stats.beta.isf(alpha / 2, successes + 1, n - successes))
    return low, high


def proportion(successes: int, n: int, alpha: float, method: str = "wilson") -> Estimate:
    """A proportion with a Wilson (default) or Clopper-Pearson interval; undefined when n is 0."""
    if n == 0:
        return undefined(method)
    limits = clopper_pearson_limits if method == "clopper-pearson" else wilson_limits
    low, high = limits(successes, n, alpha)
    return Estimate(successes / n, low, high, method)


def normal(
    value: float, se: float, alpha: float, *, bounds: tuple[float, float] | None = None,
    method: str = "normal",
) -> Estimate:  # fmt: skip
    """Estimate with ``value +- z se``, cut to ``bounds`` where they are given."""
    return _symmetric(value, float(stats.norm.isf(alpha / 2)) * se, bounds, method)


def student(
    value: float, se: float, df: float, alpha: float, *,
    bounds: tuple[float, float] | None = None, method: str = "t",
) -> Estimate:  # fmt: skip
    """Estimate with ``value +- t(df) se``, cut to ``bounds`` where they are given."""
    return _symmetric(value, float(stats.t.isf(alpha / 2, df)) * se, bounds, method)


def two_sided_normal(z: float) -> float:
    """Two-sided p value of a standard normal statistic."""
    return float(2 * stats.norm.sf(abs(z)))


def _symmetric(
    value: float, half: float, bounds: tuple[float, float] | None, method: str
) -> Estimate:
    low, high = value - half, value + half
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Estimate(float(value), float(low), float(high), method)


UNIT = (0.0, 1.0)
"""Bounds of proportions and areas under a curve."""
