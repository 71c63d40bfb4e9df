"""Small Excel workbooks (Office Open XML, ECMA-376) without a spreadsheet library.

Sheets of text and numbers, nothing else: no styles, formulas or dates.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from readerstudy.reports.interchange.dataset import InterchangeError
from readerstudy.reports.office import RELATIONS, pack, relations

Cell = str | float | int | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAX_PART = 64 * 1024 * 1024
"""Largest part of a workbook that is read, in bytes."""


def write_workbook(sheets: Sheets) -> bytes:
    """An ``.xlsx`` file; the same sheets give the same bytes."""
    names = list(sheets)
    paths = [f"worksheets/sheet{index}.xml" for index in range(1, len(names) + 1)]
    parts = {
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(names),
        "xl/_rels/workbook.xml.rels": relations([("worksheet", path) for path in paths]),
        **{f"xl/{path}": _sheet(rows) for path, rows in zip(paths, sheets.values(), strict=True)},
    }
    types = {
        "xl/workbook.xml": f"{TYPES}.sheet.main+xml",
        **{f"xl/{path}": f"{TYPES}.worksheet+xml" for path in paths},
    }
    return pack(parts, types)


def read_workbook(content: bytes) -> dict[str, list[list[Cell]]]:
    """Sheets by name; rows are padded to nothing, absent cells are None.

    Raises
    ------
    InterchangeError
        If it is no workbook, or one that is unreasonably large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = _part(archive, "xl/workbook.xml")
            targets = {
                item.attrib["Id"]: item.attrib["Target"]
                for item in _part(archive, "xl/_rels/workbook.xml.rels")
            }
            strings = []
            if "xl/sharedStrings.xml" in archive.namelist():
                shared = _part(archive, "xl/sharedStrings.xml")
                strings = [_text(item) for item in shared.findall(f"{{{MAIN}}}si")]
            sheets = {}
            for sheet in book.iter(f"{{{MAIN}}}sheet"):
                target = targets[sheet.attrib[f"{{{RELATIONS}}}id"]]
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                sheets[sheet.attrib["name"]] = _rows(_part(archive, path), strings)
            return sheets
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, ElementTree.ParseError) as error:
        if isinstance(error, InterchangeError):
            raise
        raise InterchangeError("The file is not an Excel workbook (.xlsx).") from error


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if archive.getinfo(name).file_size > MAX_PART:
        raise InterchangeError(f"The part {name} of the workbook is too large to be read.")
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InterchangeError("The workbook declares XML entities, which are not read.")
    return ElementTree.fromstring(content)


def _rows(sheet: ElementTree.Element, strings: Sequence[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for row in sheet.iter(f"{{{MAIN}}}row"):
        cells: dict[int, Cell] = {}
        for place, cell in enumerate(row.findall(f"{{{MAIN}}}c")):
            letters = re.match(r"[A-Z]+", cell.attrib.get("r", ""))
            column = _column_number(letters.group()) if letters else place
            cells[column] = _value(cell, strings)
        rows.append([cells.get(column) for column in range(max(cells, default=-1) + 1)])
    return rows


def _value(cell: ElementTree.Element, strings: Sequence[str]) -> Cell:
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return _text(cell) or None
    value = cell.findtext(f"{{{MAIN}}}v")
    if not value:
        return None
    if kind == "s":
        return strings[int(value)] or None
    return value if kind == "str" else float(value)


def _text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{{{MAIN}}}t"))


def _sheet(rows: Sequence[Sequence[Cell]]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _cell(f"{_column_letters(column)}{number}", value)
            for column, value in enumerate(row)
            if value is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        text = f'<t xml:space="preserve">{escape(value)}</t>'
        return f'<c r="{place}" t="inlineStr"><is>{text}</is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _book(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{index}" r:id="rId{index}"/>'
        for index, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _column_letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
