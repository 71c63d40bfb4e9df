"""Answers of one reader to two tasks about the same case that cannot both be meant."""

from itertools import permutations

import numpy as np

from readerstudy.statistics.frame import Frame, Rater, Readings, TaskFrame
from readerstudy.statistics.layout import paired
from readerstudy.statistics.oddities.oddity import Oddity, by_rater, rows_of
from readerstudy.statistics.tasks import NO_DECISION, IntArray
from readerstudy.statistics.wording import counted

MINIMUM_WRONG = 3
"""So many wrong coarse decisions make fine ones that are never outside the truth odd."""


def cross_task_oddities(frame: Frame) -> list[Oddity]:
    """Contradictions between tasks of which the truth of one fixes the truth of the other.

    Scores (ordinal tasks) are left alone: a 4 need not contradict a 5. Where every truth of a fine
    task (HCC, ICC, FNH, ...) goes with one truth of a coarse task (malignant, benign), a fine
    decision implies a coarse one. Two things are odd: a coarse decision that differs from the
    implied one, and fine decisions that imply the true coarse category although the same rater's
    coarse decisions are often wrong (the fine answer was given with the truth at hand).
    """
    found = []
    unordered = [task for task in frame.tasks.values() if task.task.kind != "ordinal"]
    for fine, coarse in permutations(unordered, 2):
        implied = _implied(fine, coarse)
        if implied is None:
            continue
        coarse_of = dict(by_rater(coarse))
        for rater, readings in by_rater(fine):
            if rater in coarse_of:
                found += _contradictions(fine, coarse, implied, rater, readings, coarse_of[rater])
    return found


def _implied(fine: TaskFrame, coarse: TaskFrame) -> IntArray | None:
    """(n_fine_labels + 1,) coarse code of each fine code, -1 unknown; ``None``: does not follow."""
    _, in_fine, in_coarse = np.intersect1d(fine.cases.code, coarse.cases.code, return_indices=True)
    pairs = np.unique(
        np.stack([fine.cases.truth[in_fine], coarse.cases.truth[in_coarse]], axis=1), axis=0
    )
    known = pairs[(pairs >= 0).all(axis=1)]
    distinct = np.unique(known[:, 0])
    if distinct.size < len(known) or distinct.size <= np.unique(known[:, 1]).size:
        return None
    implied = np.full(len(fine.task.labels) + 1, NO_DECISION, dtype=np.int64)
    implied[known[:, 0]] = known[:, 1]
    return implied


def _contradictions(
    fine: TaskFrame, coarse: TaskFrame, implied: IntArray, rater: Rater,
    fine_readings: Readings, coarse_readings: Readings,
) -> list[Oddity]:  # fmt: skip
    coarse_case = {code: index for index, code in enumerate(coarse.cases.code.tolist())}
    moved = np.array([coarse_case.get(code, -1) for code in fine.cases.code.tolist()])
    aligned = fine_readings.with_cases(moved[fine_readings.case])
    pair = paired(aligned.take(aligned.case >= 0), coarse_readings)
    expected = implied[pair.a.decision]
    decided = (expected != NO_DECISION) & (pair.b.decision != NO_DECISION)
    against = decided & (expected != pair.b.decision)
    truth = coarse.cases.truth[pair.b.case]
    found = []
    if against.any():
        text = (
            f"{rater}: on {counted(against.sum(), 'case', 'cases')} the decision of task"
            f" {coarse.task.name} contradicts"
            f" that of task {fine.task.name}."
        )
        rows = rows_of(pair.a, against) + rows_of(pair.b, against)
        found.append(Oddity("contradicts_task", text, tuple(sorted(rows))))
    wrong = int((decided & (pair.b.decision != truth)).sum())
    if wrong >= MINIMUM_WRONG and (expected[decided] == truth[decided]).all():
        text = (
            f"{rater}: every decision of task {fine.task.name} lies within the true category of"
            f" task {coarse.task.name}, {wrong} wrong decisions there notwithstanding; was it given"
            " with the truth at hand?"
        )
        found.append(Oddity("follows_truth", text))
    return found
