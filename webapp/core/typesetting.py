"""Fonts, styles and page frame of printed reports; nothing here knows what a report says."""

import re
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

INK, QUIET, CAUTION = HexColor("#1c1f22"), HexColor("#565d64"), HexColor("#7a5200")
CAUTION_GROUND = HexColor("#fdf0d2")
LATIN, LATIN_BOLD, LATIN_OBLIQUE = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"
HAN = "STSong-Light"
MARGIN = 20 * mm

_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")


@cache
def _register_fonts() -> None:
    """Make the fonts known: DejaVu from matplotlib's data, and readers' own font for Chinese."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (LATIN, LATIN_BOLD, LATIN_OBLIQUE):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont(HAN))
    families = (LATIN, LATIN_BOLD, LATIN_OBLIQUE), (HAN, HAN, HAN)
    for upright, bold, oblique in families:
        pdfmetrics.registerFontFamily(
            upright, normal=upright, bold=bold, italic=oblique, boldItalic=bold
        )


def style(
    size: float = 9.5,
    *,
    bold: bool = False,
    colour: Any = INK,
    above: float = 0,
) -> ParagraphStyle:
    """Return a text style; sizes in points."""
    return ParagraphStyle(
        f"{size}-{bold}-{colour}-{above}",
        fontName=LATIN_BOLD if bold else LATIN,
        fontSize=size,
        leading=size * 1.45,
        textColor=colour,
        spaceBefore=above,
        spaceAfter=2,
    )


def paragraph(text: str, look: ParagraphStyle) -> Paragraph:
    """Set plain text: nothing in it is read as markup, line breaks stay."""
    return marked_up(escape(text).replace("\n", "<br/>"), look)


def marked_up(text: str, look: ParagraphStyle) -> Paragraph:
    """Set text of our own with tags such as i, sub and sup; never text that people have typed."""
    _register_fonts()
    runs = _HAN.sub(lambda run: f'<font name="{HAN}">{run.group()}</font>', text)
    return Paragraph(runs, look)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in points."""
    _register_fonts()
    return float(pdfmetrics.stringWidth(text, LATIN_BOLD if bold else LATIN, size))


def typeset(flowables: Sequence[Flowable], *, title: str, footer: str, page_of: str) -> bytes:
    """Lay out a document; the same content gives the same bytes.

    Parameters
    ----------
    flowables
        The content.
    title
        Title in the file's properties.
    footer
        Line at the bottom of each page.
    page_of
        Format with ``{page}`` and ``{pages}``.
    """
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        author="Reading Room",
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=24 * mm,
        invariant=1,
    )

    class Numbered(_NumberedCanvas):
        lines = (footer, page_of)

    document.build(list(flowables), canvasmaker=Numbered)
    return buffer.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Keeps finished pages back until their number is known, then prints the foot of each."""

    lines: tuple[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._finished: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Remember the page instead of writing it."""
        self._finished.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages, each with its foot."""
        for number, page in enumerate(self._finished, start=1):
            self.__dict__.update(page)
            self._foot(number, len(self._finished))
            super().showPage()
        super().save()

    def _foot(self, page: int, pages: int) -> None:
        footer, page_of = self.lines
        width, _height = A4
        self.setFont(LATIN, 7.5)
        self.setFillColor(QUIET)
        self.drawString(MARGIN, 13 * mm, footer)
        self.drawRightString(width - MARGIN, 13 * mm, page_of.format(page=page, pages=pages))
