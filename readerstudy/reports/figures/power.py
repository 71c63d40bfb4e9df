"""Power over the number of cases, a curve per number of readers."""

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import (
    FAINT,
    Entry,
    Translate,
    colour,
    dashes,
    marker,
    say_nothing_to_draw,
    styled,
)

WANTED = 0.8
"""Power that is usually asked for, as a thin line."""


def by_effect(entry: Entry) -> list[tuple[str, Entry]]:
    """Split an entry of type ``power`` into one per effect."""
    effects = dict.fromkeys(row["effect"] for row in entry["grid"])
    return [
        (f"\N{GREEK CAPITAL LETTER DELTA} = {effect:g}",
         {**entry, "grid": [row for row in entry["grid"] if row["effect"] == effect]})
        for effect in effects
    ]  # fmt: skip


@styled
def draw_power(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``power`` for a single effect."""
    rows = [row for row in entry["grid"] if row["power"] is not None]
    if not rows:
        say_nothing_to_draw(ax, translate("No row has a power."))
        return
    ax.axhline(WANTED, color=FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    for index, readers in enumerate(dict.fromkeys(row["readers"] for row in rows)):
        own = sorted((row["cases"], row["power"]) for row in rows if row["readers"] == readers)
        ax.plot(*zip(*own, strict=True), color=colour(index), linestyle=dashes(index),
                marker=marker(index), markersize=3.5, label=str(readers))  # fmt: skip
    ax.set(ylim=(0, 1.02), xlabel=translate("Cases"), ylabel=translate("Power"))
    ax.legend(title=translate("Readers"), title_fontsize=7, loc="lower right")
