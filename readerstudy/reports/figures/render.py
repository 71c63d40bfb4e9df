"""An entry of a result as a figure file: the right drawing in the right size."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from matplotlib.axes import Axes

from readerstudy.reports.figures.calibration import draw_calibration, draw_decision_curve
from readerstudy.reports.figures.canvas import (
    COLUMN_INCHES,
    PAGE_INCHES,
    Entry,
    Format,
    Translate,
    panels,
    save,
)
from readerstudy.reports.figures.comparison_matrix import draw_comparison_matrix
from readerstudy.reports.figures.confusion import by_group, draw_confusion
from readerstudy.reports.figures.forests import draw_margin, draw_odds_ratios, draw_subgroups
from readerstudy.reports.figures.nomogram import draw_model_nomogram
from readerstudy.reports.figures.power import by_effect, draw_power
from readerstudy.reports.figures.prevalence import draw_prevalence
from readerstudy.reports.figures.quartiles import draw_quartiles
from readerstudy.reports.figures.radar import draw_radar
from readerstudy.reports.figures.readers import draw_group, draw_readers
from readerstudy.reports.figures.reliance import draw_reliance
from readerstudy.reports.figures.roc import draw_roc

MOST_COLUMNS = 3
"""Panels beside each other on the width of a page."""


def one_panel(entry: Entry) -> list[tuple[str, Entry]]:
    """The whole entry in one panel."""
    return [("", entry)]


def _fixed(height: float) -> Callable[[Entry], float]:
    return lambda entry: height


def _by_lines(key: str, least: float = 1.5) -> Callable[[Entry], float]:
    """Height for as many lines as the entry has under `key`."""
    return lambda entry: max(least, 0.9 + 0.24 * len(entry[key]))


def _by_readers(entry: Entry) -> float:
    """Height for the lines of all readers and of the means."""
    return 1.7 + 0.24 * len(next(iter(entry["auc"].values())))


@dataclass(frozen=True)
class Drawing:
    """How an analysis type is drawn.

    Attributes
    ----------
    height_inches
        Height of one panel from what is in it.
    split
        Splits an entry into panels with their titles.
    """

    draw: Callable[..., None]
    height_inches: Callable[[Entry], float]
    projection: str | None = None
    split: Callable[[Entry], Sequence[tuple[str, Entry]]] = one_panel


DRAWINGS: Mapping[str, Mapping[str, Drawing]] = {
    "calibration": {"calibration": Drawing(draw_calibration, _fixed(3.4))},
    "comparison_matrix": {"comparison_matrix": Drawing(draw_comparison_matrix, _fixed(3.0))},
    "confidence": {"quartiles": Drawing(draw_quartiles, _fixed(1.9))},
    "decision_curve": {"decision_curve": Drawing(draw_decision_curve, _fixed(2.7))},
    "diagnostic": {
        "confusion": Drawing(draw_confusion, _fixed(2.4), split=by_group),
        "radar": Drawing(draw_radar, _fixed(3.4), projection="polar"),
    },
    "froc": {"readers": Drawing(draw_readers, _by_readers)},
    "gee": {
        "odds_ratios": Drawing(draw_odds_ratios, _by_lines("odds_ratios")),
        "nomogram": Drawing(draw_model_nomogram, _by_lines("coefficients", 2.4)),
    },
    "glmm": {"odds_ratios": Drawing(draw_odds_ratios, _by_lines("odds_ratios"))},
    "mann_whitney": {"group": Drawing(draw_group, _by_lines("values", 1.9))},
    "mrmc_or": {"readers": Drawing(draw_readers, _by_readers)},
    "mrmc_ustat": {"readers": Drawing(draw_readers, _by_readers)},
    "non_inferiority": {"margin": Drawing(draw_margin, _fixed(1.5))},
    "power": {"power": Drawing(draw_power, _fixed(2.7), split=by_effect)},
    "prevalence": {"prevalence": Drawing(draw_prevalence, _fixed(2.6))},
    "reliance": {"reliance": Drawing(draw_reliance, _fixed(3.0))},
    "roc": {"roc": Drawing(draw_roc, _fixed(3.6))},
    "subgroup": {"subgroups": Drawing(draw_subgroups, _by_lines("groups"))},
    "time": {"quartiles": Drawing(draw_quartiles, _fixed(1.9))},
}
"""Drawings by analysis type and name; the first is the usual one."""


def render(
    entry: Entry,
    *,
    title: str,
    form: Format,
    drawing: str | None = None,
    translate: Translate = str,
) -> bytes:
    """The figure of an entry as a file, in the width of a column, or of a page with many panels.

    Raises
    ------
    KeyError
        If the analysis type has no such figure (see ``DRAWINGS``).
    """
    known = DRAWINGS[entry["type"]]
    how = known[drawing] if drawing is not None else next(iter(known.values()))
    parts = how.split(entry)
    columns = min(len(parts), MOST_COLUMNS)
    width = COLUMN_INCHES if columns == 1 else PAGE_INCHES
    height = how.height_inches(parts[0][1]) * ceil(len(parts) / columns)
    figure, axes = panels(width, height, len(parts), columns, how.projection)
    for ax, (name, part) in zip(axes, parts, strict=True):
        how.draw(ax, part, translate=translate)
        _name(ax, name)
    figure.suptitle(title, fontsize=9)
    return save(figure, form)


def is_wide(entry: Entry, drawing: str) -> bool:
    """Whether a drawing takes the width of a page."""
    return len(DRAWINGS[entry["type"]][drawing].split(entry)) > 1


def _name(ax: Axes, name: str) -> None:
    if name:
        ax.set_title(name, fontsize=8)
