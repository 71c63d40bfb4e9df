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

METHOD = "t, readers and cases random"


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

    Differences of one reader between arms, of two readers within an arm (mean 0), of two readers
    between arms, and, where readings were repeated, of a reader's second reading from the first.
    ``components`` are the variances of readers, cases and what is left, by arm.
    """

    n_complete: int
    n_readers: int
    value: str
    within_reader_between_arms: Limits | None
    between_readers_within_arm: Mapping[str, Limits]
    between_readers_between_arms: Limits | None
    within_reader_within_arm: Limits | None
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
    between_arms = _between_arms(values, context) if len(arms) == 2 else (None, None)
    return LimitsOfAgreement(
        n=len(layout.case), n_missing=n_missing,
        n_contradictory=readings.n_contradictory,
        n_complete=values.shape[2], n_readers=values.shape[1], value=options.value,
        within_reader_between_arms=between_arms[0],
        between_readers_within_arm=_within_arms(arms, values, context),
        between_readers_between_arms=between_arms[1],
        within_reader_within_arm=_repeated(frame, options, arms, context),
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
        context.warn(f"{left_out} cases lack a value of a reader or arm and are left out.")
    if complete.sum() < 2:
        raise AnalysisError(
            "too_few_cases", f"At least 2 complete cases are needed, found {complete.sum()}.",
            "select", n=len(layout.case), n_missing=n_missing,
        )  # fmt: skip
    return values[:, :, complete], n_missing


def _between_arms(values: FloatArray, context: Context) -> tuple[Limits, Limits | None]:
    """Limits of one reader, and of two readers, between two arms."""
    parts = two_way(values[0] - values[1])
    if parts.mean_variance > 0:
        bias = student(parts.mean, parts.mean_variance**0.5, parts.df, context.alpha, method=METHOD)
    else:
        bias = point_only(parts.mean, METHOD)
    own = _limits(bias, parts.total, "one reader between arms", context)
    if values.shape[1] < 2:
        return own, None
    variance = between_readers_and_arms(values[0], values[1])
    return own, _limits(bias, variance, "two readers between arms", context)


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
) -> Limits | None:
    """Limits of first minus second reading by the same reader, over all pairs that there are."""
    try:
        again = frame.select(replace(options.select, repeat=("1",)))
    except AnalysisError:
        return None
    first = frame.select(replace(options.select, repeat=("0",)))
    readers = first.readers
    pair = [cube(side, arms, readers) for side in (first, again)]
    n_cases = len(frame.cases)
    grid = np.full((2, len(arms), len(readers), n_cases), np.nan)
    for side, (layout, own) in enumerate(zip(pair, (first, again), strict=True)):
        grid[side][:, :, layout.case] = layout.numbers(own.values(options.value))
    difference = (grid[0] - grid[1])[np.isfinite(grid).all(axis=0)]
    if difference.size < 2:
        return None
    variance = float(difference.var(ddof=1))
    se = (variance / difference.size) ** 0.5
    mean = float(difference.mean())
    bias = (
        student(mean, se, difference.size - 1, context.alpha, method="t, paired")
        if se > 0
        else point_only(mean, "t, paired")
    )
    return _limits(bias, variance, "repeated readings", context)


def _limits(bias: Estimate, variance: float, what: str, context: Context) -> Limits:
    """Bias and limits; none where the variance is negative."""
    if variance < 0 or bias.estimate is None:
        context.warn(f"The variance of {what} is estimated as negative: no limits.")
        return Limits(bias, None, None, variance)
    half = float(stats.norm.isf(context.alpha / 2)) * variance**0.5
    return Limits(bias, bias.estimate - half, bias.estimate + half, variance)
