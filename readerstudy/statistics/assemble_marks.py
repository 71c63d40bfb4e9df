"""Marks and lesions -> arrays, each mark tied to a reading and, when it is a hit, to a lesion."""

from collections.abc import Mapping

import numpy as np

from readerstudy.statistics.cells import numbers, report_empty
from readerstudy.statistics.errors import Problem
from readerstudy.statistics.frame import Marks
from readerstudy.statistics.tables import Table


def build_marks(
    marks: Table, lesions: Table, readings: Table, reference: Table, problems: list[Problem]
) -> Marks:
    """Check and code the marks and the lesions; faults are added to ``problems``.

    A reader without marks on a case still read it: readings.csv says who read what, so a mark needs
    its reading.
    """
    cases = set(reference.column("case"))
    lesion_keys = list(zip(lesions.column("case"), lesions.column("lesion"), strict=True))
    report_empty(lesions, ("case", "lesion"), problems)
    lesion_index: dict[tuple[str, str], int] = {}
    for index, key in enumerate(lesion_keys):
        number = lesions.rows[index][0]
        if lesion_index.setdefault(key, index) != index:
            problems.append(lesions.problem(number, "lesion", f'"{key[1]}" stands there twice.'))
        elif key[0] and key[0] not in cases:
            sentence = f'The reference has no case "{key[0]}".'
            problems.append(lesions.problem(number, "case", sentence))
    weights = numbers(lesions, "weight", range(len(lesion_keys)), problems)
    for number, weight in zip(lesions.row_numbers, weights, strict=True):
        if weight < 0:
            problems.append(lesions.problem(number, "weight", "A weight is not negative."))
    rating = numbers(marks, "rating", range(len(marks.rows)), problems)
    lesion = _lesions_hit(marks, readings, lesion_index, problems)
    report_empty(marks, ("reader", "arm", "case", "mark", "rating"), problems)
    return Marks(
        reader=np.array(marks.column("reader"), dtype=np.str_),
        arm=np.array(marks.column("arm"), dtype=np.str_),
        case=np.array(marks.column("case"), dtype=np.str_),
        rating=rating,
        lesion=np.array(lesion, dtype=np.int64),
        lesion_case=np.array([case for case, _ in lesion_keys], dtype=np.str_),
        lesion_code=np.array([code for _, code in lesion_keys], dtype=np.str_),
        lesion_weight=weights,
    )


def _lesions_hit(
    marks: Table, readings: Table, lesion_index: Mapping[tuple[str, str], int],
    problems: list[Problem],
) -> list[int]:  # fmt: skip
    read = set(_reading_keys(readings))
    seen: set[tuple[str, ...]] = set()
    index = []
    columns = (
        _reading_keys(marks),
        marks.column("mark"),
        marks.column("lesion"),
        marks.row_numbers,
    )
    for key, mark, lesion, number in zip(*columns, strict=True):
        if key not in read:
            sentence = "The readings have no row of this reader, arm and case."
            problems.append(marks.problem(number, "case", sentence))
        if (*key, mark) in seen:
            problems.append(marks.problem(number, "mark", f'The mark "{mark}" stands there twice.'))
        seen.add((*key, mark))
        if lesion and (key[2], lesion) not in lesion_index:
            sentence = f'The lesions have no "{lesion}" in case "{key[2]}".'
            problems.append(marks.problem(number, "lesion", sentence))
        index.append(lesion_index.get((key[2], lesion), -1) if lesion else -1)
    return index


def _reading_keys(table: Table) -> list[tuple[str, ...]]:
    columns = (table.column(name) for name in ("reader", "arm", "case"))
    return list(zip(*columns, strict=True))
