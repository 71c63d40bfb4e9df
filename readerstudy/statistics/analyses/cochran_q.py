"""Cochran's Q: more than two raters on the same cases."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.analyses.mcnemar import Missing, Outcome, check_outcome, outcomes
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.layout import rater_table
from readerstudy.statistics.paired.cochran import cochran_q
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.tasks import NO_DECISION, Task
from readerstudy.statistics.wording import counted


@dataclass(frozen=True)
class CochranOptions:
    """Raters are the distinct (reader, arm, period) of the selection."""

    select: Selector = ALL
    outcome: Outcome = "correct"
    missing: Missing = "wrong"

    def check(self, task: Task | None, at: str) -> None:
        """Positive decisions exist only in tasks with positive categories."""
        check_outcome(self.outcome, task, at)


@dataclass(frozen=True, kw_only=True)
class Cochran(Result):
    """``n`` counts the cases with a row for every rater."""

    statistic: float | None
    df: int
    p_value: float | None


@analysis("cochran_q", CochranOptions, tests=True)
def cochran(frame: TaskFrame, options: CochranOptions, context: Context) -> Cochran:
    """Are all raters right (or positive) equally often, over the cases that each has read?"""
    readings = frame.select(options.select)
    table = rater_table(readings)
    incomplete = int((~table.complete).sum())
    if incomplete:
        context.warn(
            counted(incomplete, "case was", "cases were")
            + " left out for want of a row of every rater."
        )
    index = table.index[table.complete]
    used = readings.take(index.ravel())
    yes = outcomes(frame, used, options.outcome).reshape(index.shape)
    if options.missing == "exclude":
        given = (used.decision != NO_DECISION).reshape(index.shape).all(axis=1)
        yes = yes[given]
    statistic, df, p_value = cochran_q(yes.astype(np.bool_))
    if statistic is None:
        context.warn("The raters differ on no case; there is nothing to test.")
    return Cochran(
        n=len(index), n_missing=used.n_missing, n_contradictory=used.n_contradictory,
        statistic=statistic, df=df, p_value=p_value,
    )  # fmt: skip
