"""Percentile intervals over cases drawn with replacement (Efron and Tibshirani 1993, chapter 13).

Lesions of one case stay together.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Metrics = Callable[[NDArray[np.int64]], Mapping[str, float]]
Interval = dict[str, float | None]

DRAWS = 1000
SEED = 20240815


def intervals(
    cases: Sequence[str], metrics: Metrics, *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Interval]:
    """Return each metric with its 95 % interval.

    Parameters
    ----------
    cases
        Case of each row, (n,).
    metrics
        Takes positions of rows, repeats allowed, and returns metrics by name; NaN where one
        can't be computed.
    draws, seed
        Of the bootstrap.

    Returns
    -------
    dict
        ``{"estimate", "ci_low", "ci_high"}`` by name; None where a value can't be computed.
    """
    groups: dict[str, list[int]] = {}
    for row, case in enumerate(cases):
        groups.setdefault(case, []).append(row)
    rows_of = [np.array(rows) for rows in groups.values()]
    estimate = metrics(np.arange(len(cases)))
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in estimate}
    for _ in range(draws):
        chosen = rng.integers(len(rows_of), size=len(rows_of))
        for name, value in metrics(np.concatenate([rows_of[i] for i in chosen])).items():
            drawn[name].append(value)
    return {name: _interval(value, np.array(drawn[name])) for name, value in estimate.items()}


def mean_intervals(
    cases: Sequence[str], measured: Sequence[Mapping[str, float]]
) -> dict[str, Interval]:
    """Return the mean of each measure over rows, NaN left out, with its interval.

    Parameters
    ----------
    cases
        Case of each row.
    measured
        Values by name, the same names in every row.
    """
    table = {name: np.array([row[name] for row in measured]) for name in measured[0]}

    def means(chosen: NDArray[np.int64]) -> dict[str, float]:
        return {name: _mean_of_known(values[chosen]) for name, values in table.items()}

    return intervals(cases, means)


def _mean_of_known(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _interval(estimate: float, drawn: NDArray[np.float64]) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(estimate) or not len(known):
        return {"estimate": None, "ci_low": None, "ci_high": None}
    low, high = np.percentile(known, [2.5, 97.5]).tolist()
    return {"estimate": float(estimate), "ci_low": low, "ci_high": high}
