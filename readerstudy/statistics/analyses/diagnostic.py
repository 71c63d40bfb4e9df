"""Diagnostic tables: how often one rater, or several pooled, were right."""

from dataclasses import dataclass
from typing import Literal

from readerstudy.statistics.accuracy.binary import BinaryTable, binary_table
from readerstudy.statistics.accuracy.nominal import NominalTable, nominal_table
from readerstudy.statistics.accuracy.replicates import Ci, IntervalChoice, Resample
from readerstudy.statistics.frame import Readings, TaskFrame
from readerstudy.statistics.grouping import Grouped, GroupKey, run_grouped
from readerstudy.statistics.registry import Context, analysis
from readerstudy.statistics.selection import ALL, PlanFault, Selector
from readerstudy.statistics.tasks import NO_DECISION, Task


@dataclass(frozen=True)
class DiagnosticOptions:
    """``ci`` of the proportions; composite figures always have bootstrap intervals.

    ``bca`` makes all of them bias-corrected and accelerated. ``resample``: clusters of cases,
    readers (of several pooled), or both.
    """

    select: Selector = ALL
    ci: Ci = "wilson"
    resample: Resample = "cases"
    missing: Literal["wrong", "exclude"] = "wrong"
    by: tuple[GroupKey, ...] = ()

    def check(self, task: Task | None, at: str) -> None:
        """BCa limits leave out one unit at a time, of one kind."""
        if self.ci == "bca" and self.resample == "both":
            raise PlanFault(f"{at}/ci", "BCa limits exist for cases or for readers, not for both.")


@analysis("diagnostic", DiagnosticOptions)
def diagnostic(
    frame: TaskFrame, options: DiagnosticOptions, context: Context
) -> BinaryTable | NominalTable | Grouped:
    """Accuracy and its parts, one table per group of ``by``.

    A reading without decision is wrong (or left out, ``missing: exclude``). Wilson and
    Clopper-Pearson intervals take readings as independent, the bootstrap resamples clusters.
    """
    readings = frame.select(options.select)
    choice = IntervalChoice(options.ci, options.resample)
    table = binary_table if frame.task.kind == "binary" else nominal_table

    def compute(part: Readings, own: Context) -> BinaryTable | NominalTable:
        used = part.take(part.decision != NO_DECISION) if options.missing == "exclude" else part
        if choice.of_proportions is not None and frame.clustered(used):
            own.warn(
                f"Some clusters hold several readings; the {options.ci} intervals take them as"
                " independent."
            )
        return table(frame, part, used, choice, own)

    return run_grouped(readings, options.by, context, compute)
