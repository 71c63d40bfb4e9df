"""An AI against the mean of a sample of readers, all having read the same cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate, point_only
from readerstudy.statistics.frame import Readings, StrArray, TaskFrame
from readerstudy.statistics.layout import cube
from readerstudy.statistics.mrmc.against_ai import AiComparison, compare_with_ai
from readerstudy.statistics.mrmc.analysis import OrSettings, check_readers, covariance_matrix
from readerstudy.statistics.mrmc.auc import FloatArray
from readerstudy.statistics.mrmc.covariances import CovarianceMethod
from readerstudy.statistics.mrmc.metrics import Metric
from readerstudy.statistics.mrmc.obuchowski_rockette import Inference, Spread
from readerstudy.statistics.mrmc.scoring import (
    MetricName,
    Missing,
    Scoring,
    build_metric,
    reading_values,
)
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import Task


@dataclass(frozen=True)
class AiVsReadersOptions:
    """``ai``: one reader; ``readers``: the others; the rest as in mrmc_or."""

    ai: Selector
    readers: Selector
    metric: MetricName = "auc"
    threshold: float | None = None
    missing: Missing = "wrong"
    covariance: Literal["jackknife", "delong", "unbiased", "bootstrap"] = "jackknife"
    inference: Literal["RRRC", "FRRC", "RRFC"] = "RRRC"

    @property
    def scoring(self) -> Scoring:
        """What a reading is worth."""
        return Scoring(self.metric, self.threshold, self.missing)

    def check(self, task: Task | None, at: str) -> None:
        """Refuse what the task cannot serve. Raises ``PlanFault``."""
        self.scoring.check(task, at)


@dataclass(frozen=True, kw_only=True)
class AiVsReaders(Result):
    """``difference`` is the AI minus the readers' ``mean``; ``df`` null for the normal law."""

    metric: str
    covariance: str
    inference: str
    n_units: int
    values: Mapping[str, float | None]
    mean: float
    ai_value: float
    difference: Estimate
    se: float | None
    statistic: float | None
    df: float | None
    p_value: float | None
    components: Mapping[str, float]

    @property
    def spread(self) -> Spread | None:
        """Spread of the difference."""
        return None if self.se is None else Spread(self.se, self.df)


@analysis("ai_vs_readers", AiVsReadersOptions, tests=True)
def ai_vs_readers(frame: TaskFrame, options: AiVsReadersOptions, context: Context) -> AiVsReaders:
    """Whether an AI reads better or worse than readers like these on cases like these.

    The AI is fixed, readers and cases are samples (RRRC); both have read the same cases.
    """
    metric, readers, counts, cases = _metric(frame, options, context)
    values = metric.values[0]
    usable = ~np.isnan(values)
    if not usable[-1] or not usable[:-1].any():
        raise AnalysisError(
            "no_figure_of_merit", f"The AI or every reader has no {options.metric}.", "metric",
            n=counts["n"], n_missing=counts["n_missing"],
        )  # fmt: skip
    if not usable.all():
        names = ", ".join(np.array([*readers, ""])[~usable].tolist())
        context.warn(f"Left out for want of a figure of merit: {names}.")
    metric = metric.of_readers(usable)
    found = _compare(metric, options, frame.cases.cluster[cases][metric.case], context)
    return _entry(found, metric, dict(zip(readers, values.tolist(), strict=False)), options,
                  counts, context)  # fmt: skip


def _metric(
    frame: TaskFrame, options: AiVsReadersOptions, context: Context
) -> tuple[Metric, tuple[str, ...], dict[str, int], np.ndarray]:
    """Figures of merit of the readers and, last, of the AI; names, counts, cases of the study."""
    ai, group = frame.one_reader(options.ai, "ai"), frame.select(options.readers, "readers")
    if set(ai.readers) & set(group.readers):
        raise AnalysisError(
            "ai_among_readers", f"{ai.readers[0]} is among the readers as well.", "readers",
            n=len(np.unique(group.case)),
        )  # fmt: skip
    chosen = _together(group, ai)
    values, n_missing = reading_values(frame, chosen, options.scoring, context)
    names = (*group.readers, *ai.readers)
    layout = cube(chosen, ("",), names, "readers")
    _warn_about_cases(layout.read[0], context)
    positive = frame.task.is_positive(frame.cases.truth[layout.case])
    metric = build_metric(options.metric, layout.numbers(values), positive)
    counts = {
        "n": len(layout.case), "n_missing": n_missing, "n_contradictory": chosen.n_contradictory,
    }  # fmt: skip
    return metric, group.readers, counts, layout.case


def _together(group: Readings, ai: Readings) -> Readings:
    """Both sides as readings of one arm."""
    both = group.joined(ai)
    arm: StrArray = np.full(len(both), "", dtype=np.str_)
    return replace(both, arm=arm)


def _warn_about_cases(read: np.ndarray, context: Context) -> None:
    absent = int((~read).sum())
    if absent:
        context.warn(
            f"Absent: {absent} of {read.size} readings that all readers and the AI could have "
            "made, taken as missing at random."
        )


def _compare(
    metric: Metric, options: AiVsReadersOptions, clusters: np.ndarray, context: Context
) -> AiComparison:
    values: FloatArray = metric.values[0]
    inference = Inference(options.inference)
    warnings: list[str] = []
    settings = OrSettings(
        covariance=CovarianceMethod(options.covariance), inference=inference,
        alpha=context.alpha, resamples=context.resamples,
    )  # fmt: skip
    matrix = covariance_matrix(metric, settings, context.rng, compact(clusters)[0], warnings)
    if inference is not Inference.FRRC:
        check_readers(values[None, :-1], warnings)
    for sentence in warnings:
        context.warn(sentence)
    found = compare_with_ai(values, matrix, inference)
    if options.metric == "auc" and (values[-1] == 1 or (values[:-1] == 1).all()):
        context.warn("An area of exactly 1 has no standard error, interval or test.")
        return replace(found, spread=None)
    if found.spread is None and len(values) > 2:
        context.warn("The variance of the difference is not positive: no test, no interval.")
    return found


def _entry(
    found: AiComparison, metric: Metric, values: Mapping[str, float],
    options: AiVsReadersOptions, counts: Mapping[str, int], context: Context,
) -> AiVsReaders:  # fmt: skip
    spread = found.spread
    law = "normal" if options.inference == "FRRC" else "t"
    method = f"Obuchowski-Rockette {options.inference}, {options.covariance}, {law}"
    difference = point_only(found.difference, method)
    if spread is not None:
        difference = Estimate(
            found.difference, *spread.interval(found.difference, context.alpha), method
        )
    used = metric.values[0]
    return AiVsReaders(
        **counts,
        metric=options.metric,
        covariance=options.covariance,
        inference=options.inference,
        n_units=len(metric.case),
        values=values,
        mean=float(used[:-1].mean()),
        ai_value=float(used[-1]),
        difference=difference,
        se=None if spread is None else spread.se,
        statistic=found.statistic,
        df=None if spread is None else spread.df,
        p_value=found.p_value,
        components={
            "MS_R": found.mean_square,
            "Var": found.covariances.var,
            "Cov2": found.covariances.cov2,
        },
    )
