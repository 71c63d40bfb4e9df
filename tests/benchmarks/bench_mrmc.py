"""MRMC numerics beside the straightforward computation with scikit-learn and numpy."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from readerstudy.statistics.mrmc.auc import delong_variance, placements
from readerstudy.statistics.mrmc.covariances import jackknife_covariance
from readerstudy.statistics.mrmc.two_sample import auc_metric


def rows() -> list[dict[str, Any]]:
    """Return the measured rows."""
    return [_jackknife(), _delong()]


def _jackknife() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    positive = np.arange(200) % 2 == 0
    ratings = rng.normal(size=(2, 5, 200)) + positive

    def baseline() -> np.ndarray:
        areas = [
            [roc_auc_score(np.delete(positive, k), np.delete(cell, k)) for k in range(200)]
            for cell in ratings.reshape(10, 200)
        ]
        return 199**2 / 200 * np.cov(areas)

    return _row(
        "OR jackknife covariance, 2 x 5 x 200",
        lambda: jackknife_covariance(auc_metric(ratings, positive)),
        baseline,
        target=50,
    )


def _delong() -> dict[str, Any]:
    rng = np.random.default_rng(2)
    positive, negative = rng.normal(1, 1, 50_000), rng.normal(0, 1, 50_000)

    def baseline() -> np.ndarray:
        below, above = np.empty(50_000), np.zeros(50_000)
        for start in range(0, 50_000, 500):
            wins = positive[start : start + 500, None] > negative
            below[start : start + 500] = wins.mean(axis=1)
            above += wins.sum(axis=0)
        return np.array(below.var(ddof=1) / 50_000 + (above / 50_000).var(ddof=1) / 50_000)

    return _row(
        "DeLong variance, 100,000 cases",
        lambda: np.array(delong_variance(placements(positive, negative))),
        baseline,
        target=10,
    )


def _row(
    name: str, ours: Callable[[], np.ndarray], baseline: Callable[[], np.ndarray], target: float
) -> dict[str, Any]:
    mine, seconds = _timed(ours)
    theirs, baseline_seconds = _timed(baseline)
    return {
        "name": name,
        "ours": seconds,
        "baseline": baseline_seconds,
        "unit": "s",
        "ratio": baseline_seconds / seconds,
        "target": target,
        "equal": bool(np.allclose(mine, theirs, rtol=1e-9, atol=1e-15)),
    }


def _timed(function: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start
