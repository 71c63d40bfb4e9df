"""Limits of agreement: how far two measurements of the same case may lie apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import stats

from readerstudy.statistics.agreement.limits import (
    between_readers,
    between_readers_and_arms,
    two_way,
)
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate, point_only, student
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.layout import Cube, cube
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.wording import counted

METHOD, PAIRED = "t, readers and cases random", "t, paired"


@dataclass(frozen=True)
class LimitsOptions:
    """``value``: what was measured; ``arms``: one or two (default: those selected)."""

    select: Selector = ALL
    arms: tuple[str, ...] | None = None
    value: Literal["rating", "confidence", "seconds"] = "rating"


@dataclass(frozen=True)
class Limits:
    """Mean difference, and between which limits a single difference lies with 1 - alpha."""

    bias: Estimate
    lower: float | None
    upper: float | None
    variance: float


@dataclass(frozen=True, kw_only=True)
class LimitsOfAgreement(Result):
    """``n_complete`` cases have a value of every reader in every arm; differences are a - b.

    ``limits`` has what the data allow: ``within_reader_between_arms``,
    ``between_readers_between_arms`` and, of repeated readings, ``within_reader_within_arm`` (first
    minus second). Two readers in one arm differ by 0 on average: ``between_readers_within_arm``,
    by arm. ``components`` are the variances of readers, cases and what is left, by arm.
    """

    n_complete: int
    n_readers: int
    value: str
    limits: Mapping[str, Limits]
    between_readers_within_arm: Mapping[str, Limits]
    components: Mapping[str, Mapping[str, float]]


@analysis("limits_of_agreement", LimitsOptions)
def limits_of_agreement(
    frame: TaskFrame, options: LimitsOptions, context: Context
) -> LimitsOfAgreement:
    """Limits of agreement of measurements by several readers, over the complete cases.

    Wen & Gallas, Stat Biopharm Res 2022;14:532, doi:10.1080/19466315.2022.2063169: variances from
    analyses of variance with readers and cases random, arms fixed.
    """
    readings = frame.select(options.select)
    arms = options.arms or readings.arms
    if len(arms) > 2:
        names = ", ".join(arms)
        raise AnalysisError("two_arms_at_most", f"One or two arms, found {names}.", "arms")
    readings = readings.take(np.isin(readings.arm, list(arms)))
    layout = cube(readings, arms, readings.readers)
    values, n_missing = _complete(readings, layout, options.value, context)
    if values.shape[1] < 2:
        context.warn("A single reader: the limits hold for this reader only.")
    components = {arm: two_way(own) for arm, own in zip(arms, values, strict=True)}
    limits = {
        **(_between_arms(values, context) if len(arms) == 2 else {}),
        **_repeated(frame, options, arms, context),
    }
    return LimitsOfAgreement(
        n=len(layout.case), n_missing=n_missing,
        n_contradictory=readings.n_contradictory,
        n_complete=values.shape[2], n_readers=values.shape[1], value=options.value,
        limits=limits, between_readers_within_arm=_within_arms(arms, values, context),
        components={
            arm: {"reader": parts.reader, "case": parts.case, "residual": parts.residual}
            for arm, parts in components.items() if values.shape[1] > 1
        },
    )  # fmt: skip


def _complete(
    readings: Readings, layout: Cube, value: str, context: Context
) -> tuple[FloatArray, int]:
    """Values (n_arms, n_readers, n_complete) of the complete cases, and how many are missing."""
    column = readings.values(value)
    n_missing = int(np.isnan(column).sum())
    values = layout.numbers(column)
    complete = np.isfinite(values).all(axis=(0, 1))
    left_out = int((~complete).sum())
    if left_out:
        context.warn(
            counted(left_out, "case was", "cases were")
            + " left out for want of a value of some reader or arm."
        )
    if complete.sum() < 2:
        raise AnalysisError(
            "too_few_cases", f"At least 2 complete cases are needed, found {complete.sum()}.",
            "select", n=len(layout.case), n_missing=n_missing,
        )  # fmt: skip
    return values[:, :, complete], n_missing


def _between_arms(values: FloatArray, context: Context) -> dict[str, Limits]:
    """Limits of one reader, and of two readers, between two arms."""
    parts = two_way(values[0] - values[1])
    bias = _bias(parts.mean, parts.mean_variance, parts.df, METHOD, context)
    own = _limits(bias, parts.total, "one reader between arms", context)
    if values.shape[1] < 2:
        return {"within_reader_between_arms": own}
    variance = between_readers_and_arms(values[0], values[1])
    both = _limits(bias, variance, "two readers between arms", context)
    return {"within_reader_between_arms": own, "between_readers_between_arms": both}


def _within_arms(arms: tuple[str, ...], values: FloatArray, context: Context) -> dict[str, Limits]:
    """Limits of two readers in the same arm."""
    if values.shape[1] < 2:
        return {}
    none = Estimate(0.0, 0.0, 0.0, "0 by definition")
    return {
        arm: _limits(none, between_readers(own), f"two readers in {arm}", context)
        for arm, own in zip(arms, values, strict=True)
    }


def _repeated(
    frame: TaskFrame, options: LimitsOptions, arms: tuple[str, ...], context: Context
) -> dict[str, Limits]:
    """Limits of first minus second reading by the same reader, over all pairs that there are."""
    both = frame.select(replace(options.select, repeat=("0", "1")))
    sides = [both.take(both.repeat == number) for number in (0, 1)]
    readers = both.readers
    grid = np.full((2, len(arms), len(readers), len(frame.cases)), np.nan)
    for side, own in zip(grid, sides, strict=True):
        layout = cube(own, arms, readers)
        side[:, :, layout.case] = layout.numbers(own.values(options.value))
    difference = (grid[0] - grid[1])[np.isfinite(grid).all(axis=0)]
    if difference.size < 2:
        return {}
    variance, mean = float(difference.var(ddof=1)), float(difference.mean())
    bias = _bias(mean, variance / difference.size, difference.size - 1, PAIRED, context)
    return {"within_reader_within_arm": _limits(bias, variance, "repeated readings", context)}


def _bias(mean: float, variance: float, df: float, method: str, context: Context) -> Estimate:
    """Mean difference with its interval; none where it has no positive variance."""
    if not variance > 0:
        context.warn("The variance of a mean difference is not positive: no interval.")
        return point_only(mean, method)
    return student(mean, variance**0.5, df, context.alpha, method=method)


def _limits(bias: Estimate, variance: float, what: str, context: Context) -> Limits:
    """Bias and limits; none where the variance is negative."""
    if variance < 0 or bias.estimate is None:
        context.warn(f"The variance of {what} is estimated as negative: no limits.")
        return Limits(bias, None, None, variance)
    half = float(stats.norm.isf(context.alpha / 2)) * variance**0.5
    return Limits(bias, bias.estimate - half, bias.estimate + half, variance)
