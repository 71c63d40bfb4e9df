"""The confusion table of a task with several categories and its macro figures."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.accuracy.binary import n_special
from readerstudy.statistics.accuracy.confusion import CLASS_FIGURES, ConfusionCounts, Ratio
from readerstudy.statistics.accuracy.replicates import IntervalChoice, Replicates, replicate
from readerstudy.statistics.estimates import Estimate, proportion
from readerstudy.statistics.frame import FloatArray, Readings, TaskFrame
from readerstudy.statistics.registry import Context, Result
from readerstudy.statistics.tasks import NO_DECISION, IntArray

MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class NominalTable(Result):
    """``confusion`` has the rows ``rows`` (truths) and the columns ``columns`` (decisions).

    These are the categories in the plan's order, then special words where they occur, then, as
    last column, ``missing``. ``per_class_ci`` has the figures of ``per_class`` with intervals.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    n_no_lesion: int
    n_cannot_assess: int
    accuracy: Estimate
    macro_recall: Estimate
    macro_precision: Estimate
    macro_specificity: Estimate
    macro_npv: Estimate
    macro_f1: Estimate
    per_class: Mapping[str, Mapping[str, float | None]]
    per_class_ci: Mapping[str, Mapping[str, Estimate]]


def nominal_table(
    frame: TaskFrame, readings: Readings, used: Readings, choice: IntervalChoice, context: Context
) -> NominalTable:
    """Counts and estimates of the readings used; ``n`` and ``n_missing`` are of all readings."""
    task = frame.task
    n_labels, n_categories = len(task.labels), len(task.categories)
    cells = _cells(frame.truth(used), used.decision, n_labels)

    def table_of(sums: FloatArray) -> ConfusionCounts:
        return ConfusionCounts(sums.reshape(-1, n_labels, n_labels + 1), n_categories)

    replicates = replicate(
        lambda sums: _flat_figures(table_of(sums)), cells, frame, used, choice, context
    )
    counts = table_of(cells.sum(axis=0))
    intervals = _Intervals(counts, replicates, choice, context)
    per_class = {name: intervals.of_class(index) for index, name in enumerate(task.categories)}
    _warn_undefined(per_class, context)
    rows, columns = _shown(counts.table[0], n_categories)
    return NominalTable(
        n=len(readings), n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        rows=tuple(task.labels[code] for code in rows),
        columns=(*(task.labels[code] for code in columns[:-1]), MISSING),
        confusion=tuple(tuple(map(int, row)) for row in counts.table[0][np.ix_(rows, columns)]),
        n_no_lesion=n_special(frame, readings, "no_lesion"),
        n_cannot_assess=n_special(frame, readings, "cannot_assess"),
        accuracy=intervals.accuracy(),
        per_class={
            name: {figure: estimate.estimate for figure, estimate in figures.items()}
            for name, figures in per_class.items()
        },
        per_class_ci=per_class,
        **{f"macro_{name}": intervals.macro(name) for name in CLASS_FIGURES},
    )  # fmt: skip


def _cells(truth: IntArray, decision: IntArray, n_labels: int) -> FloatArray:
    """(n_readings, n_labels * (n_labels + 1)) one-hot cells; the last column is no decision."""
    column = np.where(decision == NO_DECISION, n_labels, decision)
    cells = np.zeros((truth.size, n_labels * (n_labels + 1)))
    cells[np.arange(truth.size), truth * (n_labels + 1) + column] = 1.0
    return cells


def _flat_figures(counts: ConfusionCounts) -> FloatArray:
    """(n_tables, 1 + 5 + n_categories * 5): accuracy, macro figures, figures of each category."""
    n_tables = counts.table.shape[0]
    figures = counts.class_figures()
    per_class = figures.reshape(n_tables, figures.shape[1] * figures.shape[2])
    return np.concatenate(
        [counts.accuracy.value[:, None], counts.macro_figures(), per_class], axis=1
    )


@dataclass(frozen=True)
class _Intervals:
    """Estimates of one table (leading axis 1), with the replicates of ``_flat_figures``."""

    counts: ConfusionCounts
    replicates: Replicates
    choice: IntervalChoice
    context: Context

    def accuracy(self) -> Estimate:
        return self._ratio(self.counts.accuracy, (0,), 0, "accuracy")

    def macro(self, name: str) -> Estimate:
        column = CLASS_FIGURES.index(name)
        value = float(self.counts.macro_figures()[0, column])
        return self.replicates.estimate(value, 1 + column, f"macro_{name}")

    def of_class(self, index: int) -> dict[str, Estimate]:
        """Estimates of ``CLASS_FIGURES`` of the category with this index."""
        first = 1 + len(CLASS_FIGURES) * (1 + index)
        estimates = {
            name: self._ratio(ratio, (0, index), first + offset, name)
            for offset, (name, ratio) in enumerate(self.counts.class_proportions().items())
        }
        value = float(self.counts.class_f1()[0, index])
        column = first + CLASS_FIGURES.index("f1")
        estimates["f1"] = self.replicates.estimate(value, column, "f1")
        return estimates

    def _ratio(self, ratio: Ratio, at: tuple[int, ...], column: int, name: str) -> Estimate:
        if self.choice.of_proportions is None:
            return self.replicates.estimate(float(ratio.value[at]), column, name)
        hits, size = int(ratio.numerator[at]), int(ratio.denominator[at])
        return proportion(hits, size, self.context.alpha, self.choice.of_proportions)


def _shown(table: FloatArray, n_categories: int) -> tuple[list[int], list[int]]:
    """Row and column codes worth showing: the categories, special words that occur, missing."""
    n_labels = table.shape[0]
    special = range(n_categories, n_labels)
    rows = [*range(n_categories), *(code for code in special if table[code].any())]
    columns = [*range(n_categories), *(code for code in special if table[:, code].any())]
    return rows, [*columns, n_labels]


def _warn_undefined(per_class: Mapping[str, Mapping[str, Estimate]], context: Context) -> None:
    for figure in CLASS_FIGURES:
        names = [name for name, row in per_class.items() if row[figure].estimate is None]
        if names:
            context.warn(
                f"{figure} is undefined for {', '.join(names)}; macro_{figure} leaves them out."
            )
