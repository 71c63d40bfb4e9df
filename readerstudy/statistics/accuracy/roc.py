"""The empirical ROC curve on arrays, and its area under resampling."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Curve:
    """Points from (0, 0) to (1, 1), each (n_distinct_ratings + 1,).

    A case counts as positive from ``threshold`` on; at the first point none does, so that its
    threshold, infinity, is NaN here.
    """

    fpr: FloatArray
    tpr: FloatArray
    threshold: FloatArray


def roc_curve(rating: FloatArray, positive: BoolArray) -> Curve:
    """Empirical curve of (n,) finite ratings with at least one positive and one negative case."""
    threshold, index = np.unique(rating, return_inverse=True)
    hits = np.bincount(index[positive], minlength=threshold.size)[::-1]
    alarms = np.bincount(index[~positive], minlength=threshold.size)[::-1]
    return Curve(
        fpr=np.concatenate([[0.0], np.cumsum(alarms) / alarms.sum()]),
        tpr=np.concatenate([[0.0], np.cumsum(hits) / hits.sum()]),
        threshold=np.concatenate([[np.nan], threshold[::-1]]),
    )


def best_youden(curve: Curve) -> int:
    """Index of the point with the largest Youden index, of equals the strictest."""
    return int(np.argmax(curve.tpr - curve.fpr))


@dataclass(frozen=True)
class WeightedAuc:
    """The AUC as a function of how often each unit (cluster) was drawn.

    Attributes
    ----------
    unit : (n,) int64
        Unit of each reading, readings sorted by rating.
    positive : (n,) bool
    starts : (n_distinct_ratings,) int64
        Where each distinct rating begins.
    """

    unit: NDArray[np.int64]
    positive: BoolArray
    starts: NDArray[np.int64]

    @classmethod
    def prepare(
        cls, rating: FloatArray, positive: BoolArray, unit: NDArray[np.int64]
    ) -> "WeightedAuc":
        """From (n,) ratings, truths and units 0..n_units-1."""
        order = np.argsort(rating, kind="stable")
        ordered = rating[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        return cls(unit[order], positive[order], starts)

    def __call__(self, drawn: FloatArray) -> FloatArray:
        """(n_block, n_units) counts -> (n_block, 1) areas, NaN without both truths."""
        weight = drawn[:, self.unit]
        positives = np.add.reduceat(weight * self.positive, self.starts, axis=1)
        negatives = np.add.reduceat(weight * ~self.positive, self.starts, axis=1)
        below = np.cumsum(negatives, axis=1) - negatives / 2
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            auc = (positives * below).sum(axis=1) / pairs
        return np.asarray(auc)[:, None]
