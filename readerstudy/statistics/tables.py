"""The four tables as they come in: text cells with their row numbers, from CSV files or memory."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from readerstudy.statistics.errors import InputError, Problem

TableName = Literal["readings", "reference", "marks", "lesions"]

REQUIRED: Mapping[TableName, tuple[str, ...]] = {
    "readings": ("reader", "arm", "case", "task"),
    "reference": ("case", "task", "truth"),
    "marks": ("reader", "arm", "case", "mark", "lesion", "rating"),
    "lesions": ("case", "lesion"),
}
OPTIONAL: Mapping[TableName, tuple[str, ...]] = {
    "readings": (
        "level", "period", "position", "repeat", "decision", "rating", "confidence", "seconds",
    ),
    "reference": ("cluster",),
    "marks": (),
    "lesions": ("weight",),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One input table.

    Attributes
    ----------
    file : str
        Name shown in messages.
    columns : tuple of str
    rows : tuple of (int, tuple of str)
        Row number in the file (the header is row 1) and the stripped cells, in column order.
    sha256 : str
        Of the file's bytes; of the equivalent CSV for rows given in memory.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sha256: str

    def problem(self, row: int, column: str, sentence: str) -> Problem:
        """A problem at one cell of this table."""
        return Problem(f"{self.file}:{row}:{column}", sentence)

    def column(self, name: str) -> list[str]:
        """Cells of a column; empty text throughout where the table has no such column."""
        if name not in self.columns:
            return [""] * len(self.rows)
        index = self.columns.index(name)
        return [cells[index] for _, cells in self.rows]

    @property
    def row_numbers(self) -> list[int]:
        return [number for number, _ in self.rows]


def read_table(path: Path, name: TableName) -> Table:
    """Read a CSV file in UTF-8 (a byte order mark is allowed).

    Raises
    ------
    InputError
        Unreadable file, wrong encoding, missing, doubled or unknown columns, ragged rows.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InputError(
            [Problem(f"{path.name}:1:file", f"The file was not read: {reason}.")]
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        sentence = "The file is not UTF-8 text; save it as CSV UTF-8."
        raise InputError([Problem(f"{path.name}:{row}:file", sentence)]) from error
    return _parse(text, path.name, name, hashlib.sha256(content).hexdigest())


def table_from_rows(rows: Iterable[Mapping[str, object]], name: TableName) -> Table:
    """A table from dictionaries, as the web application has them.

    ``None`` is an empty cell. Columns are those of the contract that any row uses, further ones
    in the order they appear; rows are numbered from 2 as if written to a file.
    """
    materialised = list(rows)
    used = {key for row in materialised for key in row}
    known = REQUIRED[name] + OPTIONAL[name]
    columns = list(REQUIRED[name]) + [key for key in OPTIONAL[name] if key in used]
    columns += sorted(used.difference(known))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in materialised:
        cells = (row.get(key) for key in columns)
        writer.writerow(["" if cell is None else cell for cell in cells])
    text = buffer.getvalue()
    return _parse(text, name, name, hashlib.sha256(text.encode()).hexdigest())


def _parse(text: str, file: str, name: TableName, sha256: str) -> Table:
    records: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, record in enumerate(reader, start=1):
            cells = tuple(cell.strip() for cell in record)
            if any(cells):
                records.append((number, cells))
    except csv.Error as error:
        place = f"{file}:{len(records) + 1}:file"
        raise InputError([Problem(place, f"The row is not valid CSV: {error}.")]) from error
    if not records:
        raise InputError([Problem(f"{file}:1:file", "The file is empty; a header row is needed.")])
    header_row, columns = records[0]
    problems = _header_problems(columns, file, header_row, name)
    if problems:
        raise InputError(problems)
    body = records[1:]
    ragged = [
        Problem(
            f"{file}:{number}:{columns[min(len(cells), len(columns)) - 1]}",
            f"The row has {len(cells)} cells where the header has {len(columns)}.",
        )
        for number, cells in body
        if len(cells) != len(columns)
    ]
    if ragged:
        raise InputError(ragged)
    return Table(file, columns, tuple(body), sha256)


def _header_problems(columns: Sequence[str], file: str, row: int, name: TableName) -> list[Problem]:
    known = REQUIRED[name] + OPTIONAL[name]
    problems = [
        Problem(f"{file}:{row}:{column}", f'The required column "{column}" is missing.')
        for column in REQUIRED[name]
        if column not in columns
    ]
    for index, column in enumerate(columns):
        if not column:
            sentence = f"Column {index + 1} has no name."
        elif column in columns[:index]:
            sentence = f'The column "{column}" stands there twice.'
        elif column not in known and name != "reference":
            sentence = f'The column "{column}" is unknown; known are {", ".join(known)}.'
        else:
            continue
        problems.append(Problem(f"{file}:{row}:{column or index + 1}", sentence))
    return problems
