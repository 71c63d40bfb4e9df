"""Paired measured values: location, spread, and tests of their difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Location:
    """Median and quartiles (type 7) of one side."""

    median: float | None
    iqr: tuple[float, float] | None

    @classmethod
    def of(cls, values: FloatArray) -> "Location":
        """Of (n,) values; nothing of none."""
        if values.size == 0:
            return cls(None, None)
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
        return cls(middle, (low, high))


def wilcoxon(difference: FloatArray) -> tuple[float | None, float | None]:
    """(statistic, p) of the signed-rank test of (n,) paired differences.

    Wilcoxon, Biometrics Bull 1945;1:80, doi:10.2307/3001968, as scipy computes it: zero differences
    are left out, the smaller rank sum is the statistic, p is exact for up to 50 differences without
    ties or zeros, else normal without continuity correction. ``None`` where no difference is left.
    """
    if not np.any(difference != 0):
        return None, None
    result = stats.wilcoxon(difference)
    return float(result.statistic), float(result.pvalue)


def paired_t(difference: FloatArray) -> tuple[float | None, float | None]:
    """(t, p) of (n,) paired differences; ``None`` without spread or with fewer than two."""
    if difference.size < 2 or np.ptp(difference) == 0:
        return None, None
    result = stats.ttest_1samp(difference, 0.0)
    return float(result.statistic), float(result.pvalue)
