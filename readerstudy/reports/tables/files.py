"""Tables of results as files for a manuscript: CSV, LaTeX and Word."""

import csv
import io
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from django.utils.text import slugify

from readerstudy.reports.office import pack, relations
from readerstudy.reports.tables.sheet import ResultTable

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#",
    "$": r"\$", "_": r"\_", "^": r"\^{}", "~": r"\~{}", "<": r"$<$", ">": r"$>$",
    "−": r"$-$", "–": "--", "→": r"$\to$", "·": r"$\cdot$", "χ": r"$\chi$", "²": r"$^2$",
    "Δ": r"$\Delta$",
}  # fmt: skip
"""Characters that mean something to LaTeX, or that its text fonts lack."""


def table_files(tables: Sequence[ResultTable]) -> dict[str, bytes]:
    """Return a CSV file per table, and all of them in one LaTeX and one Word file."""
    files = {
        f"{number:02d}-{slugify(table.title)[:60]}.csv": as_csv(table)
        for number, table in enumerate(tables, start=1)
    }
    return {**files, "tables.tex": as_latex(tables), "tables.docx": as_word(tables)}


def as_csv(table: ResultTable) -> bytes:
    """Return headings and rows in UTF-8, as they are printed."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([table.columns, *table.rows])
    return buffer.getvalue().encode()


def as_latex(tables: Sequence[ResultTable]) -> bytes:
    """Return ``table`` environments for the package booktabs, to be put into a document."""
    return "\n".join(_latex_table(table) for table in tables).encode()


def _latex_table(table: ResultTable) -> str:
    lines = [
        r"\begin{table}",
        rf"\caption{{{_latex(table.title)}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(table.columns) - 1)}}}",
        r"\toprule",
        _latex_row(table.columns),
        r"\midrule",
        *(_latex_row(row) for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par {_latex(note)}" for note in table.notes),
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(_latex(cell) for cell in cells) + r" \\"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def as_word(tables: Sequence[ResultTable]) -> bytes:
    """Return a Word document with the tables one below the other, each with its caption."""
    body = "".join(_word_table(table) for table in tables)
    parts = {
        "_rels/.rels": relations([("officeDocument", "word/document.xml")]),
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    return pack(parts, {"word/document.xml": WORD_TYPE})


def _word_table(table: ResultTable) -> str:
    head = _word_row(table.columns, heading=True)
    rows = "".join(_word_row(row) for row in table.rows)
    edges = RULE.format(side="top", size=8) + RULE.format(side="bottom", size=8)
    grid = "<w:gridCol/>" * len(table.columns)
    notes = "".join(_word_paragraph(note) for note in table.notes)
    return (
        f"{_word_paragraph(table.title, bold=True)}<w:tbl><w:tblPr>"
        f'<w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>{notes}{_word_paragraph('')}"
    )


def _word_row(cells: Sequence[str], *, heading: bool = False) -> str:
    properties = "<w:trPr><w:tblHeader/></w:trPr>" if heading else ""
    under = RULE.format(side="bottom", size=4)
    border = f"<w:tcPr><w:tcBorders>{under}</w:tcBorders></w:tcPr>" if heading else ""
    inside = "".join(
        f"<w:tc>{border}{_word_paragraph(cell, bold=heading, right=place > 0)}</w:tc>"
        for place, cell in enumerate(cells)
    )
    return f"<w:tr>{properties}{inside}</w:tr>"


def _word_paragraph(text: str, *, bold: bool = False, right: bool = False) -> str:
    properties = '<w:pPr><w:jc w:val="right"/></w:pPr>' if right else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    shown = escape(_NOT_XML.sub("", text))
    run = f'<w:r>{weight}<w:t xml:space="preserve">{shown}</w:t></w:r>' if text else ""
    return f"<w:p>{properties}{run}</w:p>"
