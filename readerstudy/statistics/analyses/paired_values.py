"""Reading time and confidence: two sides compared case by case, or by a mixed model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate, point_only, student, undefined
from readerstudy.statistics.factors import level_columns
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.models.coefficients import Coefficient, coefficient_table
from readerstudy.statistics.models.mixed import MixedFit, fit_crossed
from readerstudy.statistics.paired.differences import Location, paired_t, wilcoxon
from readerstudy.statistics.paired.sides import Sides, match_sides
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.selection import PlanFault, Selector
from readerstudy.statistics.tasks import Task
from readerstudy.statistics.wording import counted

PAIRED, MIXED = "t, paired", "normal, mixed model"


@dataclass(frozen=True)
class SidesOptions:
    """Two sides of one reader each, or of the same readers (then a pair is a reader and case).

    ``test``: wilcoxon on the values themselves; paired-t and mixed on the logarithms of times and
    on confidence as it is. ``adjust`` (mixed only): level, period, position or strata that enter
    the model too; ``interact``: those of them that the effect of the side may depend on, which is
    then that at their first level.
    """

    a: Selector
    b: Selector
    test: Literal["wilcoxon", "paired-t", "mixed"] = "wilcoxon"
    adjust: tuple[str, ...] = ()
    interact: tuple[str, ...] = ()

    def check(self, _task: Task | None, at: str) -> None:
        """Refuse columns that no test but mixed can use, or that are random. ``PlanFault``."""
        if self.adjust and self.test != "mixed":
            raise PlanFault(f"{at}/adjust", "Only the test mixed can adjust.")
        for index, name in enumerate(self.adjust):
            if name in ("reader", "case"):
                raise PlanFault(f"{at}/adjust/{index}", f"The {name} is a random effect already.")
        for index, name in enumerate(self.interact):
            if name not in self.adjust:
                raise PlanFault(f"{at}/interact/{index}", f'"{name}" is not in adjust.')


@dataclass(frozen=True, kw_only=True)
class Compared(Result):
    """``n`` counts cases, ``n_pairs`` pairs with both values; ``iqr_*`` are the two quartiles.

    ``coefficients`` and ``variances`` belong to ``mixed``, which uses unpaired readings too.
    """

    n_pairs: int
    median_a: float | None
    median_b: float | None
    iqr_a: tuple[float, float] | None
    iqr_b: tuple[float, float] | None
    statistic: float | None
    p_value: float | None
    coefficients: tuple[Coefficient, ...]
    variances: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class TimeComparison(Compared):
    """``ratio`` is the geometric mean of a over b."""

    ratio: Estimate


@dataclass(frozen=True, kw_only=True)
class ConfidenceComparison(Compared):
    """``difference`` is the mean of a minus b."""

    difference: Estimate


@analysis("time", SidesOptions, tests=True)
def time(frame: TaskFrame, options: SidesOptions, context: Context) -> TimeComparison:
    """Active seconds of two sides."""
    sides = match_sides(frame, options.a, options.b, "seconds", context, positive=True)
    compared, effect = _compare(frame, sides, options, np.log, context)
    return TimeComparison(**vars(compared), ratio=_exponential(effect))


@analysis("confidence", SidesOptions, tests=True)
def confidence(frame: TaskFrame, options: SidesOptions, context: Context) -> ConfidenceComparison:
    """Confidence of two sides."""
    sides = match_sides(frame, options.a, options.b, "confidence", context, positive=False)
    compared, effect = _compare(frame, sides, options, np.asarray, context)
    return ConfidenceComparison(**vars(compared), difference=effect)


def _exponential(effect: Estimate) -> Estimate:
    """An estimate on the logarithmic scale as a ratio."""
    limits = (effect.estimate, effect.ci_low, effect.ci_high)
    value, low, high = (None if limit is None else float(np.exp(limit)) for limit in limits)
    return Estimate(value, low, high, effect.ci_method)


def _compare(
    frame: TaskFrame, sides: Sides, options: SidesOptions,
    scale: Callable[[FloatArray], FloatArray], context: Context,
) -> tuple[Compared, Estimate]:  # fmt: skip
    """Everything but the effect, and the effect on the scale of the model."""
    difference = scale(sides.a) - scale(sides.b)
    coefficients: tuple[Coefficient, ...] = ()
    variances: dict[str, float] = {}
    test = options.test
    if test == "mixed":
        names, fit = _fit(frame, sides, options, scale, context)
        coefficients = coefficient_table(names, fit.coefficients, fit.covariance, context.alpha)
        side = coefficients[1]
        statistic: float | None = side.z
        p_value: float | None = side.p_value
        effect = Estimate(side.estimate, side.ci_low, side.ci_high, MIXED)
        variances = {
            "reader": fit.var_reader, "case": fit.var_case, "residual": fit.var_residual,
        }  # fmt: skip
    else:
        _warn_pooled(sides, context)
        run = wilcoxon if test == "wilcoxon" else paired_t
        statistic, p_value = run(sides.a - sides.b if test == "wilcoxon" else difference)
        effect = _mean(difference, context)
        if p_value is None:
            context.warn("There is nothing to test: too few pairs, or all differences the same.")
    a, b = Location.of(sides.a), Location.of(sides.b)
    compared = Compared(
        **sides.counts, n_pairs=sides.a.size, median_a=a.median, median_b=b.median,
        iqr_a=a.iqr, iqr_b=b.iqr, statistic=statistic, p_value=p_value,
        coefficients=coefficients, variances=variances,
    )  # fmt: skip
    return compared, effect


def _warn_pooled(sides: Sides, context: Context) -> None:
    n_readers = np.unique(sides.long.reader).size
    if n_readers > 1:
        context.warn(
            f"Pairs of {n_readers} readers are taken as independent; the test mixed knows that they"
            " share readers and cases."
        )


def _fit(
    frame: TaskFrame, sides: Sides, options: SidesOptions,
    scale: Callable[[FloatArray], FloatArray], context: Context,
) -> tuple[tuple[str, ...], MixedFit]:  # fmt: skip
    """Value on side and what it is adjusted for, with random readers and cases."""
    long = sides.long
    columns = {"intercept": np.ones(long.value.size), "side[a]": long.is_a}
    for name in options.adjust:
        own = _columns(frame, long.readings, name)
        columns |= own
        if name in options.interact:
            columns |= {f"side[a]:{key}": long.is_a * column for key, column in own.items()}
    design = np.column_stack(list(columns.values()))
    known = np.isfinite(design).all(axis=1)
    if not known.all():
        left_out = counted(int((~known).sum()), "reading", "readings")
        context.warn(f"Left out for want of a position: {left_out}.")
    n = int(known.sum())
    if n < design.shape[1] + 2 or np.linalg.matrix_rank(design[known]) < design.shape[1]:
        raise AnalysisError(
            "too_few_readings",
            f"A mixed model needs values on both sides and columns of their own, found {n}.", "a",
            n=sides.counts["n"], n_missing=sides.counts["n_missing"],
        )  # fmt: skip
    reader, case = (compact(groups[known])[0] for groups in (long.reader, long.case))
    return tuple(columns), fit_crossed(scale(long.value[known]), design[known], reader, case)


def _columns(frame: TaskFrame, readings: Readings, name: str) -> dict[str, FloatArray]:
    """Columns of a number, or of the levels of a factor."""
    if name == "position":
        return {name: readings.position}
    return level_columns(frame, readings, name)


def _mean(difference: FloatArray, context: Context) -> Estimate:
    """Mean difference with its t interval."""
    n = difference.size
    if n == 0:
        context.warn("No pair has both values.")
        return undefined(PAIRED)
    if n == 1:
        context.warn("One pair gives no interval.")
        return point_only(float(difference[0]), PAIRED)
    se = float(difference.std(ddof=1) / np.sqrt(n))
    return student(float(difference.mean()), se, n - 1, context.alpha, method=PAIRED)
