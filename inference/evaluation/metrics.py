"""Figures of merit of classifiers and detectors; NaN where a class or object is missing."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from inference.contracts import Box
from inference.detection.link import box_iou

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def auc(positive: NDArray[np.bool_], scores: Floats) -> float:
    """Return the area under the ROC curve: P(score of a positive > of a negative), ties half.

    Parameters
    ----------
    positive
        (n,) truth.
    scores
        (n,), higher is more positive.
    """
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return math.nan
    ranks = rankdata(scores)
    wins = ranks[positive].sum() - n_positive * (n_positive + 1) / 2
    return float(wins / (n_positive * n_negative))


def macro_auc(truth: Ints, probabilities: Floats) -> float:
    """Return the mean area of one class against the rest, over the classes that occur.

    Parameters
    ----------
    truth
        (n,) class indices.
    probabilities
        (n, classes).
    """
    return mean_of_known(class_aucs(truth, probabilities))


def class_aucs(truth: Ints, probabilities: Floats) -> list[float]:
    """Return the area of each class against the rest, NaN where a class or the rest is missing."""
    return [auc(truth == label, column) for label, column in enumerate(probabilities.T)]


def mean_of_known(values: Sequence[float]) -> float:
    """Return the mean of the values that aren't NaN; NaN without any."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def confusion_matrix(truth: Ints, decision: Ints, n_classes: int) -> Ints:
    """Return counts (classes, classes): row is the reference standard, column the decision."""
    counts = np.bincount(truth * n_classes + decision, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes).astype(np.int64)


def confusion_metrics(counts: Ints) -> dict[str, float]:
    """Return accuracy and, averaged over classes, recall, precision and F1.

    A class without a decision has precision and F1 0; one without a case isn't averaged.
    """
    hits, rows, columns = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    if not rows.sum():
        return dict.fromkeys(("accuracy", "recall", "precision", "f1"), math.nan)
    there = rows > 0
    recall = hits[there] / rows[there]
    precision = hits[there] / np.maximum(columns[there], 1)
    f1 = 2 * hits[there] / (rows[there] + columns[there])
    return {
        "accuracy": float(hits.sum() / rows.sum()),
        "recall": float(recall.mean()),
        "precision": float(precision.mean()),
        "f1": float(f1.mean()),
    }


def weighted_kappa(counts: Ints) -> float:
    """Return Cohen's kappa of ordered classes with linear weights (Cohen 1968).

    Parameters
    ----------
    counts
        (classes, classes); NaN where chance alone would agree fully.
    """
    n = len(counts)
    distance = np.abs(np.arange(n)[:, None] - np.arange(n)[None])
    total = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(total, 1)
    apart = float((distance * expected).sum())
    return 1 - float((distance * counts).sum()) / apart if apart else math.nan


def detection_counts(found: list[Box], truth: list[Box], limit: float) -> tuple[int, int, int]:
    """Return true positives, false positives and missed lesions of one case.

    Parameters
    ----------
    found
        Detected boxes, most confident first.
    truth
        Boxes of the reference standard.
    limit
        Least intersection over union of a hit; each true box is hit once, a second box on it is
        a false positive.
    """
    left = list(truth)
    hits = 0
    for box in found:
        best = max(left, key=lambda other: box_iou(box, other), default=None)
        if best is not None and box_iou(box, best) >= limit:
            left.remove(best)
            hits += 1
    return hits, len(found) - hits, len(left)


def detection_metrics(counts: Ints) -> dict[str, float]:
    """Return F1, recall and precision from (hits, false positives, misses), (cases, 3) or (3,)."""
    hits, false, missed = np.asarray(counts).reshape(-1, 3).sum(axis=0).tolist()
    return {
        "f1": 2 * hits / (2 * hits + false + missed) if hits + false + missed else math.nan,
        "recall": hits / (hits + missed) if hits + missed else math.nan,
        "precision": hits / (hits + false) if hits + false else math.nan,
    }
