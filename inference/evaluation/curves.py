"""Calibration and decision curves of a probability, as numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

GROUPS = 10
THRESHOLDS = tuple(round(0.02 + 0.04 * n, 2) for n in range(25))
"""Threshold probabilities; the first is the paper's 2 %."""


def calibration(positive: Truth, scores: Floats, groups: int = GROUPS) -> dict[str, Any]:
    """Return a calibration curve in groups of equal size, and the Brier score.

    Parameters
    ----------
    positive
        (n,) truth.
    scores
        (n,) predicted probability.
    groups
        At most; fewer where there are fewer cases.

    Returns
    -------
    dict
        ``{"groups": [{"n", "predicted", "observed"}], "brier"}``, lowest predictions first.
    """
    parts = _groups(scores, groups)
    return {
        "groups": [
            {
                "n": len(part),
                "predicted": float(scores[part].mean()),
                "observed": float(positive[part].mean()),
            }
            for part in parts
        ],
        "brier": float(np.mean((scores - positive) ** 2)),
    }


def hosmer_lemeshow(positive: Truth, scores: Floats, groups: int = GROUPS) -> dict[str, Any]:
    """Return Hosmer and Lemeshow's statistic and its p value on cases a model wasn't fitted to.

    Hosmer, Lemeshow and Sturdivant 2013, section 5.2.2: observed against expected positives and
    negatives; as many degrees of freedom as groups (two fewer only on the fitted cases).
    """
    parts = _groups(scores, groups)
    statistic = 0.0
    for part in parts:
        expected = float(np.clip(scores[part].sum(), 1e-9, len(part) - 1e-9))
        gap = float(positive[part].sum()) - expected
        statistic += gap**2 / expected + gap**2 / (len(part) - expected)
    return {
        "hosmer_lemeshow": statistic,
        "hosmer_lemeshow_p": float(chi2.sf(statistic, len(parts))),
    }


def decision_curve(positive: Truth, scores: Mapping[str, Floats]) -> dict[str, Any]:
    """Return the net benefit of acting on each score, on everyone and on no one.

    Vickers and Elkin 2006, doi:10.1177/0272989X06295361: true positives minus false positives
    weighed by the odds of the threshold, per case.

    Returns
    -------
    dict
        ``{"thresholds", "net_benefit": {name: [...]}}``, with ``all`` and ``none``.
    """
    everyone = np.ones(len(positive))
    curves = {
        name: [_net_benefit(positive, values >= limit, limit) for limit in THRESHOLDS]
        for name, values in {**scores, "all": everyone}.items()
    }
    return {
        "thresholds": list(THRESHOLDS),
        "net_benefit": {**curves, "none": [0.0] * len(THRESHOLDS)},
    }


def _net_benefit(positive: Truth, called: Truth, threshold: float) -> float:
    right, wrong = int((called & positive).sum()), int((called & ~positive).sum())
    return (right - wrong * threshold / (1 - threshold)) / len(positive)


def _groups(scores: Floats, groups: int) -> list[NDArray[np.int64]]:
    order = np.argsort(scores, kind="stable")
    return [part for part in np.array_split(order, min(groups, len(order))) if len(part)]
