"""ROC curve and area of one rater, or of several pooled."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.accuracy.binary import binary_cells
from readerstudy.statistics.accuracy.confusion import BinaryCounts
from readerstudy.statistics.accuracy.roc import Curve, WeightedAuc, best_youden, roc_curve
from readerstudy.statistics.estimates import UNIT, Estimate, normal, point_only, undefined
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.grouping import Grouped, GroupKey, run_grouped, split
from readerstudy.statistics.mrmc.auc import delong_variance, placements
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import bootstrap, compact, interval, jackknife
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.tasks import NO_DECISION, BoolArray

METHODS = {
    "delong": "normal, DeLong",
    "bootstrap": "bootstrap percentile",
    "bca": "bootstrap BCa",
}


@dataclass(frozen=True)
class RocOptions:
    """``ci``: DeLong's variance with a normal interval, or resampling of clusters (two forms)."""

    select: Selector = ALL
    ci: Literal["delong", "bootstrap", "bca"] = "delong"
    by: tuple[GroupKey, ...] = ()


@dataclass(frozen=True)
class CurvePoints:
    """The curve from (0, 0) to (1, 1); the first threshold, infinity, is null."""

    fpr: tuple[float, ...]
    tpr: tuple[float, ...]
    threshold: tuple[float | None, ...]


@dataclass(frozen=True)
class OperatingPoint:
    """Where the reader's own yes-or-no decisions lie."""

    reader: str
    arm: str
    sensitivity: float | None
    specificity: float | None


@dataclass(frozen=True)
class Youden:
    """The threshold with the largest sensitivity + specificity - 1."""

    threshold: float | None
    sensitivity: float | None
    specificity: float | None


@dataclass(frozen=True, kw_only=True)
class Roc(Result):
    """``n_missing`` counts readings without a rating, which are left out."""

    auc: Estimate
    se: float | None
    curve: CurvePoints
    operating_points: tuple[OperatingPoint, ...]
    youden: Youden


@analysis("roc", RocOptions, task="positive")
def roc(frame: TaskFrame, options: RocOptions, context: Context) -> Roc | Grouped:
    """Empirical area (ties count half) with DeLong's standard error, one curve per group of ``by``.

    DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837. doi:10.2307/2531595
    """

    def compute(part: Readings, own: Context) -> Roc:
        return _roc(frame, part, options.ci, own)

    return run_grouped(frame.select(options.select), options.by, context, compute)


def _roc(frame: TaskFrame, readings: Readings, ci: str, context: Context) -> Roc:
    rated = readings.take(np.isfinite(readings.rating))
    positive = frame.task.is_positive(frame.truth(rated))
    counts = {
        "n": len(readings),
        "n_missing": len(readings) - len(rated),
        "n_contradictory": readings.n_contradictory,
    }
    points = operating_points(frame, readings)
    if positive.all() or not positive.any():
        absent = "" if not len(rated) else "negative " if positive.all() else "positive "
        context.warn(f"There is no rated {absent}case; the curve is undefined.")
        nothing = CurvePoints((), (), ())
        return Roc(
            **counts, auc=undefined(METHODS[ci]), se=None, curve=nothing, operating_points=points,
            youden=Youden(None, None, None),
        )  # fmt: skip
    curve = roc_curve(rated.rating, positive)
    auc, se = area(frame, rated, positive, ci, context)
    return Roc(
        **counts, auc=auc, se=se, curve=_points(curve), operating_points=points,
        youden=_youden(curve),
    )  # fmt: skip


def area(
    frame: TaskFrame, rated: Readings, positive: BoolArray, ci: str, context: Context
) -> tuple[Estimate, float | None]:
    """AUC with its interval, and the standard error of the interval's method.

    An area of exactly 1 (or 0) has no standard error and no interval: every resample repeats it.
    """
    placed = placements(rated.rating[positive], rated.rating[~positive])
    if placed.auc in UNIT:
        context.warn(f"The AUC is exactly {placed.auc:g}: no standard error, interval or test.")
        return point_only(placed.auc, METHODS[ci]), None
    if np.unique(rated.rating).size == 1:
        context.warn("All ratings are the same; the curve is the diagonal.")
    if ci != "delong":
        unit, n_units = compact(frame.cluster(rated))
        statistic = WeightedAuc.prepare(rated.rating, positive, unit)
        replicates = bootstrap(statistic, n_units, context.resamples, context.rng)[:, 0]
        left_out = jackknife(statistic, n_units)[:, 0] if ci == "bca" else None
        auc = interval(placed.auc, replicates, context, "auc", METHODS[ci], left_out)
        return auc, _spread(replicates)
    if frame.clustered(rated):
        context.warn("Some clusters hold several readings; DeLong takes them as independent.")
    variance = delong_variance(placed)
    if variance is None:
        context.warn("One positive or one negative case gives no standard error.")
        return point_only(placed.auc, METHODS[ci]), None
    se = float(np.sqrt(variance))
    return normal(placed.auc, se, context.alpha, bounds=UNIT, method=METHODS[ci]), se


def operating_points(frame: TaskFrame, readings: Readings) -> tuple[OperatingPoint, ...]:
    """Sensitivity and specificity of each reader and arm that gave decisions, missing as wrong."""
    points = []
    for (reader, arm), part in split(readings, ("reader", "arm")):
        if (part.decision == NO_DECISION).all():
            continue
        rates = BinaryCounts.from_cells(binary_cells(frame, part).sum(axis=0)).proportions()
        points.append(
            OperatingPoint(
                reader, arm, *(float(rates[name].value) for name in ("sensitivity", "specificity"))
            )
        )
    return tuple(points)


def _spread(replicates: FloatArray) -> float | None:
    defined = replicates[np.isfinite(replicates)]
    return float(defined.std(ddof=1)) if defined.size > 1 else None


def _points(curve: Curve) -> CurvePoints:
    thresholds = (None, *curve.threshold[1:].tolist())
    return CurvePoints(tuple(curve.fpr.tolist()), tuple(curve.tpr.tolist()), thresholds)


def _youden(curve: Curve) -> Youden:
    best = best_youden(curve)
    threshold = float(curve.threshold[best]) if best else None
    return Youden(threshold, float(curve.tpr[best]), float(1 - curve.fpr[best]))
