"""DeLong's test between two areas under ROC curves.

DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, with the structural components from
midranks (Sun and Xu 2014, IEEE Signal Processing Letters 21:1389).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Tested = dict[str, float | None]
"""``difference``, ``z`` and the two-sided ``p``; None where there is no variance."""


class Components(NamedTuple):
    """An area, and what each positive (m,) and each negative (n,) case adds to it."""

    area: float
    positive: Floats
    negative: Floats


def components(positive: Flags, scores: Floats) -> Components:
    """Return the area under the ROC curve and its structural components.

    Parameters
    ----------
    positive
        (n,) truth; two cases of each kind at least, else the area's variance is NaN.
    scores
        (n,), higher is more positive.
    """
    ranks = rankdata(scores)
    above, below = scores[positive], scores[~positive]
    won = (ranks[positive] - rankdata(above)) / max(1, len(below))
    lost = 1 - (ranks[~positive] - rankdata(below)) / max(1, len(above))
    return Components(float(won.mean()) if len(won) else math.nan, won, lost)


def compare_areas(positive: Flags, first: Floats, second: Floats) -> Tested:
    """Test the first area minus the second, of two scores of the same cases.

    Parameters
    ----------
    positive
        (n,) truth.
    first, second
        (n,) scores.
    """
    a, b = components(positive, first), components(positive, second)
    variance = _mean_variance(a.positive - b.positive) + _mean_variance(a.negative - b.negative)
    return _tested(a.area - b.area, variance)


def compare_separate_areas(first: tuple[Flags, Floats], second: tuple[Flags, Floats]) -> Tested:
    """Test the first area minus the second, each a pair (truth, scores) of cases of its own."""
    a, b = components(*first), components(*second)
    parts = (a.positive, a.negative, b.positive, b.negative)
    return _tested(a.area - b.area, sum(_mean_variance(part) for part in parts))


def _mean_variance(values: Floats) -> float:
    if len(values) < 2:
        return math.nan
    return float(values.var(ddof=1)) / len(values)


def _tested(difference: float, variance: float) -> Tested:
    if math.isnan(difference) or not variance > 0:
        known = None if math.isnan(difference) else difference
        return {"difference": known, "z": None, "p": None}
    z = difference / math.sqrt(variance)
    return {"difference": difference, "z": z, "p": float(2 * norm.sf(abs(z)))}
