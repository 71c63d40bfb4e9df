"""Tests on a square table of two raters' categories."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def square_table(a: IntArray, b: IntArray, n_categories: int) -> FloatArray:
    """(n_categories, n_categories) counts: row the code of a, column that of b (codes >= 0)."""
    cells = np.bincount(a * n_categories + b, minlength=n_categories**2)
    return cells.reshape(n_categories, n_categories).astype(np.float64)


def bowker(table: FloatArray) -> tuple[float | None, int, float | None]:
    """(statistic, df, p) of symmetry; the statistic is ``None`` without discordant pair.

    Bowker, J Am Stat Assoc 1948;43:572, doi:10.1080/01621459.1948.10483284, with his k(k-1)/2
    degrees of freedom; pairs of categories never confused add nothing to the statistic.
    """
    k = table.shape[0]
    upper = np.triu_indices(k, 1)
    above, below = table[upper], table.T[upper]
    seen = above + below > 0
    df = k * (k - 1) // 2
    if not seen.any():
        return None, df, None
    statistic = float(((above - below)[seen] ** 2 / (above + below)[seen]).sum())
    return statistic, df, float(stats.chi2.sf(statistic, df))


def idle_pairs(table: FloatArray) -> int:
    """Pairs of categories that the two raters never confused, in either direction."""
    confused = (table + table.T)[np.triu_indices(table.shape[0], 1)]
    return int((confused == 0).sum())


def stuart_maxwell(table: FloatArray) -> tuple[float | None, int, float | None]:
    """(statistic, df, p) of marginal homogeneity; ``None`` without discordant pair.

    Stuart, Biometrika 1955;42:412, doi:10.1093/biomet/42.3-4.412; Maxwell, Br J Psychiatry
    1970;116:651. Degrees of freedom are the rank of the covariance matrix: the number of categories
    less one, fewer where categories are unused or never confused with the others.
    """
    difference = table.sum(axis=1) - table.sum(axis=0)
    covariance = np.diag(table.sum(axis=1) + table.sum(axis=0)) - table - table.T
    df = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if df == 0:
        return None, 0, None
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    return statistic, df, float(stats.chi2.sf(statistic, df))
