"""What a document is made of, whatever it is printed as."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from readerstudy.reports.plots import Plot


@dataclass(frozen=True)
class Paragraph:
    """Plain text; nothing in it is read as markup."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula of our own with the tags i, sub and sup; never text that people have typed."""

    markup: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Alert:
    """What a reader of the document must see first."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table; the first column names the row. `numeric`: the other columns are numbers."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    numeric: bool = False


@dataclass(frozen=True)
class Figure:
    """An entry of a result that is drawn when the document is printed."""

    caption: str
    plot: Plot
    entry: Mapping[str, Any]


Block: TypeAlias = Paragraph | Formula | Bullets | Alert | Grid | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `level` 1 is a chapter."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True)
class Document:
    """A title, the marks that stand under it and on every page, and the sections in order."""

    title: str
    kind: str
    marks: tuple[str, ...]
    sections: tuple[Section, ...]


def numbered(document: Document) -> Iterator[Section]:
    """Yield the sections with tables and figures numbered through the document."""
    tables = figures = 0
    for section in document.sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Grid) and block.caption:
                tables += 1
                caption = _("Table %(number)s. %(caption)s") % {
                    "number": tables,
                    "caption": block.caption,
                }
                block = Grid(caption, block.columns, block.rows, block.notes, block.numeric)
            elif isinstance(block, Figure):
                figures += 1
                caption = _("Figure %(number)s. %(caption)s") % {
                    "number": figures,
                    "caption": block.caption,
                }
                block = Figure(caption, block.plot, block.entry)
            blocks.append(block)
        yield Section(section.title, tuple(blocks), section.level)
