"""Fleiss' kappa on complete counts, with both of its standard errors.

References
----------
Fleiss, Psychol Bull 1971;76:378. doi:10.1037/h0031619
Fleiss, Nee & Landis, Psychol Bull 1979;86:974 (standard errors under kappa = 0).
doi:10.1037/0033-2909.86.5.974
Gwet, Br J Math Stat Psychol 2008;61:29 (linearised standard error). doi:10.1348/000711006X126600
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FleissKappa:
    """``se`` is for intervals, ``se0`` for the test of kappa = 0; NaN where undefined.

    ``kappa_j`` (n_categories,) is each category against the rest, ``se0_category`` its common
    standard error under kappa = 0; ``observed`` the mean pairwise agreement.
    """

    kappa: float
    se: float
    se0: float
    observed: float
    kappa_j: FloatArray
    se0_category: float


def fleiss_kappa(counts: FloatArray) -> FleissKappa:
    """Kappa of (n_cases, n_categories) counts, each row adding up to the same m >= 2 raters.

    Undefined (NaN) when no case is left or all raters always use one category.
    """
    n = counts.shape[0]
    if n == 0:
        nothing = np.full(counts.shape[1], np.nan)
        return FleissKappa(np.nan, np.nan, np.nan, np.nan, nothing, np.nan)
    m = float(counts[0].sum())
    share = counts.mean(axis=0) / m
    rest = 1 - share
    per_case = (counts * (counts - 1)).sum(axis=1) / (m * (m - 1))
    observed = float(per_case.mean())
    expected = float((share**2).sum())
    disagreement = (counts * (m - counts)).sum(axis=0)
    spread = n * m * (m - 1) * share * rest
    used = (share > 0) & (share < 1)
    kappa_j = np.full(share.size, np.nan)
    kappa_j[used] = 1 - disagreement[used] / spread[used]
    if not used.any():
        return FleissKappa(np.nan, np.nan, np.nan, observed, kappa_j, np.nan)
    kappa = (observed - expected) / (1 - expected)
    total = float((share * rest).sum())
    skew = float((share * rest * (rest - share)).sum())
    se0 = np.sqrt(2 / (n * m * (m - 1)) * (total**2 - skew)) / total
    return FleissKappa(
        kappa=kappa,
        se=_linearised_se(counts, per_case, share, kappa, expected),
        se0=float(se0),
        observed=observed,
        kappa_j=kappa_j,
        se0_category=float(np.sqrt(2 / (n * m * (m - 1)))),
    )


def _linearised_se(
    counts: FloatArray, per_case: FloatArray, share: FloatArray, kappa: float, expected: float
) -> float:
    """Gwet 2008, equation for Fleiss' pi with identity weights; NaN for a single case."""
    n = counts.shape[0]
    if n < 2:
        return float("nan")
    expected_case = counts @ share / counts.sum(axis=1)
    kappa_case = (per_case - expected) / (1 - expected)
    linear = kappa_case - 2 * (1 - kappa) * (expected_case - expected) / (1 - expected)
    return float(np.sqrt(((linear - kappa) ** 2).sum() / (n * (n - 1))))
