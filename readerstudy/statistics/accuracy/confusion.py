"""Figures of diagnostic tables, on counts with any leading axes (such as resamples).

What cannot be divided is NaN here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

PROPORTIONS = ("accuracy", "sensitivity", "specificity", "ppv", "npv")
COMPOSITES = ("f1", "youden", "mcc")
CLASS_PROPORTIONS = ("recall", "precision", "specificity", "npv")
CLASS_FIGURES = (*CLASS_PROPORTIONS, "f1")


@dataclass(frozen=True)
class Ratio:
    """A proportion as what it is made of; any shape."""

    numerator: FloatArray
    denominator: FloatArray

    @property
    def value(self) -> FloatArray:
        return divide(self.numerator, self.denominator)


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient, NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(denominator == 0, np.nan, numerator / denominator))


@dataclass(frozen=True)
class BinaryCounts:
    """Decisions of a binary task, any shape.

    ``tp fp fn tn`` count given decisions; ``positives`` and ``negatives`` all cases in the
    denominator, those without a usable decision included.
    """

    tp: FloatArray
    fp: FloatArray
    fn: FloatArray
    tn: FloatArray
    positives: FloatArray
    negatives: FloatArray

    @classmethod
    def from_cells(cls, cells: FloatArray) -> "BinaryCounts":
        """(..., 6) counts in the order of the fields."""
        return cls(*np.moveaxis(cells, -1, 0))

    def proportions(self) -> Mapping[str, Ratio]:
        """Numerators and denominators of ``PROPORTIONS``."""
        return {
            "accuracy": Ratio(self.tp + self.tn, self.positives + self.negatives),
            "sensitivity": Ratio(self.tp, self.positives),
            "specificity": Ratio(self.tn, self.negatives),
            "ppv": Ratio(self.tp, self.tp + self.fp),
            "npv": Ratio(self.tn, self.tn + self.fn),
        }

    def composites(self) -> Mapping[str, FloatArray]:
        """Values of ``COMPOSITES``: F1, Youden's J, Matthews' correlation.

        Youden, Cancer 1950;3:32; Matthews, Biochim Biophys Acta 1975;405:442,
        doi:10.1016/0005-2795(75)90109-9 (from the four counts alone).
        """
        rates = self.proportions()
        margins = (
            (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp) * (self.tn + self.fn)
        )
        product = self.tp * self.tn - self.fp * self.fn
        return {
            "f1": divide(2 * self.tp, 2 * self.tp + self.fp + self.positives - self.tp),
            "youden": rates["sensitivity"].value + rates["specificity"].value - 1,
            "mcc": divide(product, np.sqrt(margins)),
        }

    def figures(self) -> FloatArray:
        """(..., 8) values of ``PROPORTIONS`` then ``COMPOSITES``."""
        rates = [ratio.value for ratio in self.proportions().values()]
        return np.stack([*rates, *self.composites().values()], axis=-1)


@dataclass(frozen=True)
class ConfusionCounts:
    """Confusion tables: rows are truths, columns decisions, the last column no decision.

    Attributes
    ----------
    table : (..., n_labels, n_labels + 1) float64
        The first ``n_categories`` labels are the categories of the task, special words follow.
    """

    table: FloatArray
    n_categories: int

    @property
    def accuracy(self) -> Ratio:
        """Right decisions of any label (special words too) over all readings."""
        right = np.trace(self.table, axis1=-2, axis2=-1)
        return Ratio(right, self.table.sum(axis=(-2, -1)))

    def class_proportions(self) -> Mapping[str, Ratio]:
        """``CLASS_PROPORTIONS``, each (..., n_categories), one category against the rest.

        No decision and special words count against recall and specificity but are no negative
        calls, as in a binary task.
        """
        k = self.n_categories
        square = self.table[..., :k, :k]
        hit = np.diagonal(square, axis1=-2, axis2=-1)
        row = self.table[..., :k, :].sum(axis=-1)
        column = self.table[..., :, :k].sum(axis=-2)
        decided = self.table[..., :, :k].sum(axis=(-2, -1))[..., None]
        missed = square.sum(axis=-1) - hit
        rejected = decided - column - missed
        everything = self.table.sum(axis=(-2, -1))[..., None]
        return {
            "recall": Ratio(hit, row),
            "precision": Ratio(hit, column),
            "specificity": Ratio(rejected, everything - row),
            "npv": Ratio(rejected, rejected + missed),
        }

    def class_f1(self) -> FloatArray:
        """(..., n_categories) 2 correct / (row total + column total)."""
        rates = self.class_proportions()
        recall, precision = rates["recall"], rates["precision"]
        return divide(2 * recall.numerator, recall.denominator + precision.denominator)

    def class_figures(self) -> FloatArray:
        """(..., n_categories, 5) values of ``CLASS_FIGURES``."""
        rates = [ratio.value for ratio in self.class_proportions().values()]
        return np.stack([*rates, self.class_f1()], axis=-1)

    def macro_figures(self) -> FloatArray:
        """(..., 5) plain means over the categories where the figure is defined."""
        figures = self.class_figures()
        return divide(np.nansum(figures, axis=-2), np.isfinite(figures).sum(axis=-2).astype(float))
