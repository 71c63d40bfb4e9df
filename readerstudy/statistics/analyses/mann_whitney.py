"""A group of readers against an AI system, reader by reader figures compared by rank."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.mrmc.auc import FloatArray
from readerstudy.statistics.mrmc.rank_test import readers_against_ai
from readerstudy.statistics.mrmc.scoring import (
    MetricName,
    Missing,
    Scoring,
    build_metric,
    reading_values,
)
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import Task
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class MannWhitneyOptions:
    """``ai``: one reader; ``readers``: the group; ``metric``, ``threshold`` as in mrmc_or."""

    ai: Selector
    readers: Selector
    metric: MetricName = "accuracy"
    threshold: float | None = None
    missing: Missing = "wrong"

    @property
    def scoring(self) -> Scoring:
        """What a reading is worth."""
        return Scoring(self.metric, self.threshold, self.missing)

    def check(self, task: Task | None, at: str) -> None:
        """Refuse what the task cannot serve. Raises ``PlanFault``."""
        self.scoring.check(task, at)


@dataclass(frozen=True, kw_only=True)
class MannWhitney(Result):
    """``statistic``: readers above the AI, ties 1/2; ``median`` and ``values`` are the readers'."""

    metric: str
    statistic: float | None
    p_value: float | None
    median: float
    ai_value: float
    values: Mapping[str, float]


@analysis("mann_whitney", MannWhitneyOptions, tests=True)
def mann_whitney(frame: TaskFrame, options: MannWhitneyOptions, context: Context) -> MannWhitney:
    """Whether the AI's figure could be that of one more reader of the group (exact, two-sided).

    Ignores how precise each figure is; for that, see mrmc_or.
    """
    ai = frame.one_reader(options.ai, "ai")
    group = frame.select(options.readers, "readers")
    ai_values, ai_missing = reading_values(frame, ai, options.scoring, context)
    values, missing = reading_values(frame, group, options.scoring, context)
    n = len(np.union1d(ai.case, group.case))
    ai_figure = _figure(frame, ai, ai_values, options.metric)
    figures = {}
    for reader in group.readers:
        own = group.reader == reader
        mine = group.take(own)
        mine.once_per_case("readers")
        figures[reader] = _figure(frame, mine, values[own], options.metric)
    defined = {reader: figure for reader, figure in figures.items() if not np.isnan(figure)}
    if np.isnan(ai_figure) or not defined:
        raise AnalysisError(
            "no_figure_of_merit", f"The AI or every reader has no {options.metric}.", "metric",
            n=n, n_missing=ai_missing + missing,
        )  # fmt: skip
    if len(defined) < len(figures):
        names = ", ".join(sorted(figures.keys() - defined.keys()))
        context.warn(f"Left out for want of a figure: {names}.")
    smallest = min(1.0, 2 / (len(defined) + 1))
    if smallest > context.alpha:
        context.warn(
            f"With {counted(len(defined), 'reader', 'readers')} no p value can be below"
            f" {smallest:.3g}."
        )
    test = readers_against_ai(np.array(list(defined.values())), ai_figure)
    return MannWhitney(
        n=n,
        n_missing=ai_missing + missing,
        n_contradictory=ai.n_contradictory + group.n_contradictory,
        metric=options.metric,
        statistic=test.statistic,
        p_value=test.p_value,
        median=float(np.median(list(defined.values()))),
        ai_value=ai_figure,
        values=defined,
    )


def _figure(frame: TaskFrame, readings: Readings, values: FloatArray, metric: MetricName) -> float:
    """One reader's figure of merit; NaN where the reader lacks the cases for it."""
    positive = frame.task.is_positive(frame.truth(readings))
    return float(build_metric(metric, values[None, None, :], positive).values[0, 0])
