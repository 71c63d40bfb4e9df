"""AI against readers, truth by truth: who was right where, as the papers print it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.layout import RaterTable, rater_table
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector
from readerstudy.statistics.tasks import NO_DECISION, BoolArray, IntArray
from readerstudy.statistics.wording import counted

Rule = Literal["per-reader", "majority", "best-of-readers"]


@dataclass(frozen=True)
class ComparisonOptions:
    """``rule``: each reader alone, their most frequent decision, or any of them being right."""

    ai: Selector
    readers: Selector
    rule: Rule = "per-reader"


@dataclass(frozen=True)
class Cells:
    """Cases (under per-reader: readings of cases) by who was right."""

    both_right: int
    only_reader_right: int
    only_ai_right: int
    both_wrong: int


@dataclass(frozen=True, kw_only=True)
class ComparisonMatrix(Result):
    """``per_truth`` over all readers by the rule; ``per_reader`` each rater on its own."""

    rule: str
    per_truth: Mapping[str, Cells]
    per_reader: tuple[Mapping[str, object], ...]


@analysis("comparison_matrix", ComparisonOptions)
def comparison_matrix(
    frame: TaskFrame, options: ComparisonOptions, context: Context
) -> ComparisonMatrix:
    """Right and wrong of AI and readers on the cases that AI and at least one reader read.

    ``per-reader`` adds up the pairs of AI and each reader; ``majority`` takes the most frequent
    decision of the readers, a tie being wrong; ``best-of-readers`` counts a case as right when any
    reader was (optimistic: no real reader decides like that).
    """
    ai = frame.one_reader(options.ai, "ai")
    readings = frame.select(options.readers, "readers")
    overlap = sorted(set(ai.readers) & set(readings.readers))
    if overlap:
        raise AnalysisError("ai_is_a_reader", f"{overlap[0]} is on both sides.", "readers")
    ai_right = np.zeros(len(frame.cases), dtype=bool)
    ai_right[ai.case] = frame.correct(ai)
    common = readings.take(np.isin(readings.case, ai.case))
    if not len(common):
        raise AnalysisError("no_common_case", "AI and readers have no case in common.", "readers")
    table = rater_table(common, "readers", minimum=1)
    matched = ai.take(np.isin(ai.case, table.case))
    per_reader = [
        {
            **rater._asdict(),
            "per_truth": _cells(frame, *_column(frame, common, table, column), ai_right),
        }
        for column, rater in enumerate(table.raters)
    ]
    if options.rule == "per-reader":
        right, case = frame.correct(common), common.case
    else:
        case = table.case
        right = _group(frame, common, table, options.rule, context)
    return ComparisonMatrix(
        n=table.case.size, n_missing=matched.n_missing + common.n_missing,
        n_contradictory=matched.n_contradictory + common.n_contradictory,
        rule=options.rule, per_truth=_cells(frame, right, case, ai_right),
        per_reader=tuple(per_reader),
    )  # fmt: skip


def _column(
    frame: TaskFrame, readings: Readings, table: RaterTable, column: int
) -> tuple[BoolArray, IntArray]:
    """(right, case) of one rater's readings."""
    rows = table.index[:, column]
    own = readings.take(rows[rows >= 0])
    return frame.correct(own), own.case


def _group(
    frame: TaskFrame, readings: Readings, table: RaterTable, rule: Rule, context: Context
) -> BoolArray:
    """(n_cases,) whether the readers together were right."""
    decisions = table.decisions(readings)
    truth = frame.cases.truth[table.case]
    if rule == "best-of-readers":
        context.warn("best-of-readers is optimistic: a case counts as right when any reader was.")
        right = frame.task.correct(decisions, np.broadcast_to(truth[:, None], decisions.shape))
        return np.asarray(right.any(axis=1))
    labels = range(len(frame.task.labels))
    votes = np.stack([(decisions == code).sum(axis=1) for code in labels], axis=1)
    most = votes.max(axis=1)
    tied = (most > 0) & ((votes == most[:, None]).sum(axis=1) > 1)
    if tied.any():
        context.warn(
            f"The readers' votes tie on {counted(tied.sum(), 'case', 'cases')}, counted as wrong."
        )
    decision = np.where(tied | (most == 0), NO_DECISION, votes.argmax(axis=1))
    return frame.task.correct(decision, truth)


def _cells(
    frame: TaskFrame, right: BoolArray, case: IntArray, ai_right: BoolArray
) -> dict[str, Cells]:
    """Cells by truth; categories without cases are there with zeros."""
    truth = frame.cases.truth[case]
    kind = 2 * right + ai_right[case]
    counted = {}
    for code, label in enumerate(frame.task.labels):
        counts = np.bincount(kind[truth == code], minlength=4).tolist()
        if code < len(frame.task.categories) or any(counts):
            counted[label] = Cells(counts[3], counts[2], counts[1], counts[0])
    return counted
