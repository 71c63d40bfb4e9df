"""Readings of several readers in several arms -> a figure of merit of every arm and reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.layout import Cube, cube
from readerstudy.statistics.registry import Context
from readerstudy.statistics.selection import PlanFault, Selector
from readerstudy.statistics.tasks import NO_DECISION, Task
from readerstudy.statistics.wording import counted

from .auc import BoolArray, FloatArray, IntArray
from .metrics import Metric, ProportionMetric
from .two_sample import auc_metric

MetricName: TypeAlias = Literal["auc", "sensitivity", "specificity", "accuracy"]
Missing: TypeAlias = Literal["wrong", "exclude"]


@dataclass(frozen=True)
class Scoring:
    """What a reading is worth.

    Attributes
    ----------
    threshold
        Decide by ``rating >= threshold``; None = by the decision. Not used by the AUC.
    missing
        A reading without decision (or rating to decide by) is wrong, or left out. An AUC always
        leaves it out.
    """

    metric: MetricName = "auc"
    threshold: float | None = None
    missing: Missing = "wrong"

    def check(self, task: Task | None, at: str) -> None:
        """Refuse options the task cannot serve. Raises ``PlanFault``."""
        if self.metric == "auc" and self.threshold is not None:
            raise PlanFault(f"{at}/threshold", "An AUC takes no threshold.")
        needs_sides = self.metric != "accuracy" or self.threshold is not None
        if task is not None and needs_sides and not task.positive:
            sentence = f'The task "{task.name}" has no positive categories, which this needs.'
            raise PlanFault(f"{at}/task", sentence)


@dataclass(frozen=True)
class Scores:
    """Readings laid out and scored.

    Attributes
    ----------
    values
        (n_arms, n_readers, n_cases) rating, or 1 right and 0 wrong; NaN = no value.
    positive
        (n_cases,) truth.
    case
        (n_cases,) index into the cases of the task.
    n_missing
        Readings without the value used.
    """

    arms: tuple[str, ...]
    readers: tuple[str, ...]
    values: FloatArray
    positive: BoolArray
    case: IntArray
    n_missing: int
    n_contradictory: int

    @property
    def counts(self) -> dict[str, int]:
        """``n``, ``n_missing`` and ``n_contradictory`` of an entry; n counts cases."""
        return {
            "n": len(self.case),
            "n_missing": self.n_missing,
            "n_contradictory": self.n_contradictory,
        }


def check_arms(arms: Sequence[str] | None, at: str) -> None:
    """Refuse an arm that is named twice. Raises ``PlanFault``."""
    for index, arm in enumerate(arms or ()):
        if arms is not None and arm in arms[:index]:
            raise PlanFault(f"{at}/arms/{index}", f'"{arm}" stands there twice.')


def arms_cube(
    frame: TaskFrame, select: Selector, arms: Sequence[str] | None
) -> tuple[Readings, Cube]:
    """The selected readings of the arms, and their layout; arms in the order asked for.

    Raises
    ------
    AnalysisError
        ``unknown_arm`` when an arm has no reading; those of selecting and laying out.
    """
    readings = frame.select(select)
    wanted = tuple(arms) if arms is not None else readings.arms
    for arm in wanted:
        if arm not in readings.arms:
            raise AnalysisError(
                "unknown_arm", f'No selected reading is of the arm "{arm}".', "arms"
            )
    readings = readings.take(np.isin(readings.arm, wanted))
    return readings, cube(readings, wanted, readings.readers)


def score(
    frame: TaskFrame,
    select: Selector,
    arms: Sequence[str] | None,
    scoring: Scoring,
    context: Context,
) -> Scores:
    """Lay out and score the selected readings."""
    readings, layout = arms_cube(frame, select, arms)
    values, n_missing = reading_values(frame, readings, scoring, context)
    return Scores(
        arms=layout.arms,
        readers=layout.readers,
        values=layout.numbers(values),
        positive=frame.task.is_positive(frame.cases.truth[layout.case]),
        case=layout.case,
        n_missing=n_missing,
        n_contradictory=readings.n_contradictory,
    )


def reading_values(
    frame: TaskFrame, readings: Readings, scoring: Scoring, context: Context
) -> tuple[FloatArray, int]:
    """What each reading is worth, and how many have no value; a warning says what became of them.

    Returns
    -------
    tuple
        (n_readings,) rating, or 1 right and 0 wrong, NaN where left out; the number without value.
    """
    truth = frame.truth(readings)
    by_rating = scoring.metric == "auc" or scoring.threshold is not None
    absent = np.isnan(readings.rating) if by_rating else readings.decision == NO_DECISION
    if scoring.metric == "auc":
        values = readings.rating
    else:
        values = _correct(frame, readings, truth, scoring.threshold).astype(np.float64)
        values[absent] = 0.0 if scoring.missing == "wrong" else np.nan
    n_missing = int(absent.sum())
    if n_missing:
        kept = scoring.metric != "auc" and scoring.missing == "wrong"
        fate = "counted as wrong" if kept else "left out"
        context.warn(
            f"No value in {n_missing} of {counted(len(readings), 'reading', 'readings')}: {fate}."
        )
    return values, n_missing


def _correct(
    frame: TaskFrame, readings: Readings, truth: IntArray, threshold: float | None
) -> BoolArray:
    if threshold is None:
        return frame.correct(readings)
    return np.asarray((readings.rating >= threshold) == frame.task.is_positive(truth))


def build_metric(name: MetricName, values: FloatArray, positive: BoolArray) -> Metric:
    """The figure of merit of scored readings (n_arms, n_readers, n_cases)."""
    if name == "auc":
        return auc_metric(values, positive)
    used = {"sensitivity": positive, "specificity": ~positive, "accuracy": positive | ~positive}
    return ProportionMetric(
        values[..., used[name]], positive[used[name]], np.flatnonzero(used[name])
    )
