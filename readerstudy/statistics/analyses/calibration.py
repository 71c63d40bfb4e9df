"""Calibration of ratings read as probabilities of a positive case."""

from dataclasses import dataclass
from typing import Annotated

from readerstudy.statistics.accuracy.calibration import (
    Bin,
    HosmerLemeshow,
    equal_width_bins,
    expected_calibration_error,
    hosmer_lemeshow,
    in_the_large,
    recalibration,
)
from readerstudy.statistics.accuracy.probabilities import Probabilities, probabilities
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.grouping import Grouped, GroupKey, run_grouped
from readerstudy.statistics.models.logistic import NoFit
from readerstudy.statistics.options import Range
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class CalibrationOptions:
    """``bins``: equally wide bins of the reliability table and the calibration error."""

    select: Selector = ALL
    bins: Annotated[int, Range(1, 1000)] = 10
    by: tuple[GroupKey, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calibration(Result):
    """``intercept``, ``slope`` by Cox; ``calibration_in_the_large``: the intercept at slope 1."""

    brier: float
    ece: float
    intercept: float | None
    slope: float | None
    calibration_in_the_large: float | None
    bins: tuple[Bin, ...]
    hosmer_lemeshow: HosmerLemeshow


@analysis("calibration", CalibrationOptions, task="positive")
def calibration(
    frame: TaskFrame, options: CalibrationOptions, context: Context
) -> Calibration | Grouped:
    """Do cases rated p turn out positive with frequency p? One answer per group of ``by``."""

    def compute(part: Readings, own: Context) -> Calibration:
        return _calibration(probabilities(frame, part, own), options.bins, own)

    return run_grouped(frame.select(options.select), options.by, context, compute)


def _calibration(found: Probabilities, n_bins: int, context: Context) -> Calibration:
    p, positive = found.probability, found.positive
    bins = equal_width_bins(p, positive, n_bins)
    intercept, slope, large = _regressions(found, context)
    goodness = hosmer_lemeshow(p, positive)
    if goodness.statistic is None:
        context.warn("Hosmer-Lemeshow is undefined: too few distinct or too extreme probabilities.")
    return Calibration(
        **found.counts, brier=float(((p - positive) ** 2).mean()),
        ece=expected_calibration_error(bins), intercept=intercept, slope=slope,
        calibration_in_the_large=large, bins=bins, hosmer_lemeshow=goodness,
    )  # fmt: skip


def _regressions(
    found: Probabilities, context: Context
) -> tuple[float | None, float | None, float | None]:
    """(intercept, slope, calibration in the large)."""
    p, positive = found.probability, found.positive
    extreme = int(((p == 0) | (p == 1)).sum())
    if extreme:
        context.warn(
            counted(extreme, "probability is", "probabilities are")
            + " exactly 0 or 1, without logit: intercept and slope"
            " are undefined."
        )
        return None, None, None
    if positive.all() or not positive.any():
        context.warn("Intercept and slope are undefined: all cases have the same truth.")
        return None, None, None
    large = None
    try:
        large = in_the_large(p, positive)
        return *recalibration(p, positive), large
    except NoFit as fault:
        context.warn(f"Intercept and slope are undefined: {fault}.")
        return None, None, large
