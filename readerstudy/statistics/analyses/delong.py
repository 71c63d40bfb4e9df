"""Two AUCs, each of one reader, by DeLong's test."""

import math
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import UNIT, Estimate, normal, point_only, two_sided_normal
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.layout import paired
from readerstudy.statistics.mrmc.auc import FloatArray, Placements, delong_covariance, placements
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.wording import counted

METHOD = "DeLong"


@dataclass(frozen=True)
class DeLongOptions:
    """``paired``: compare on the cases that both sides have rated."""

    a: Selector
    b: Selector
    paired: bool = True


@dataclass(frozen=True, kw_only=True)
class DeLong(Result):
    """``difference`` is a minus b; ``covariance`` is [[var_a, cov], [cov, var_b]]."""

    auc_a: Estimate
    auc_b: Estimate
    difference: Estimate
    z: float | None
    p_value: float | None
    covariance: FloatArray | None


@analysis("delong", DeLongOptions, task="positive", tests=True)
def delong(frame: TaskFrame, options: DeLongOptions, context: Context) -> DeLong:
    """Compare the AUCs of two readers (an AI system is one), or of one reader in two arms.

    Holds for these readers only; to generalise to readers, see mrmc_or and mrmc_ustat.
    """
    a, b = frame.one_reader(options.a, "a"), frame.one_reader(options.b, "b")
    n = len(np.union1d(a.case, b.case))
    n_contradictory = a.n_contradictory + b.n_contradictory
    n_missing = int(np.isnan(a.rating).sum() + np.isnan(b.rating).sum())
    if n_missing:
        context.warn(
            counted(n_missing, "reading without rating is", "readings without rating are")
            + " left out."
        )
    a, b = a.take(~np.isnan(a.rating)), b.take(~np.isnan(b.rating))
    shared = len(np.intersect1d(a.case, b.case))
    if options.paired:
        if not shared:
            raise AnalysisError(
                "no_common_cases",
                "The sides rated no case in common; with paired false they are compared anyway.",
                "paired", n=n, n_missing=n_missing,
            )  # fmt: skip
        alone = len(a) + len(b) - 2 * shared
        if alone:
            context.warn(
                counted(alone, "case was", "cases were") + " rated by one side only and left out."
            )
        pair = paired(a, b)
        a, b = pair.a, pair.b
    elif shared:
        context.warn(
            counted(shared, "case was", "cases were")
            + " rated by both sides; an unpaired test ignores that."
        )
    curves = [_curve(frame, a, "a", n, n_missing), _curve(frame, b, "b", n, n_missing)]
    covariance = _covariance(curves, options.paired)
    if covariance is None:
        context.warn("A variance needs at least 2 positive and 2 negative cases.")
    areas = [curve.auc for curve in curves]
    difference = areas[0] - areas[1]
    se = _difference_error(areas, covariance, context)
    z = None if se is None else difference / se
    variances = (None, None) if covariance is None else np.diag(covariance).tolist()
    auc_a, auc_b = (
        _area(area, variance, context) for area, variance in zip(areas, variances, strict=True)
    )
    return DeLong(
        n=n, n_missing=n_missing,
        n_contradictory=n_contradictory,
        auc_a=auc_a, auc_b=auc_b,
        difference=point_only(difference, METHOD)
        if se is None
        else normal(difference, se, context.alpha, method=METHOD),
        z=z, p_value=None if z is None else two_sided_normal(z),
        covariance=covariance,
    )  # fmt: skip


def _curve(frame: TaskFrame, side: Readings, at: str, n: int, n_missing: int) -> Placements:
    positive = frame.task.is_positive(frame.truth(side))
    if positive.all() or not positive.any():
        raise AnalysisError(
            "one_truth_only",
            "An AUC needs ratings of positive and of negative cases.",
            at, n=n, n_missing=n_missing,
        )  # fmt: skip
    return placements(side.rating[positive], side.rating[~positive])


def _covariance(curves: list[Placements], is_paired: bool) -> FloatArray | None:
    if is_paired:
        return delong_covariance(curves)
    own = [delong_covariance([curve]) for curve in curves]
    if own[0] is None or own[1] is None:
        return None
    return np.diag([own[0][0, 0], own[1][0, 0]])


def _difference_error(
    areas: list[float], covariance: FloatArray | None, context: Context
) -> float | None:
    if 1.0 in areas:
        context.warn("An area of exactly 1 has no standard error, interval or test.")
        return None
    if covariance is None:
        return None
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    if variance <= 0:
        context.warn("The variance of the difference is 0: no interval, no test.")
        return None
    return math.sqrt(variance)


def _area(area: float, variance: float | None, context: Context) -> Estimate:
    if variance is None or variance <= 0 or area == 1:
        return point_only(area, METHOD)
    return normal(area, math.sqrt(variance), context.alpha, bounds=UNIT, method=METHOD)
