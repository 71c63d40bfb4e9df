"""Bowker and Stuart-Maxwell: do two raters use the categories alike?"""

from collections.abc import Callable
from dataclasses import dataclass

from readerstudy.statistics.agreement.raters import decided_pairs
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.paired.square import (
    FloatArray,
    bowker,
    idle_pairs,
    square_table,
    stuart_maxwell,
)
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector


@dataclass(frozen=True)
class SquareOptions:
    """Two sides, one reader each."""

    a: Selector
    b: Selector


@dataclass(frozen=True, kw_only=True)
class SquareTest(Result):
    """``n`` counts the cases that both sides read; undecided pairs are left out of the test."""

    statistic: float | None
    df: int
    p_value: float | None


@analysis("bowker", SquareOptions, tests=True)
def bowker_test(frame: TaskFrame, options: SquareOptions, context: Context) -> SquareTest:
    """Symmetry: is a confused with b as often as b with a?"""
    return _run(frame, options, context, bowker)


@analysis("stuart_maxwell", SquareOptions, tests=True)
def stuart_maxwell_test(frame: TaskFrame, options: SquareOptions, context: Context) -> SquareTest:
    """Marginal homogeneity: does each side use every category equally often?"""
    return _run(frame, options, context, stuart_maxwell)


def _run(
    frame: TaskFrame,
    options: SquareOptions,
    context: Context,
    test: Callable[[FloatArray], tuple[float | None, int, float | None]],
) -> SquareTest:
    pair = decided_pairs(frame, options.a, options.b, context)
    table = square_table(pair.a, pair.b, len(pair.categories))
    statistic, df, p_value = test(table)
    if statistic is None:
        context.warn("The sides differ on no case; there is nothing to test.")
    elif test is bowker and (idle := idle_pairs(table)):
        context.warn(
            f"Pairs of categories never confused: {idle} of {df}. Their degrees of freedom count"
            " all the same, which makes the test conservative."
        )
    return SquareTest(**pair.counts, statistic=statistic, df=df, p_value=p_value)
