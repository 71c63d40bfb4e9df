"""Reliance on AI: how answers change once it is seen, and what happens where it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.estimates import proportion
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import BoolArray, IntArray
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class RelianceOptions:
    """One reader before and after seeing the AI, and the AI itself."""

    before: Selector
    after: Selector
    ai: Selector


@dataclass(frozen=True)
class Rate:
    """A proportion with its Wilson interval and what it is made of."""

    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    ci_method: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Switches:
    """Changes of answers, and errors after seeing the AI by whether the AI was wrong."""

    right_to_right: int
    right_to_wrong: int
    wrong_to_right: int
    wrong_to_wrong: int
    over_reliance: Rate
    under_reliance: Rate


@dataclass(frozen=True, kw_only=True)
class Reliance(Result):
    """Over-reliance is P(after wrong | AI wrong), under-reliance P(after wrong | AI right).

    ``agreement_before`` and ``agreement_after``: the reader's decision is the AI's.
    """

    right_to_right: int
    right_to_wrong: int
    wrong_to_right: int
    wrong_to_wrong: int
    over_reliance: Rate
    under_reliance: Rate
    agreement_before: Rate
    agreement_after: Rate
    by_level: Mapping[str, Switches]


@analysis("reliance", RelianceOptions)
def reliance(frame: TaskFrame, options: RelianceOptions, context: Context) -> Reliance:
    """Over the cases that the reader read both times and the AI once; no decision is wrong."""
    sides = [frame.one_reader(getattr(options, name), name) for name in ("before", "after", "ai")]
    common = np.intersect1d(np.intersect1d(sides[0].case, sides[1].case), sides[2].case)
    left_out = len(np.unique(np.concatenate([side.case for side in sides]))) - common.size
    if left_out:
        context.warn(
            counted(left_out, "case was", "cases were")
            + " left out for want of one of the three readings."
        )
    before, after, ai = (_on(side, common) for side in sides)
    was, became, ai_right = (frame.correct(side) for side in (before, after, ai))
    total = _switches(was, became, ai_right, context)
    levels = [level for level in dict.fromkeys(after.level.tolist()) if level]
    own = {level: after.level == level for level in levels}
    readings = (before, after, ai)
    if total.over_reliance.estimate is None:
        context.warn("over_reliance is undefined: the AI was never wrong.")
    if total.under_reliance.estimate is None:
        context.warn("under_reliance is undefined: the AI was never right.")
    return Reliance(
        n=common.size,
        n_missing=sum(side.n_missing for side in readings),
        n_contradictory=sum(side.n_contradictory for side in readings),
        **vars(total),
        agreement_before=_rate(_agree(before, ai), context),
        agreement_after=_rate(_agree(after, ai), context),
        by_level={
            level: _switches(was[which], became[which], ai_right[which], context)
            for level, which in own.items()
        },
    )


def _on(side: Readings, cases: IntArray) -> Readings:
    """The side's readings of these cases, in their order."""
    order = np.argsort(side.case)
    return side.take(order[np.searchsorted(side.case[order], cases)])


def _switches(before: BoolArray, after: BoolArray, ai: BoolArray, context: Context) -> Switches:
    counts = np.bincount(2 * before + after, minlength=4).tolist()
    return Switches(
        right_to_right=counts[3], right_to_wrong=counts[2],
        wrong_to_right=counts[1], wrong_to_wrong=counts[0],
        over_reliance=_rate(~after[~ai], context), under_reliance=_rate(~after[ai], context),
    )  # fmt: skip


def _agree(reader: Readings, ai: Readings) -> BoolArray:
    return np.asarray((reader.decision == ai.decision) & (reader.decision >= 0))


def _rate(flags: BoolArray, context: Context) -> Rate:
    found = proportion(int(flags.sum()), flags.size, context.alpha)
    return Rate(**vars(found), numerator=int(flags.sum()), denominator=flags.size)
