"""The Excel workbook of the R package RJafroc (new format): sheets Truth, FP and TP.

``Truth``: CaseID, LesionID (0 = negative case), Weight, ReaderID and ModalityID (all of them,
joined by commas), Paradigm (ROC or FROC, below it FCTRL). ``FP``: marks on no lesion; ``TP``:
marks on lesions. Case and lesion numbers are whole; our own codes stand in two further columns of
Truth, which RJafroc does not read. It is read by
``DfReadDataFile("study.xlsx", newExcelFileFormat = TRUE)``.
https://cran.r-project.org/package=RJafroc
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TypeAlias

from readerstudy.reports.interchange.dataset import (
    Dataset,
    InterchangeError,
    Lesion,
    Mark,
    Rating,
    number_text,
)
from readerstudy.reports.interchange.workbook import Cell, read_workbook, write_workbook

TRUTH = ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm", "Case", "Lesion")
FP = ("ReaderID", "ModalityID", "CaseID", "FP_Rating")
TP = ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating")
RATINGS = ("FP_Rating", "NL_Rating", "TP_Rating", "LL_Rating")
Key: TypeAlias = tuple[str, str]
"""(case, lesion)"""
LESION = "1"
"""Code of the lesion that stands for a positive case of a ROC study."""


def write_rjafroc(data: Dataset) -> bytes:
    """The workbook of a ROC or, where there are marks and lesions, a FROC study.

    Raises
    ------
    InterchangeError
        Unless every reader read every case in every arm, or for names with a comma.
    """
    _check_crossed(data)
    marks = data.marks if data.is_froc else _marks_of_ratings(data)
    lesions = data.lesions if data.is_froc else _lesions_of_cases(data)
    cases = {case: number for number, case in enumerate(data.positive, start=1)}
    numbers = _lesion_numbers(lesions)
    found = _highest_on_lesions(marks)
    return write_workbook(
        {
            "Truth": [TRUTH, *_truth_rows(data, cases, lesions, numbers)],
            "FP": [FP]
            + [
                (mark.reader, mark.arm, cases[mark.case], mark.rating)
                for mark in marks
                if mark.lesion is None
            ],
            "TP": [TP]
            + [
                (reader, arm, cases[case], numbers[case, lesion], rating)
                for (reader, arm, case, lesion), rating in found.items()
            ],
        }
    )


def read_rjafroc(content: bytes) -> Dataset:
    """The data set in such a workbook; sheets may be called NL and LL instead of FP and TP.

    Raises
    ------
    InterchangeError
        If sheets or columns are missing, or a cell cannot be used.
    """
    sheets = {name.upper(): rows for name, rows in read_workbook(content).items()}
    truth = _table(sheets, ("TRUTH",), TRUTH[:6])
    false = _table(sheets, ("FP", "NL"), FP[:3])
    true = _table(sheets, ("TP", "LL"), TP[:4])
    if not truth:
        raise InterchangeError("The sheet Truth has no rows.")
    cases = {_label(row["CaseID"]): _label(row.get("Case") or row["CaseID"]) for row in truth}
    lesions, codes = _read_lesions(truth, cases)
    positive = dict.fromkeys(cases.values(), False)
    positive.update((lesion.case, True) for lesion in lesions)
    marks = [_mark(row, f"f{number}", cases, None) for number, row in enumerate(false)]
    marks += [_mark(row, f"t{number}", cases, codes) for number, row in enumerate(true)]
    if _label(truth[0]["Paradigm"]).upper() == "ROC":
        return Dataset(positive, tuple(Rating(m.reader, m.arm, m.case, m.rating) for m in marks))
    readers, arms = _names(truth[0]["ReaderID"]), _names(truth[0]["ModalityID"])
    read = tuple(Rating(r, a, case, None) for r, a, case in product(readers, arms, positive))
    return Dataset(positive, read, tuple(marks), lesions)


def _check_crossed(data: Dataset) -> None:
    read = {rating[:3] for rating in (data.ratings if data.is_froc else data.rated())}
    absent = set(product(data.readers, data.arms, data.positive)) - read
    if absent:
        raise InterchangeError(
            f"{len(absent)} readings of the full crossing are absent; this form of RJafroc's "
            "workbook needs every reader to read every case in every arm."
        )
    for name in (*data.readers, *data.arms):
        if "," in name:
            raise InterchangeError(f'RJafroc cannot take "{name}" as a name: it holds a comma.')


def _marks_of_ratings(data: Dataset) -> tuple[Mark, ...]:
    return tuple(
        Mark(reader, arm, case, LESION, LESION if data.positive[case] else None, rating)
        for reader, arm, case, rating in data.rated()
    )


def _lesions_of_cases(data: Dataset) -> tuple[Lesion, ...]:
    return tuple(Lesion(case, LESION, 1.0) for case, truth in data.positive.items() if truth)


def _lesion_numbers(lesions: Sequence[Lesion]) -> dict[Key, int]:
    """Numbers 1, 2, ... of the lesions of each case."""
    counts: dict[str, int] = {}
    numbers = {}
    for lesion in lesions:
        counts[lesion.case] = numbers[lesion.case, lesion.lesion] = counts.get(lesion.case, 0) + 1
    return numbers


def _highest_on_lesions(marks: Sequence[Mark]) -> dict[tuple[str, str, str, str], float]:
    """Rating of each lesion found: RJafroc takes one mark per lesion, the highest counts."""
    found: dict[tuple[str, str, str, str], float] = {}
    for mark in marks:
        if mark.lesion is not None:
            key = (mark.reader, mark.arm, mark.case, mark.lesion)
            found[key] = max(found.get(key, mark.rating), mark.rating)
    return found


def _truth_rows(
    data: Dataset, cases: Mapping[str, int], lesions: Sequence[Lesion], numbers: Mapping[Key, int]
) -> list[list[Cell]]:
    own: dict[str, list[Lesion]] = {case: [] for case in cases}
    for lesion in lesions:
        own[lesion.case].append(lesion)
    everybody: list[Cell] = [", ".join(data.readers), ", ".join(data.arms)]
    rows: list[list[Cell]] = []
    for case, number in cases.items():
        weights = [1.0 if lesion.weight is None else lesion.weight for lesion in own[case]]
        if own[case] and not sum(weights) > 0:
            raise InterchangeError(f'The lesions of case "{case}" have no weight above 0.')
        for lesion, weight in zip(own[case], weights, strict=True):
            share = weight / sum(weights)
            place = numbers[case, lesion.lesion]
            rows.append([number, place, share, *everybody, None, case, lesion.lesion])
        if not own[case]:
            if data.positive[case]:
                raise InterchangeError(f'The positive case "{case}" has no lesion listed.')
            rows.append([number, 0, 0, *everybody, None, case, None])
    rows[0][5] = "FROC" if data.is_froc else "ROC"
    if len(rows) > 1:
        rows[1][5] = "FCTRL"
    return rows


def _read_lesions(
    truth: Sequence[Mapping[str, Cell]], cases: Mapping[str, str]
) -> tuple[tuple[Lesion, ...], dict[Key, str]]:
    lesions, codes = [], {}
    for row in truth:
        if row["LesionID"] in (0, "0"):
            continue
        code = _label(row.get("Lesion") or row["LesionID"])
        codes[_label(row["CaseID"]), _label(row["LesionID"])] = code
        weight = row["Weight"]
        given = float(weight) if weight not in (None, 0, "0") else None
        lesions.append(Lesion(cases[_label(row["CaseID"])], code, given))
    return tuple(lesions), codes


def _mark(
    row: Mapping[str, Cell], code: str, cases: Mapping[str, str], lesions: Mapping[Key, str] | None
) -> Mark:
    """A row of FP (no `lesions`) or TP."""
    number = _label(row["CaseID"])
    if number not in cases:
        raise InterchangeError(f"The case {number} is not in the sheet Truth.")
    lesion = None
    if lesions is not None:
        key = (number, _label(row["LesionID"]))
        if key not in lesions:
            raise InterchangeError(f"The lesion {key[1]} of case {number} is not in Truth.")
        lesion = lesions[key]
    reader, arm = _label(row["ReaderID"]), _label(row["ModalityID"])
    return Mark(reader, arm, cases[number], code, lesion, _rating(row))


def _table(
    sheets: Mapping[str, list[list[Cell]]], names: Sequence[str], columns: Sequence[str]
) -> list[dict[str, Cell]]:
    rows = next((sheets[name] for name in names if name in sheets), None)
    if not rows:
        raise InterchangeError(f"The workbook has no sheet {' or '.join(names)} with a header.")
    header = [str(cell) for cell in rows[0]]
    absent = [column for column in columns if column not in header]
    if absent:
        raise InterchangeError(f"The sheet {names[0]} has no column {', '.join(absent)}.")
    body = [row for row in rows[1:] if any(cell is not None for cell in row)]
    return [
        {name: row[place] if place < len(row) else None for place, name in enumerate(header)}
        for row in body
    ]


def _rating(row: Mapping[str, Cell]) -> float:
    value = next((row[name] for name in RATINGS if row.get(name) is not None), None)
    try:
        return float("" if value is None else value)
    except ValueError as error:
        raise InterchangeError(f'"{value}" is no rating.') from error


def _label(value: Cell) -> str:
    """Text of an identifier; whole numbers without a point."""
    if value is None:
        raise InterchangeError("A cell that names a reader, arm, case or lesion is empty.")
    return number_text(value) if isinstance(value, int | float) else value


def _names(value: Cell) -> list[str]:
    return [name.strip() for name in _label(value).split(",")]
