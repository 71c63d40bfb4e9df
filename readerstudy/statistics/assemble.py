"""Tables and plan -> frame: every cell is checked, every fault names its row and column."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from readerstudy.statistics.assemble_marks import build_marks
from readerstudy.statistics.cells import numbers, report_empty
from readerstudy.statistics.errors import InputError, Problem
from readerstudy.statistics.frame import Cases, Frame, Readings, TaskFrame
from readerstudy.statistics.tables import Table
from readerstudy.statistics.tasks import NO_DECISION, Task

WHOLE = re.compile(r"(\d{1,9})(?:\.0*)?", re.ASCII)
"""A whole number; tables that went through other programs spell 1 as 1.0."""
JOINT = ";"
"""Separates several decisions in one cell, which contradict each other."""


def build_frame(
    readings: Table,
    reference: Table,
    tasks: Mapping[str, Task],
    marks: Table | None = None,
    lesions: Table | None = None,
) -> Frame:
    """Check and code the tables.

    Readings of tasks that the plan does not name stay out of the frame (the oddity report counts
    them), but their rows are checked as far as the plan allows.

    Raises
    ------
    InputError
        With every fault of every table.
    """
    problems: list[Problem] = []
    case_rows = _reference_rows(reference, tasks, problems)
    reading_rows = _reading_rows(readings, case_rows, problems)
    frames: dict[str, TaskFrame] = {}
    for name, task in tasks.items():
        cases = _cases(reference, case_rows, task, problems)
        index = {code: position for position, code in enumerate(cases.code.tolist())}
        rows = [row for row, key in reading_rows.items() if key == name]
        frames[name] = TaskFrame(task, cases, _readings(readings, rows, task, index, problems))
    localisation = None
    if marks is not None and lesions is not None:
        localisation = build_marks(marks, lesions, readings, reference, problems)
    if problems:
        raise InputError(sorted(problems, key=_file_order))
    return Frame(frames, localisation)


def _file_order(problem: Problem) -> tuple[str, int]:
    file, row, _ = problem.place.rsplit(":", 2)
    return file, int(row)


def _reference_rows(
    table: Table, tasks: Mapping[str, Task], problems: list[Problem]
) -> dict[tuple[str, str], int]:
    """(case, task) -> position of its row in the reference table."""
    report_empty(table, ("case", "task"), problems)
    truths = table.column("truth")
    has_truth = {task for task, truth in zip(table.column("task"), truths, strict=True) if truth}
    rows: dict[tuple[str, str], int] = {}
    keys = zip(table.column("case"), table.column("task"), strict=True)
    for position, key in enumerate(keys):
        number, task = table.rows[position][0], key[1]
        if key in rows:
            sentence = f'The case "{key[0]}" has a second row for the task "{task}".'
            problems.append(table.problem(number, "case", sentence))
            continue
        rows[key] = position
        if not truths[position] and task in has_truth:
            problems.append(table.problem(number, "truth", "The truth is empty."))
        elif truths[position] and task in tasks and truths[position] not in tasks[task].code_of:
            sentence = f'"{truths[position]}" is not a category of the task "{task}".'
            problems.append(table.problem(number, "truth", sentence))
    return rows


def _cases(
    table: Table, rows: Mapping[tuple[str, str], int], task: Task, problems: list[Problem]
) -> Cases:
    positions = [position for (_, name), position in rows.items() if name == task.name]
    cells = {name: table.column(name) for name in table.columns}
    codes = [cells["case"][position] for position in positions]
    truth = [task.code_of.get(cells["truth"][position], NO_DECISION) for position in positions]
    clusters = [cells["cluster"][p] for p in positions] if "cluster" in cells else codes
    for position, cluster in zip(positions, clusters, strict=True):
        if not cluster:
            number = table.rows[position][0]
            problems.append(table.problem(number, "cluster", "The cluster is empty."))
    cluster_index = {name: index for index, name in enumerate(dict.fromkeys(clusters))}
    strata = {
        name: np.array([column[position] for position in positions], dtype=np.str_)
        for name, column in cells.items()
        if name not in ("case", "task", "truth", "cluster")
    }
    return Cases(
        code=np.array(codes, dtype=np.str_),
        truth=np.array(truth, dtype=np.int64),
        cluster=np.array([cluster_index[name] for name in clusters], dtype=np.int64),
        strata=strata,
    )


def _reading_rows(
    table: Table, case_rows: Mapping[tuple[str, str], int], problems: list[Problem]
) -> dict[int, str]:
    """Position of each usable row -> its task."""
    report_empty(table, ("reader", "arm", "case", "task"), problems)
    columns = [table.column(name) for name in ("reader", "arm", "case", "task")]
    columns += [[_plain(cell) for cell in table.column(name)] for name in ("period", "repeat")]
    seen: dict[tuple[str, ...], int] = {}
    usable: dict[int, str] = {}
    for position, key in enumerate(zip(*columns, strict=True)):
        number = table.rows[position][0]
        case, task, repeat = key[2], key[3], key[5] or "0"
        if not repeat.isdecimal():
            sentence = f'"{repeat}" is not a repeat; use 0 for the first reading, then 1, 2, ...'
            problems.append(table.problem(number, "repeat", sentence))
            continue
        unique = (*key[:5], repeat)
        if unique in seen:
            sentence = (
                f"The same reader, arm, case, task, period and repeat stand in row {seen[unique]}."
            )
            problems.append(table.problem(number, "case", sentence))
        elif case and task and (case, task) not in case_rows:
            sentence = f'The reference has no row for case "{case}" and task "{task}".'
            problems.append(table.problem(number, "case", sentence))
        else:
            usable[position] = task
        seen.setdefault(unique, number)
    return usable


def _readings(
    table: Table, rows: Sequence[int], task: Task, case_index: Mapping[str, int],
    problems: list[Problem],
) -> Readings:  # fmt: skip
    def text(name: str) -> list[str]:
        column = table.column(name)
        return [column[row] for row in rows]

    row_numbers = [table.rows[row][0] for row in rows]
    decision = [_decision(cell, task) for cell in text("decision")]
    for number, found in zip(row_numbers, decision, strict=True):
        if isinstance(found[0], str):
            sentence = f'"{found[0]}" is not a category of the task "{task.name}".'
            problems.append(table.problem(number, "decision", sentence))
    measured = {
        name: numbers(table, name, rows, problems)
        for name in ("position", "rating", "confidence", "seconds")
    }
    return Readings(
        row=np.array(row_numbers, dtype=np.int64),
        reader=np.array(text("reader"), dtype=np.str_),
        level=np.array(text("level"), dtype=np.str_),
        arm=np.array(text("arm"), dtype=np.str_),
        period=np.array([_plain(cell) for cell in text("period")], dtype=np.str_),
        repeat=np.array([int(_plain(cell) or 0) for cell in text("repeat")], dtype=np.int64),
        case=np.array([case_index.get(code, -1) for code in text("case")], dtype=np.int64),
        decision=np.array(
            [code if isinstance(code, int) else NO_DECISION for code, _ in decision], dtype=np.int64
        ),
        contradictory=np.array([several for _, several in decision], dtype=bool),
        **measured,
    )


def _plain(cell: str) -> str:
    """A whole number without leading zeros or decimals (1.0 is 1), other text as it is."""
    found = WHOLE.fullmatch(cell)
    return str(int(found[1])) if found else cell


def _decision(cell: str, task: Task) -> tuple[int | str, bool]:
    """(code, contradictory) of a decision cell; the unknown word instead of a code."""
    if cell in task.code_of:
        return task.code_of[cell], False
    words = [word for part in cell.split(JOINT) if (word := part.strip())]
    for word in words:
        if word not in task.code_of:
            return word, False
    if len(words) == 1:
        return task.code_of[words[0]], False
    return NO_DECISION, len(words) > 1
