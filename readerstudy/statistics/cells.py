"""Checks of single cells that every table shares."""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np

from readerstudy.statistics.errors import Problem
from readerstudy.statistics.frame import FloatArray
from readerstudy.statistics.tables import Table

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def report_empty(table: Table, columns: Iterable[str], problems: list[Problem]) -> None:
    """Report every empty cell of these columns."""
    for column in columns:
        for number, cell in zip(table.row_numbers, table.column(column), strict=True):
            if not cell:
                problems.append(table.problem(number, column, f'"{column}" is empty.'))


def numbers(
    table: Table, column: str, positions: Sequence[int], problems: list[Problem]
) -> FloatArray:
    """(n_positions,) cells of a column as float64, NaN where empty; text is reported."""
    cells = table.column(column)
    values = np.full(len(positions), np.nan)
    for index, position in enumerate(positions):
        cell = cells[position]
        if not cell:
            continue
        value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
        if math.isfinite(value):
            values[index] = value
        else:
            sentence = f'"{cell}" is not a number; leave the cell empty where there is none.'
            problems.append(table.problem(table.rows[position][0], column, sentence))
    return values
