"""Several readers in several arms: the Obuchowski-Rockette analysis."""

from dataclasses import dataclass

from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.mrmc.report import OrOptions, OrResult, or_result
from readerstudy.statistics.mrmc.scoring import (
    MetricName,
    Missing,
    Scoring,
    build_metric,
    score,
)
from readerstudy.statistics.registry import Context, analysis
from readerstudy.statistics.tasks import Task


@dataclass(frozen=True)
class MrmcOrOptions(OrOptions):
    """``threshold``: decide by rating >= it; ``missing`` concerns all metrics but the AUC."""

    metric: MetricName = "auc"
    threshold: float | None = None
    missing: Missing = "wrong"

    @property
    def scoring(self) -> Scoring:
        """What a reading is worth."""
        return Scoring(self.metric, self.threshold, self.missing)

    def check(self, task: Task | None, at: str) -> None:
        """Refuse what the task cannot serve. Raises ``PlanFault``."""
        super().check(task, at)
        self.scoring.check(task, at)


@dataclass(frozen=True, kw_only=True)
class MrmcOr(OrResult):
    """The entry, with the metric it is about."""

    metric: str


@analysis("mrmc_or", MrmcOrOptions, tests=True)
def mrmc_or(frame: TaskFrame, options: MrmcOrOptions, context: Context) -> MrmcOr:
    """Compare arms over readers by AUC, sensitivity, specificity or accuracy.

    Generalises to readers and cases (RRRC), to cases for these readers (FRRC), or to readers for
    these cases (RRFC).
    """
    scores = score(frame, options.select, options.arms, options.scoring, context)
    found = or_result(
        build_metric(options.metric, scores.values, scores.positive),
        scores.arms,
        scores.readers,
        options,
        context,
        clusters=frame.cases.cluster[scores.case],
        perfect_is_degenerate=options.metric == "auc",
        counts=scores.counts,
    )
    return MrmcOr(metric=options.metric, **vars(found))
