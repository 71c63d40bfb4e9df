"""Several readers in two arms: AUC with the unbiased U-statistic variance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import UNIT, Estimate, normal, point_only, two_sided_normal
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.mrmc.auc import FloatArray
from readerstudy.statistics.mrmc.metrics import Metric
from readerstudy.statistics.mrmc.report import figures_by_reader
from readerstudy.statistics.mrmc.scoring import Scores, Scoring, check_arms, score
from readerstudy.statistics.mrmc.two_sample import auc_metric
from readerstudy.statistics.mrmc.ustat import UStatistics, compare_arms
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, PlanFault, Selector
from readerstudy.statistics.tasks import Task

METHOD = "U-statistic, normal"


@dataclass(frozen=True)
class UStatOptions:
    """``arms``: the two that are compared; omitted, the two that are selected."""

    select: Selector = ALL
    arms: tuple[str, ...] | None = None

    def check(self, task: Task | None, at: str) -> None:
        """Refuse all but two arms, and tasks without positive categories. Raises ``PlanFault``."""
        Scoring().check(task, at)
        check_arms(self.arms, at)
        if self.arms is not None and len(self.arms) != 2:
            raise PlanFault(f"{at}/arms", f"Two arms are needed, found {len(self.arms)}.")


@dataclass(frozen=True, kw_only=True)
class Components:
    """Variances, and the moments M1 to M8 of arm a, of arm b and of both."""

    var_a: float | None
    var_b: float | None
    var_difference: float | None
    moments: Mapping[str, FloatArray]


@dataclass(frozen=True, kw_only=True)
class MrmcUStat(Result):
    """``auc`` by arm and reader; the arm means pool the comparisons of all readers."""

    auc: Mapping[str, Mapping[str, float | None]]
    arm_means: Mapping[str, Estimate]
    difference: Estimate
    z: float | None
    p_value: float | None
    components: Components


@analysis("mrmc_ustat", UStatOptions, task="positive", tests=True)
def mrmc_ustat(frame: TaskFrame, options: UStatOptions, context: Context) -> MrmcUStat:
    """Compare two arms by AUC, readers and cases random, whatever was read by whom."""
    scores = score(frame, options.select, options.arms, Scoring(), context)
    if len(scores.arms) != 2:
        names = ", ".join(scores.arms)
        raise AnalysisError("two_arms_needed", f"Two arms are needed, found {names}.", "arms")
    metric = auc_metric(scores.values, scores.positive)
    cells = np.arange(2 * len(scores.readers)).reshape(2, -1)
    found = compare_arms(metric.pairs(), cells[0], cells[1])
    if math.isnan(found.auc_a) or math.isnan(found.auc_b):
        raise AnalysisError(
            "no_figure_of_merit",
            "An arm has no reader with ratings of positive and of negative cases.",
            n=len(scores.case), n_missing=scores.n_missing,
        )  # fmt: skip
    _warn(found, scores, frame, context)
    return _entry(found, scores, metric, context)


def _warn(found: UStatistics, scores: Scores, frame: TaskFrame, context: Context) -> None:
    n_readers = len(scores.readers)
    if n_readers < 2:
        context.warn("Random-reader inference needs at least 2 readers, found 1.")
    elif n_readers == 2:
        context.warn("Only 2 readers: their variance rests on a single degree of freedom.")
    lone = ~(~np.isnan(scores.values)).any(axis=2).all(axis=0)
    if lone.any():
        names = ", ".join(np.array(scores.readers)[lone].tolist())
        context.warn(f"Read in one arm only: {names}.")
    if 1.0 in (found.auc_a, found.auc_b):
        context.warn("An area of exactly 1 has no standard error, interval or test.")
    if len(np.unique(frame.cases.cluster[scores.case])) < len(scores.case):
        context.warn("Cases come in clusters, which the U-statistics take as independent.")


def _entry(found: UStatistics, scores: Scores, metric: Metric, context: Context) -> MrmcUStat:
    var_a, var_b = found.moments_a.covariance, found.moments_b.covariance
    var_difference = found.var_difference
    difference = found.auc_a - found.auc_b
    perfect = 1.0 in (found.auc_a, found.auc_b)
    se = None if perfect else _standard_error(var_difference, "difference", context)
    z = None if se is None else difference / se
    arms = [
        _area(area, None if area == 1 else _standard_error(variance, arm, context), context)
        for area, variance, arm in zip(
            (found.auc_a, found.auc_b), (var_a, var_b), scores.arms, strict=True
        )
    ]
    return MrmcUStat(
        **scores.counts,
        auc=figures_by_reader(metric, scores.arms, scores.readers),
        arm_means=dict(zip(scores.arms, arms, strict=True)),
        difference=point_only(difference, METHOD)
        if se is None
        else normal(difference, se, context.alpha, method=METHOD),
        z=z,
        p_value=None if z is None else two_sided_normal(z),
        components=Components(
            var_a=var_a,
            var_b=var_b,
            var_difference=var_difference,
            moments={
                "a": found.moments_a.values,
                "b": found.moments_b.values,
                "ab": found.moments_ab.values,
            },
        ),
    )


def _standard_error(variance: float | None, what: str, context: Context) -> float | None:
    if variance is None:
        context.warn(f"The design leaves no unbiased variance of {what}: no two readers share it.")
        return None
    if variance <= 0:
        context.warn(f"The unbiased variance estimate of {what} is not positive: {variance:.3g}.")
        return None
    return math.sqrt(variance)


def _area(area: float, se: float | None, context: Context) -> Estimate:
    if se is None:
        return point_only(area, METHOD)
    return normal(area, se, context.alpha, bounds=UNIT, method=METHOD)
