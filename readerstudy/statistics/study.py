"""The data of one study as the engine takes them: tables with row numbers, and their frame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from readerstudy.statistics.assemble import build_frame
from readerstudy.statistics.errors import InputError, Problem
from readerstudy.statistics.frame import Frame
from readerstudy.statistics.tables import Table, TableName, read_table, table_from_rows
from readerstudy.statistics.tasks import Task

Rows = Iterable[Mapping[str, object]]


@dataclass(frozen=True)
class Study:
    """Checked input."""

    readings: Table
    reference: Table
    frame: Frame


def read_tables(
    readings: Path, reference: Path, marks: Path | None = None, lesions: Path | None = None
) -> dict[TableName, Table]:
    """Read the CSV files that are given. Raises ``InputError`` with the faults of all of them."""
    paths: dict[TableName, Path | None] = {
        "readings": readings, "reference": reference, "marks": marks, "lesions": lesions,
    }  # fmt: skip
    tables: dict[TableName, Table] = {}
    problems: list[Problem] = []
    for name, path in paths.items():
        if path is None:
            continue
        try:
            tables[name] = read_table(path, name)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tables


def tables_from_rows(
    readings: Rows, reference: Rows, marks: Rows | None = None, lesions: Rows | None = None
) -> dict[TableName, Table]:
    """Tables from rows in memory (dictionaries by column name)."""
    given: dict[TableName, Rows | None] = {
        "readings": readings, "reference": reference, "marks": marks, "lesions": lesions,
    }  # fmt: skip
    return {name: table_from_rows(rows, name) for name, rows in given.items() if rows is not None}


def assemble(tables: Mapping[TableName, Table], tasks: Mapping[str, Task]) -> Study:
    """Check the tables against the tasks. Raises ``InputError``."""
    frame = build_frame(
        tables["readings"], tables["reference"], tasks, tables.get("marks"), tables.get("lesions")
    )
    return Study(tables["readings"], tables["reference"], frame)
