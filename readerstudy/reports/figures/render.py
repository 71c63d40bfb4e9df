"""An entry of a result as a figure file: the right drawing in the right size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readerstudy.reports.figures.canvas import (
    COLUMN_INCHES,
    Entry,
    Format,
    Translate,
    canvas,
    save,
)
from readerstudy.reports.figures.comparison_matrix import draw_comparison_matrix
from readerstudy.reports.figures.roc import draw_roc


@dataclass(frozen=True)
class Drawing:
    """How an analysis type is drawn."""

    draw: Callable[..., None]
    height_inches: float
    width_inches: float = COLUMN_INCHES


DRAWINGS: Mapping[str, Drawing] = {
    "comparison_matrix": Drawing(draw_comparison_matrix, 3.2),
    "roc": Drawing(draw_roc, 3.7),
}
"""Analysis types that have a figure."""


def render(entry: Entry, *, title: str, form: Format, translate: Translate = str) -> bytes:
    """The figure of an entry as a file.

    Raises
    ------
    KeyError
        If the analysis type has no figure (see ``DRAWINGS``).
    """
    drawing = DRAWINGS[entry["type"]]
    figure, ax = canvas(drawing.width_inches, drawing.height_inches)
    drawing.draw(ax, entry, translate=translate)
    figure.suptitle(title, fontsize=9)
    return save(figure, form)
