"""Ratings read as probabilities."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.registry import Context
from readerstudy.statistics.tasks import BoolArray


@dataclass(frozen=True)
class Probabilities:
    """Of the rated readings (n,), with the counts of the entry over all readings."""

    probability: FloatArray
    positive: BoolArray
    counts: dict[str, int]


def probabilities(frame: TaskFrame, readings: Readings, context: Context) -> Probabilities:
    """Ratings in [0, 1] as they are; percentages where the task has ratings up to 100 (warned).

    Raises
    ------
    AnalysisError
        ``no_rating`` without any rating, ``not_a_probability`` outside these ranges.
    """
    rated = readings.take(np.isfinite(readings.rating))
    counts = {
        "n": len(readings),
        "n_missing": len(readings) - len(rated),
        "n_contradictory": readings.n_contradictory,
    }
    lost = {"n": counts["n"], "n_missing": counts["n_missing"]}
    if not len(rated):
        raise AnalysisError("no_rating", "No selected reading has a rating.", "select", **lost)
    low, high = float(np.nanmin(frame.readings.rating)), float(np.nanmax(frame.readings.rating))
    if low < 0 or high > 100:
        sentence = f"Ratings from {low:g} to {high:g} cannot be read as probabilities."
        raise AnalysisError("not_a_probability", sentence, "select", **lost)
    percent = high > 1
    if percent:
        context.warn("Ratings go beyond 1 and are read as percentages.")
    positive = frame.task.is_positive(frame.truth(rated))
    return Probabilities(rated.rating / (100 if percent else 1), positive, counts)
