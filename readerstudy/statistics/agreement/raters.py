"""From a selection to what agreement is computed on: cases x raters of category codes."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.layout import paired, rater_table
from readerstudy.statistics.registry import Context
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import NO_DECISION, IntArray
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class RatedCases:
    """Decisions of raters on cases, with the counts of the entry.

    Attributes
    ----------
    decisions : (n_cases, n_raters) int64
        Code into ``categories``, -1 for none.
    categories : tuple of str
        Those of the task, then special words that occur where the categories have no order.
    case : (n_cases,) int64
        Index into the cases of the task.
    """

    decisions: IntArray
    categories: tuple[str, ...]
    case: IntArray
    n_missing: int
    n_contradictory: int

    @property
    def n_cases(self) -> int:
        return int(self.case.size)


def rated(
    frame: TaskFrame, readings: Readings, context: Context, *, ordered: bool = False
) -> RatedCases:
    """Lay out decisions. Special words are categories of their own, or none on an ordered scale.

    Raises
    ------
    AnalysisError
        Fewer than two raters, or several readings of one rater and case.
    """
    table = rater_table(readings)
    decisions, categories = comparable(frame, table.decisions(readings), context, ordered=ordered)
    return RatedCases(
        decisions, categories, table.case, readings.n_missing, readings.n_contradictory
    )


def comparable(
    frame: TaskFrame, decisions: IntArray, context: Context, *, ordered: bool
) -> tuple[IntArray, tuple[str, ...]]:
    """Decision codes that index the returned categories, whatever special words occur."""
    task = frame.task
    k = len(task.categories)
    special = np.unique(decisions[decisions >= k])
    if special.size == 0:
        return decisions, task.categories
    words = tuple(task.labels[code] for code in special.tolist())
    if ordered:
        context.warn(f"{', '.join(words)} has no place on an ordered scale and counts as missing.")
        return np.where(decisions >= k, NO_DECISION, decisions), task.categories
    renumbered = np.where(decisions >= k, k + np.searchsorted(special, decisions), decisions)
    return renumbered, task.categories + words


@dataclass(frozen=True)
class DecidedPairs:
    """Two sides on the cases that both decided.

    ``a`` and ``b`` (n_pairs,) are codes into ``categories``; ``counts`` the entry's counts,
    over all cases that both read.
    """

    a: IntArray
    b: IntArray
    categories: tuple[str, ...]
    counts: dict[str, int]


def decided_pairs(
    frame: TaskFrame, a: Selector, b: Selector, context: Context, *, ordered: bool = False
) -> DecidedPairs:
    """Pair two sides of one reader each; pairs lacking a decision are left out.

    Raises
    ------
    AnalysisError
        A side without readings, with several readers, or with several readings of a case.
    """
    pair = paired(frame.one_reader(a, "a"), frame.one_reader(b, "b"))
    if pair.n_unpaired:
        context.warn(
            counted(pair.n_unpaired, "case was", "cases were")
            + " read by one side only and left out."
        )
    both = np.stack([pair.a.decision, pair.b.decision], axis=1)
    decisions, categories = comparable(frame, both, context, ordered=ordered)
    decided = decisions[(decisions >= 0).all(axis=1)]
    counts = {"n": pair.n, "n_missing": pair.n_missing, "n_contradictory": pair.n_contradictory}
    return DecidedPairs(decided[:, 0], decided[:, 1], categories, counts)
