"""Empirical area under the ROC curve, its structural components and DeLong's covariance.

References
----------
.. [1] DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-845. doi:10.2307/2531595
.. [2] Sun X, Xu W. Fast implementation of DeLong's algorithm for comparing the areas under
   correlated receiver operating characteristic curves. IEEE Signal Process Lett
   2014;21:1389-1393. doi:10.1109/LSP.2014.2337313
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Placements:
    """An empirical AUC with DeLong's structural components.

    Attributes
    ----------
    auc
        P(rating of a positive case > rating of a negative case), ties counted 1/2.
    positive
        (n_positive,) V10: share of the negative cases each positive case is rated above.
    negative
        (n_negative,) V01: share of the positive cases each negative case is rated below.
    """

    auc: float
    positive: FloatArray
    negative: FloatArray


def wins(
    ratings: FloatArray, opponents: FloatArray, weights: FloatArray | None = None
) -> FloatArray:
    """Weight of the `opponents` below each rating, ties counting half.

    Parameters
    ----------
    ratings, opponents
        (n,) and (m,) ratings; infinities are allowed, NaN is not.
    weights
        (m,) weight of each opponent; 1 when omitted. Unit weights give exact half-integers, so
        that sums over them are exact too.

    Returns
    -------
    FloatArray
        (n,) found from ranks in O((n + m) log m), as in Sun & Xu [2]_.
    """
    order = np.argsort(opponents)
    ordered = opponents[order]
    below = np.searchsorted(ordered, ratings, side="left")
    not_above = np.searchsorted(ordered, ratings, side="right")
    if weights is None:
        return np.asarray((below + not_above) / 2)
    cumulated = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray((cumulated[below] + cumulated[not_above]) / 2)


def placements(positive: FloatArray, negative: FloatArray) -> Placements:
    """AUC and structural components of one set of ratings, in O(n log n) [2]_.

    Parameters
    ----------
    positive, negative
        (n_positive,) and (n_negative,) ratings, larger = more suspicious.

    Raises
    ------
    ValueError
        If there is no positive or no negative rating.
    """
    n_positive, n_negative = len(positive), len(negative)
    if n_positive == 0 or n_negative == 0:
        raise ValueError("an AUC needs at least one positive and one negative rating")
    won = wins(positive, negative)
    lost = n_positive - wins(negative, positive)
    return Placements(
        auc=float(won.sum()) / (n_positive * n_negative),
        positive=won / n_negative,
        negative=lost / n_positive,
    )


def empirical_auc(positive: FloatArray, negative: FloatArray) -> float:
    """Empirical AUC, ties counted 1/2 (the Mann-Whitney statistic over n_positive n_negative)."""
    return placements(positive, negative).auc


def delong_covariance(curves: list[Placements]) -> FloatArray | None:
    """DeLong covariance of AUCs whose ratings belong to the same cases in the same order [1]_.

    Returns
    -------
    FloatArray or None
        (k, k) covariance matrix for k curves; None with fewer than two positive or two negative
        cases, where it is undefined.
    """
    v10 = np.stack([curve.positive for curve in curves])
    v01 = np.stack([curve.negative for curve in curves])
    if v10.shape[1] < 2 or v01.shape[1] < 2:
        return None
    return _scatter(v10) + _scatter(v01)


def delong_variance(curve: Placements) -> float | None:
    """DeLong variance of one AUC; None where it is undefined."""
    covariance = delong_covariance([curve])
    return None if covariance is None else float(covariance[0, 0])


def _scatter(components: FloatArray) -> FloatArray:
    """Covariance matrix of the row means of (k, n) components."""
    n = components.shape[1]
    centred = components - components.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / (n * (n - 1)), dtype=np.float64)
