"""Krippendorff's alpha: agreement on any scale, missing values allowed."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.agreement.krippendorff import Coincidences, Level
from readerstudy.statistics.agreement.values import ScaleValue, scale_values
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import FloatArray, TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import bootstrap, compact, interval
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.tasks import IntArray


@dataclass(frozen=True)
class KrippendorffOptions:
    """``level`` omitted: that of the task for decisions, interval for measured values."""

    select: Selector = ALL
    level: Level | None = None
    value: ScaleValue = "decision"


@dataclass(frozen=True, kw_only=True)
class Krippendorff(Result):
    """``n_pairable`` counts the cases with two or more values."""

    level: str
    n_pairable: int
    alpha: Estimate


@analysis("krippendorff_alpha", KrippendorffOptions)
def krippendorff(frame: TaskFrame, options: KrippendorffOptions, context: Context) -> Krippendorff:
    """Alpha from the coincidence matrix, with the percentile interval of resampled clusters."""
    level = options.level or _natural_level(frame, options.value)
    readings = frame.select(options.select)
    numeric = level in ("interval", "ratio")
    found = scale_values(frame, readings, options.value, context, ordered=level != "nominal",
                         numeric=numeric)  # fmt: skip
    if level == "ratio" and (found.values < 0).any():
        raise AnalysisError("negative_value", "A ratio scale has no negative values.", "level",
                            n=len(found.case))  # fmt: skip
    coincidences = Coincidences.prepare(found.values)
    alpha = float(coincidences.alpha(np.ones((1, len(found.case))), level)[0, 0])
    n_pairable = int((np.isfinite(found.values).sum(axis=1) >= 2).sum())
    if not np.isfinite(alpha):
        reason = "all values are the same." if n_pairable else "no case has two values."
        context.warn(f"Alpha is undefined: {reason}")
    return Krippendorff(
        n=len(found.case), n_missing=found.n_missing, n_contradictory=readings.n_contradictory,
        level=level, n_pairable=n_pairable,
        alpha=interval(alpha, _replicates(frame, found.case, coincidences, level, context),
                       context, "alpha"),
    )  # fmt: skip


def _replicates(
    frame: TaskFrame, case: IntArray, coincidences: Coincidences, level: Level, context: Context
) -> FloatArray:
    """(resamples,) alphas of resampled clusters."""
    unit, n_units = compact(frame.cases.cluster[case])
    return bootstrap(
        lambda drawn: coincidences.alpha(drawn[:, unit], level),
        n_units, context.resamples, context.rng,
    )[:, 0]  # fmt: skip


def _natural_level(frame: TaskFrame, value: ScaleValue) -> Level:
    if value != "decision":
        return "interval"
    return "ordinal" if frame.task.kind == "ordinal" else "nominal"
