"""A group of readers against one AI system: exact Mann-Whitney test.

Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. doi:10.1214/aoms/1177730491
"""

from dataclasses import dataclass

import numpy as np

from .auc import FloatArray, wins


@dataclass(frozen=True)
class RankTest:
    """`statistic` counts the readers above the AI (ties 1/2); `p_value` is two-sided."""

    statistic: float
    p_value: float


def readers_against_ai(readers: FloatArray, ai: float) -> RankTest:
    """Exact conditional Mann-Whitney test of n readers' figures against one AI figure.

    The AI's place among the n + 1 pooled figures is uniform under the null hypothesis, ties
    included, so that p is the share of figures at least as far from the middle rank. Without ties
    it is ``2 min(U, n - U) + 2`` over ``n + 1``, at most 1: no p below 2/(n + 1) exists.

    Parameters
    ----------
    readers
        (n_readers,) figures of merit, n_readers >= 1.
    """
    pooled = np.append(readers, ai)
    above = len(pooled) - wins(pooled, pooled) - 0.5
    middle = len(readers) / 2
    distance = np.abs(above - middle)
    return RankTest(
        statistic=float(above[-1]),
        p_value=float(np.mean(distance >= distance[-1])),
    )
