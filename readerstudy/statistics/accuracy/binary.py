"""The table of a binary task: four counts and what follows from them."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.accuracy.confusion import PROPORTIONS, BinaryCounts
from readerstudy.statistics.accuracy.replicates import IntervalChoice, replicate
from readerstudy.statistics.estimates import Estimate, proportion
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.registry import Context, Result


@dataclass(frozen=True, kw_only=True)
class BinaryTable(Result):
    """``tp fp fn tn`` count given decisions; special words are counted beside them.

    ``n_positive`` and ``n_negative`` are the denominators of sensitivity and specificity.
    """

    tp: int
    fp: int
    fn: int
    tn: int
    n_positive: int
    n_negative: int
    n_no_lesion: int
    n_cannot_assess: int
    accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    f1: Estimate
    youden: Estimate
    mcc: Estimate


def binary_table(
    frame: TaskFrame, readings: Readings, used: Readings, choice: IntervalChoice, context: Context
) -> BinaryTable:
    """Counts and estimates of the readings used; ``n`` and ``n_missing`` are of all readings."""
    cells = binary_cells(frame, used)
    totals = cells.sum(axis=0)
    counts = BinaryCounts.from_cells(totals)
    replicates = replicate(
        lambda sums: BinaryCounts.from_cells(sums).figures(), cells, frame, used, choice, context
    )
    estimates: dict[str, Estimate] = {}
    for column, (name, ratio) in enumerate(counts.proportions().items()):
        if choice.of_proportions is None:
            estimates[name] = replicates.estimate(float(ratio.value), column, name)
        else:
            hits, size = int(ratio.numerator), int(ratio.denominator)
            estimates[name] = proportion(hits, size, context.alpha, choice.of_proportions)
    for offset, (name, composite) in enumerate(counts.composites().items()):
        column = len(PROPORTIONS) + offset
        estimates[name] = replicates.estimate(float(composite), column, name)
    undefined = [name for name, estimate in estimates.items() if estimate.estimate is None]
    if undefined:
        context.warn(f"Undefined, for want of cases or decisions: {', '.join(undefined)}.")
    return BinaryTable(
        n=len(readings), n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        tp=int(counts.tp), fp=int(counts.fp), fn=int(counts.fn), tn=int(counts.tn),
        n_positive=int(counts.positives), n_negative=int(counts.negatives),
        n_no_lesion=n_special(frame, readings, "no_lesion"),
        n_cannot_assess=n_special(frame, readings, "cannot_assess"),
        **estimates,
    )  # fmt: skip


def binary_cells(frame: TaskFrame, readings: Readings) -> FloatArray:
    """(n_readings, 6) one-hot cells in the order of ``BinaryCounts``."""
    task = frame.task
    truth = frame.truth(readings)
    positive = task.is_positive(truth)
    right = task.correct(readings.decision, truth)
    called = task.is_positive(readings.decision)
    rejected = task.is_negative_call(readings.decision)
    columns = (
        positive & right,
        ~positive & called,
        positive & rejected,
        ~positive & right,
        positive,
        ~positive,
    )
    return np.stack(columns, axis=1).astype(np.float64)


def n_special(frame: TaskFrame, readings: Readings, word: str) -> int:
    """How many decisions are this special word."""
    return int((readings.decision == frame.task.code_of[word]).sum())
