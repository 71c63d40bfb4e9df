"""Times that cannot be, and decisions that contradict the same reader's ratings."""

import numpy as np

from readerstudy.statistics.frame import Rater, Readings, TaskFrame
from readerstudy.statistics.oddities.oddity import Oddity, by_rater, rows_of
from readerstudy.statistics.tasks import NO_DECISION
from readerstudy.statistics.wording import counted

LONGEST_S = 8 * 3600.0
"""Active seconds beyond which a reading cannot have been one sitting."""
ODD_SHARE = 0.25
"""Beyond this share of decisions against the ratings, these are no slips but unrelated scales."""


def value_oddities(frame: TaskFrame) -> list[Oddity]:
    """Impossible times and decisions against ratings."""
    found = []
    for rater, readings in by_rater(frame):
        odd = (readings.seconds <= 0) | (readings.seconds > LONGEST_S)
        if odd.any():
            n = counted(odd.sum(), "reading", "readings")
            text = (
                f"{rater}, task {frame.task.name}: {n} took no time,"
                f" less than none, or more than {LONGEST_S / 3600:g} hours."
            )
            found.append(Oddity("impossible_time", text, rows_of(readings, odd)))
        if frame.task.positive:
            found += _against_rating(frame, rater, readings)
    return found


def _against_rating(frame: TaskFrame, rater: Rater, readings: Readings) -> list[Oddity]:
    """Readings on the wrong side of the rating that best separates this rater's own decisions."""
    usable = np.isfinite(readings.rating) & (readings.decision != NO_DECISION)
    both = readings.take(usable)
    positive = frame.task.is_positive(both.decision)
    if positive.all() or not positive.any():
        return []
    thresholds = np.unique(both.rating)
    order = np.argsort(both.rating, kind="stable")
    sorted_rating, sorted_positive = both.rating[order], positive[order]
    below = np.searchsorted(sorted_rating, thresholds, side="left")
    positives_before = np.concatenate([[0], np.cumsum(sorted_positive)])
    negatives_after = (~positive).sum() - (below - positives_before[below])
    misfits = positives_before[below] + negatives_after
    best = int(np.argmin(misfits))
    if misfits[best] == 0:
        return []
    where = f"{rater}, task {frame.task.name}"
    if misfits[best] > ODD_SHARE * len(both):
        text = f"{where}: the ratings hardly go with the decisions; is the scale turned round?"
        return [Oddity("decision_against_rating", text)]
    odd = positive != (both.rating >= thresholds[best])
    text = (
        f"{where}: {counted(odd.sum(), 'decision contradicts', 'decisions contradict')} the rating"
        f" (from {thresholds[best]:g} on this rater mostly decides positive)."
    )
    return [Oddity("decision_against_rating", text, rows_of(both, odd))]
