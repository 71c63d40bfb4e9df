"""Values of any kind laid out as cases x raters: decisions as codes or numbers, or measurements."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.agreement.raters import comparable
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import FloatArray, Rater, Readings, TaskFrame
from readerstudy.statistics.layout import rater_table
from readerstudy.statistics.registry import Context
from readerstudy.statistics.tasks import IntArray

ScaleValue = Literal["decision", "rating", "confidence", "seconds"]


@dataclass(frozen=True)
class ScaleValues:
    """Values on a scale.

    Attributes
    ----------
    values : (n_cases, n_raters) float64
        NaN where missing.
    case : (n_cases,) int64
        Index into the cases of the task.
    n_missing : int
        Readings without this value.
    """

    values: FloatArray
    case: IntArray
    raters: tuple[Rater, ...]
    n_missing: int


def scale_values(
    frame: TaskFrame, readings: Readings, value: ScaleValue, context: Context,
    *, ordered: bool, numeric: bool,
) -> ScaleValues:  # fmt: skip
    """Lay out a value of each reading.

    Parameters
    ----------
    ordered, numeric : bool
        Whether decisions must have an order, and whether they are read as numbers.

    Raises
    ------
    AnalysisError
        ``not_numeric`` for categories that are no numbers, and what ``rater_table`` raises.
    """
    table = rater_table(readings)
    if value != "decision":
        column = readings.values(value)
        missing = int(np.isnan(column).sum())
        return ScaleValues(table.numbers(column), table.case, table.raters, missing)
    codes, _ = comparable(frame, table.decisions(readings), context, ordered=ordered)
    values = np.where(codes >= 0, codes, np.nan).astype(np.float64)
    if numeric:
        numbers = frame.task.numbers
        if numbers is None:
            raise AnalysisError(
                "not_numeric", f'The categories of the task "{frame.task.name}" are no numbers.',
                "task", n=len(table.case),
            )  # fmt: skip
        values = np.where(codes >= 0, numbers[codes], np.nan)
    return ScaleValues(values, table.case, table.raters, readings.n_missing)
