"""Raters that always say the same, and readers that agree more than two people can."""

from itertools import combinations

import numpy as np
from scipy import stats

from readerstudy.statistics.frame import Rater, Readings, TaskFrame
from readerstudy.statistics.layout import paired
from readerstudy.statistics.oddities.oddity import Oddity, by_rater
from readerstudy.statistics.tasks import NO_DECISION, IntArray

MINIMUM_CASES = 10
"""Fewer common cases say nothing about two readers."""
NEARLY = 0.02
"""Share of different decisions below which two readers are called nearly identical."""
BEYOND_CHANCE = 1e-4
"""Probability of such agreement, were the two readers independent given the truth."""


def rater_oddities(frame: TaskFrame) -> list[Oddity]:
    """Constant raters; pairs of different readers with (nearly) the same answers."""
    raters = list(by_rater(frame))
    found = []
    for rater, readings in raters:
        constant = _constant(frame, readings)
        if constant:
            text = f"{rater}, task {frame.task.name}: {constant} in all {len(readings)} readings."
            found.append(Oddity("constant_rater", text, tuple(readings.row.tolist())))
    for (first, a), (second, b) in combinations(raters, 2):
        if first.reader != second.reader:
            found += _twins(frame, (first, a), (second, b))
    return found


def _constant(frame: TaskFrame, readings: Readings) -> str | None:
    """What never changes, in words; ``None`` when the answers vary or are too few."""
    if len(readings) < MINIMUM_CASES:
        return None
    decisions = np.unique(readings.decision)
    if decisions.size == 1 and decisions[0] != NO_DECISION:
        return f"the decision {frame.task.labels[decisions[0]]}"
    ratings = np.unique(readings.rating)
    if ratings.size == 1 and np.isfinite(ratings[0]):
        return f"the rating {ratings[0]:g}"
    return None


def _twins(
    frame: TaskFrame, first: tuple[Rater, Readings], second: tuple[Rater, Readings]
) -> list[Oddity]:
    pair = paired(first[1], second[1])
    names = f"{first[0]} and {second[0]}, task {frame.task.name}"
    rows = tuple(pair.a.row.tolist() + pair.b.row.tolist())
    rated = np.isfinite(pair.a.rating) & np.isfinite(pair.b.rating)
    same_rating = pair.a.rating[rated] == pair.b.rating[rated]
    graded = np.unique(pair.a.rating[rated]).size > 2
    if rated.sum() >= MINIMUM_CASES and graded and same_rating.all():
        text = f"{names}: the ratings of all {rated.sum()} common cases are identical."
        return [Oddity("identical_readers", text, rows)]
    decided = (pair.a.decision != NO_DECISION) & (pair.b.decision != NO_DECISION)
    n = int(decided.sum())
    a, b = pair.a.decision[decided], pair.b.decision[decided]
    different = int((a != b).sum())
    if n < MINIMUM_CASES or different > NEARLY * n:
        return []
    truth = frame.cases.truth[pair.a.case[decided]]
    if _chance_of_agreement(a, b, truth, n - different) >= BEYOND_CHANCE:
        return []
    if different == 0:
        text = f"{names}: the decisions of all {n} common cases are identical."
        return [Oddity("identical_readers", text, rows)]
    text = f"{names}: only {different} of {n} common cases were decided differently."
    return [Oddity("nearly_identical_readers", text, rows)]


def _chance_of_agreement(a: IntArray, b: IntArray, truth: IntArray, agreed: int) -> float:
    """P(at least that many agreements) were both independent given the truth (normal tail)."""
    mean = variance = 0.0
    for code in np.unique(truth):
        of_code = truth == code
        size = int(of_code.sum())
        shares = [np.bincount(side[of_code], minlength=64) / size for side in (a, b)]
        p = float(shares[0] @ shares[1])
        mean, variance = mean + size * p, variance + size * p * (1 - p)
    if variance <= 0:
        return 1.0
    return float(stats.norm.sf((agreed - 0.5 - mean) / variance**0.5))
