"""Did the design work? Order, period and carry-over effects of a crossover of two arms."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import two_sided_normal
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector

Sequences = dict[tuple[str, str], list[str]]
Means = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class PeriodOptions:
    """``arms``: the two arms of the crossover (default: the two in the selection)."""

    arms: tuple[str, ...] | None = None
    select: Selector = ALL


@dataclass(frozen=True)
class Effect:
    """An effect on accuracy with its test."""

    estimate: float | None
    p_value: float | None


@dataclass(frozen=True, kw_only=True)
class PeriodEffect(Result):
    """Effects on accuracy.

    ``order``: last minus first position of a rater's list; ``period``: first minus second period;
    ``carry_over``: difference between the sequences of the readers' sums over both periods.
    ``sequences`` lists the readers by the arm they read first.
    """

    order: Effect
    period: Effect
    carry_over: Effect
    sequences: dict[str, tuple[str, ...]]


@analysis("period_effect", PeriodOptions)
def period_effect(frame: TaskFrame, options: PeriodOptions, context: Context) -> PeriodEffect:
    """Two-period crossover on the readers' accuracies, and the trend over reading positions.

    Grizzle, Biometrics 1965;21:467, doi:10.2307/2528104: with y the accuracy of a reader in a
    period, carry-over compares the sums of both periods, the period effect half the difference of
    the arm differences, between the two sequences, by two-sample t tests with pooled variance.
    Undefined where all readers have the same sequence: then period and arm cannot be told apart.
    """
    readings = frame.select(options.select)
    arms = options.arms or readings.arms
    if len(arms) != 2:
        raise AnalysisError(
            "two_arms_needed", f"Two arms are needed, found {', '.join(arms)}.", "arms",
            n=len(readings), n_missing=readings.n_missing,
        )  # fmt: skip
    readings = readings.take(np.isin(readings.arm, list(arms)))
    right = frame.correct(readings).astype(np.float64)
    sequences, means = _crossover(readings, right, (arms[0], arms[1]), context)
    period, carry_over = _grizzle(sequences, means, context)
    return PeriodEffect(
        n=np.unique(readings.case).size, n_missing=readings.n_missing,
        n_contradictory=readings.n_contradictory,
        order=_order(readings, right, context), period=period, carry_over=carry_over,
        sequences={" then ".join(key): tuple(names) for key, names in sequences.items()},
    )  # fmt: skip


def _crossover(
    readings: Readings, right: FloatArray, arms: tuple[str, str], context: Context
) -> tuple[Sequences, Means]:
    """Readers by sequence of arms, and each reader's accuracies in the first and second period."""
    sequences: Sequences = {arms: [], arms[::-1]: []}
    means: Means = {}
    for reader in readings.readers:
        of_arm = {arm: (readings.reader == reader) & (readings.arm == arm) for arm in arms}
        periods = {arm: set(readings.period[rows].tolist()) for arm, rows in of_arm.items()}
        distinct = periods[arms[0]] != periods[arms[1]]
        if not distinct or any(len(found) != 1 for found in periods.values()):
            context.warn(f"{reader} has not read each arm in a period of its own and is left out.")
            continue
        first, second = arms if _rank(*periods[arms[0]]) < _rank(*periods[arms[1]]) else arms[::-1]
        sequences[first, second].append(reader)
        means[reader] = (float(right[of_arm[first]].mean()), float(right[of_arm[second]].mean()))
    return sequences, means


def _rank(period: str) -> tuple[bool, float, str]:
    """Sort key of a period: by number where it is one, named ones after them by name."""
    try:
        return False, float(period), period
    except ValueError:
        return True, 0.0, period


def _grizzle(sequences: Sequences, means: Means, context: Context) -> tuple[Effect, Effect]:
    """(period effect, carry-over)."""
    one, other = ([means[reader] for reader in names] for names in sequences.values())
    if not one or not other:
        context.warn("All readers have the same sequence: period and arm cannot be told apart.")
        return Effect(None, None), Effect(None, None)
    first, second = np.array(one), np.array(other)
    period = (
        (first[:, 0] - first[:, 1]).mean() + (second[:, 0] - second[:, 1]).mean()
    ) / 2  # fmt: skip
    # In the second sequence the arms stand the other way round, so that equal arm differences
    # appear as opposite period differences: without a period effect these have the same mean.
    period_p = _t_test(first[:, 0] - first[:, 1], second[:, 1] - second[:, 0], context)
    carry_p = _t_test(first.sum(axis=1), second.sum(axis=1), context)
    carry_over = first.sum(axis=1).mean() - second.sum(axis=1).mean()
    return Effect(float(period), period_p), Effect(float(carry_over), carry_p)


def _t_test(one: FloatArray, other: FloatArray, context: Context) -> float | None:
    """Two-sample t test with pooled variance; undefined without spread or with one reader each."""
    if one.size + other.size < 3 or (np.ptp(one) == 0 and np.ptp(other) == 0):
        context.warn("Too few readers, or no spread between them: no test.")
        return None
    return float(stats.ttest_ind(one, other).pvalue)


def _order(readings: Readings, right: FloatArray, context: Context) -> Effect:
    """Trend of accuracy over a rater's positions, scaled to the whole list; errors by case."""
    if np.unique(readings.position[np.isfinite(readings.position)]).size < 2:
        context.warn("There are no reading positions: the effect of order is undefined.")
        return Effect(None, None)
    progress, outcome = np.full(len(readings), np.nan), right.copy()
    columns = (readings.reader.tolist(), readings.arm.tolist(), readings.period.tolist())
    keys = list(zip(*columns, strict=True))
    index = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    rater = np.array([index[key] for key in keys])
    for number in range(len(index)):
        own = (rater == number) & np.isfinite(readings.position)
        position = readings.position[own]
        if position.size > 1 and np.ptp(position) > 0:
            scaled = (position - position.min()) / np.ptp(position)
            progress[own] = scaled - scaled.mean()
            outcome[own] -= outcome[own].mean()
    used = np.isfinite(progress)
    x, y = progress[used], outcome[used]
    slope = float(x @ y / (x @ x))
    scores = np.bincount(readings.case[used], weights=x * (y - slope * x))
    se = float(np.sqrt((scores**2).sum()) / (x @ x))
    return Effect(slope, two_sided_normal(slope / se) if se > 0 else None)
