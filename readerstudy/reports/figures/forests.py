"""Entries that are drawn as a forest of estimates."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import Entry, Translate, styled
from readerstudy.reports.figures.forest import ForestLine, draw_forest
from readerstudy.statistics.analyses.subgroup import headline_of

RATIOS = (0.01, 0.1, 0.25, 0.5, 1, 2, 4, 10, 100)
"""Odds ratios worth a mark."""


@styled
def draw_subgroups(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``subgroup``: a line per group with its size."""
    found: Mapping[str, Entry] = entry["groups"]
    lines = [
        ForestLine(f"{level} (n = {group['n']})", estimate)
        for level, group in found.items()
        if (estimate := headline_of(group)) is not None
    ]
    difference = any("difference" in group for group in found.values())
    draw_forest(
        ax, lines, xlabel=entry["by"].replace("_", " "), reference=0.0 if difference else None,
        translate=translate,
    )  # fmt: skip
    if entry["interaction_p"] is not None:
        ax.set_title(
            translate("p of interaction %(p).3f") % {"p": entry["interaction_p"]}, fontsize=7.5
        )


@styled
def draw_margin(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``non_inferiority``: the difference beside 0 and the margin."""
    line = ForestLine(translate("a \N{MINUS SIGN} b"), entry["difference"])
    draw_forest(
        ax, [line], xlabel=translate("Difference; dashed: margin"), reference=0.0,
        margin=-entry["margin"], digits=3, translate=translate,
    )  # fmt: skip
    ax.margins(x=0.1)


@styled
def draw_odds_ratios(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``gee`` or ``glmm``: odds ratios on a logarithmic scale."""
    lines = [ForestLine(name, estimate) for name, estimate in entry["odds_ratios"].items()]
    draw_forest(
        ax, lines, xlabel=translate("Odds ratio of being right"), reference=1.0,
        translate=translate,
    )  # fmt: skip
    if lines:
        ax.set_xscale("log")
        low, high = ax.get_xlim()
        inside = [ratio for ratio in RATIOS if low <= ratio <= high]
        ax.set_xticks(inside, [f"{ratio:g}" for ratio in inside])
        ax.set_xticks([], minor=True)
