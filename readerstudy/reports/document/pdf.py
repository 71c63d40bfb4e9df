"""A document as PDF."""

import math
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    Spacer,
    Table,
    TableStyle,
)

from readerstudy.reports import plots
from readerstudy.reports.document.blocks import (
    Alert,
    Block,
    Bullets,
    Document,
    Figure,
    Formula,
    Grid,
    Paragraph,
    Section,
    numbered,
)
from webapp.core.typesetting import (
    CAUTION,
    CAUTION_GROUND,
    QUIET,
    marked_up,
    paragraph,
    style,
    text_width,
    typeset,
)

TEXT_MM, COLUMN_MM = 170.0, 82.0
"""Width of the text, and of a figure: two stand beside each other."""
TALLEST_MM = 210.0
RULE = HexColor("#c9ced3")
HEADS = {1: (15, 6), 2: (11.5, 4), 3: (9.5, 3)}
"""Type size in points and space above in mm of the headings."""
ROOM_MM = 45.0
"""Height that must be left below a heading, or it starts a page."""
ROWS_KEPT = 6
"""Tables with more rows may run over the page."""
CELL = 6.6
"""Type size in tables."""


def print_pdf(document: Document) -> bytes:
    """Print a document as PDF; the same document gives the same bytes."""
    flowables: list[Flowable] = [
        paragraph(document.kind, style(8.5, colour=QUIET)),
        paragraph(document.title, style(18, bold=True)),
        paragraph(" · ".join(document.marks), style(9, bold=True, colour=CAUTION)),
    ]
    for section in numbered(document):
        flowables += _section(section)
    return typeset(
        flowables,
        title=f"{document.title} - {document.kind}",
        footer=" · ".join(document.marks),
        page_of=_("page {page} of {pages}"),
    )


def _section(section: Section) -> Iterator[Flowable]:
    size, above = HEADS[section.level]
    yield CondPageBreak((ROOM_MM if section.blocks else 2 * ROOM_MM) * mm)
    yield paragraph(section.title, style(size, bold=True, above=above * mm))
    pictures: list[Figure] = []
    for block in section.blocks:
        if isinstance(block, Figure):
            pictures.append(block)
            continue
        yield from _pictures(pictures)
        pictures = []
        yield from PRINTERS[type(block)](block)
    yield from _pictures(pictures)


def _paragraph(block: Paragraph) -> Iterator[Flowable]:
    yield paragraph(block.text, style(9))


def _formula(block: Formula) -> Iterator[Flowable]:
    line = Table([[marked_up(block.markup, style(8.5))]], colWidths=(TEXT_MM * mm,))
    line.setStyle(
        TableStyle([("LINEBEFORE", (0, 0), (0, -1), 2, RULE), ("TOPPADDING", (0, 0), (-1, -1), 1)])
    )
    yield line
    yield Spacer(1, 1 * mm)


def _bullets(block: Bullets) -> Iterator[Flowable]:
    for item in block.items:
        yield paragraph(item if item.startswith("[") else f"•  {item}", style(8.5))


def _alert(block: Alert) -> Iterator[Flowable]:
    lines = [[paragraph(block.title, style(9.5, bold=True, colour=CAUTION))]]
    lines += [[paragraph(f"•  {item}", style(8.5))] for item in block.items]
    frame = Table(lines, colWidths=(TEXT_MM * mm,))
    frame.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), CAUTION_GROUND)]))
    yield frame
    yield Spacer(1, 2 * mm)


def _grid(block: Grid) -> Iterator[Flowable]:
    """Yield a table; one that runs over the page repeats its caption and headings."""
    caption = [paragraph(block.caption, style(8.5, bold=True)), *[""] * (len(block.columns) - 1)]
    heads = [paragraph(head, style(CELL, bold=True)) for head in block.columns]
    cells = [[paragraph(cell, style(CELL)) for cell in row] for row in block.rows]
    top = [caption, heads] if block.caption else [heads]
    table = Table([*top, *cells], colWidths=_widths(block), repeatRows=len(top), hAlign="LEFT")
    table.setStyle(_table_style(len(top) - 1))
    yield KeepTogether([table]) if len(block.rows) <= ROWS_KEPT else table
    for note in block.notes:
        yield paragraph(note, style(7.5, colour=QUIET))
    yield Spacer(1, 3 * mm)


def _widths(block: Grid) -> list[float]:
    """Give each column its longest word; share the rest by what the columns have to hold."""
    columns = list(zip(block.columns, *block.rows, strict=True))
    least = [
        max(text_width(word, CELL, bold=not row) for row, cell in enumerate(column)
            for word in (cell.split() or [""])) + CELL
        for column in columns
    ]  # fmt: skip
    whole = [max(text_width(cell, CELL) for cell in column) + CELL for column in columns]
    left = TEXT_MM * mm - sum(least)
    if left <= 0:
        return [TEXT_MM * mm * width / sum(least) for width in least]
    wishes = [most - word for most, word in zip(whole, least, strict=True)]
    if sum(wishes) <= left:
        return [most + (left - sum(wishes)) / len(columns) for most in whole]
    shares = [math.sqrt(max(wish, 0)) for wish in wishes]
    return [word + left * share / sum(shares) for word, share in zip(least, shares, strict=True)]


def _pictures(figures: list[Figure]) -> Iterator[Flowable]:
    """Yield figures in pairs, those as wide as the page alone."""
    row: list[Figure] = []
    for figure in figures:
        if figure.plot.wide:
            yield from _row(row, COLUMN_MM)
            yield from _row([figure], TEXT_MM)
            row = []
        elif len(row) == 1:
            yield from _row([*row, figure], COLUMN_MM)
            row = []
        else:
            row = [figure]
    yield from _row(row, COLUMN_MM)


def _row(figures: list[Figure], width_mm: float) -> Iterator[Flowable]:
    if not figures:
        return
    cells = [_picture(figure, width_mm) for figure in figures]
    row = Table([cells], colWidths=(max(width_mm, TEXT_MM / 2) * mm,) * len(cells), hAlign="LEFT")
    row.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    )
    yield row
    yield Spacer(1, 2 * mm)


def _picture(figure: Figure, width_mm: float) -> list[Flowable]:
    image = Image(BytesIO(plots.draw(figure.plot, figure.entry, "png")))
    scale = min(width_mm * mm / image.imageWidth, TALLEST_MM * mm / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    return [image, paragraph(figure.caption, style(7.5))]


def _table_style(head: int) -> TableStyle:
    """Return rules and spacing of a table whose headings stand in row `head`, below a caption."""
    return TableStyle(
        [
            ("SPAN", (0, 0), (-1, 0)) if head else ("VALIGN", (0, 0), (-1, 0), "TOP"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEABOVE", (0, head), (-1, head), 1, QUIET),
            ("LINEBELOW", (0, head), (-1, head), 0.6, QUIET),
            ("LINEBELOW", (0, head + 1), (-1, -2), 0.25, RULE),
            ("LINEBELOW", (0, -1), (-1, -1), 1, QUIET),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )


PRINTERS: dict[type[Block], Callable[[Any], Iterator[Flowable]]] = {
    Paragraph: _paragraph,
    Formula: _formula,
    Bullets: _bullets,
    Alert: _alert,
    Grid: _grid,
}
