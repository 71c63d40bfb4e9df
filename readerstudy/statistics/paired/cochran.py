"""Cochran's Q on arrays."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def cochran_q(outcomes: NDArray[np.bool_]) -> tuple[float | None, int, float | None]:
    """(Q, df, p) for (n_cases, n_raters) yes/no outcomes; Q is ``None`` when no case differs.

    Cochran, Biometrika 1950;37:256. doi:10.1093/biomet/37.3-4.256. With two raters Q is McNemar's
    chi-square.
    """
    k = outcomes.shape[1]
    per_rater = outcomes.sum(axis=0).astype(np.float64)
    per_case = outcomes.sum(axis=1).astype(np.float64)
    total = per_rater.sum()
    spread = k * total - (per_case**2).sum()
    if spread == 0:
        return None, k - 1, None
    q = float((k - 1) * (k * (per_rater**2).sum() - total**2) / spread)
    return q, k - 1, float(stats.chi2.sf(q, k - 1))
