"""McNemar's test: two readers, or one reader in two arms, on the same cases."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.layout import Paired, paired
from readerstudy.statistics.paired.proportions import (
    PairedTable,
    Variant,
    mcnemar_test,
    newcombe_difference,
)
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import PlanFault, Selector
from readerstudy.statistics.tasks import NO_DECISION, BoolArray, Task
from readerstudy.statistics.wording import counted

Outcome = Literal["correct", "decision"]
Missing = Literal["wrong", "exclude"]


@dataclass(frozen=True)
class McNemarOptions:
    """``outcome``: compare correctness, or how often each side decides positive."""

    a: Selector
    b: Selector
    variant: Variant = "exact"
    outcome: Outcome = "correct"
    missing: Missing = "wrong"

    def check(self, task: Task | None, at: str) -> None:
        """Positive decisions exist only in tasks with positive categories."""
        check_outcome(self.outcome, task, at)


@dataclass(frozen=True, kw_only=True)
class McNemar(Result):
    """Counts of cases by whose outcome is yes; ``difference`` is a minus b."""

    both: int
    n_a_only: int
    n_b_only: int
    neither: int
    statistic: float | None
    p_value: float | None
    difference: Estimate
    odds_ratio: float | None


@analysis("mcnemar", McNemarOptions, tests=True)
def mcnemar(frame: TaskFrame, options: McNemarOptions, context: Context) -> McNemar:
    """Paired comparison of two sides over the cases that both have read.

    Says nothing about other readers: for that, see mrmc_or.
    """
    pair = paired(frame.one_reader(options.a, "a"), frame.one_reader(options.b, "b"))
    warn_unpaired(pair, context)
    table = fourfold(frame, pair, options.outcome, options.missing)
    statistic, p_value = mcnemar_test(table, options.variant)
    if table.n == 0:
        p_value = None
        context.warn("No case is left to compare.")
    elif table.a_only + table.b_only == 0:
        context.warn("The sides differ on no case; there is nothing to test.")
    return McNemar(
        n=pair.n, n_missing=pair.n_missing, n_contradictory=pair.n_contradictory,
        both=table.both, n_a_only=table.a_only, n_b_only=table.b_only, neither=table.neither,
        statistic=statistic, p_value=p_value,
        difference=newcombe_difference(table, context.alpha),
        odds_ratio=table.a_only / table.b_only if table.b_only else None,
    )  # fmt: skip


def fourfold(
    frame: TaskFrame, pair: Paired, outcome: Outcome = "correct", missing: Missing = "wrong"
) -> PairedTable:
    """Fourfold table of aligned sides; ``exclude`` leaves out pairs lacking a decision."""
    yes_a, yes_b = outcomes(frame, pair.a, outcome), outcomes(frame, pair.b, outcome)
    if missing == "exclude":
        given = (pair.a.decision != NO_DECISION) & (pair.b.decision != NO_DECISION)
        yes_a, yes_b = yes_a[given], yes_b[given]
    counts = np.bincount(2 * yes_a + yes_b, minlength=4).tolist()
    return PairedTable(both=counts[3], a_only=counts[2], b_only=counts[1], neither=counts[0])


def outcomes(frame: TaskFrame, readings: Readings, outcome: Outcome) -> BoolArray:
    """(n_readings,) correct, or decided positive; without decision neither."""
    if outcome == "correct":
        return frame.correct(readings)
    return frame.task.is_positive(readings.decision)


def check_outcome(outcome: Outcome, task: Task | None, at: str) -> None:
    """Refuse outcome ``decision`` in a task without positive categories. Raises ``PlanFault``."""
    if outcome == "decision" and task is not None and not task.positive:
        raise PlanFault(f"{at}/outcome", f'The task "{task.name}" has no positive categories.')


def warn_unpaired(pair: Paired, context: Context) -> None:
    """Say how many cases only one side has read."""
    if pair.n_unpaired:
        context.warn(
            counted(pair.n_unpaired, "case was", "cases were")
            + " read by one side only and left out."
        )
