"""Two sides' times or confidences: median and quartiles."""

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import (
    Entry,
    Translate,
    colour,
    interval_text,
    marker,
    say_nothing_to_draw,
    styled,
)


@styled
def draw_quartiles(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``time`` or ``confidence``: side a above b, and the effect in words."""
    if entry["median_a"] is None or entry["median_b"] is None:
        say_nothing_to_draw(ax, translate("No pair has both values."))
        return
    for height, side in enumerate("ab"):
        low, high = entry[f"iqr_{side}"]
        shade = colour(height)
        ax.plot([low, high], [height, height], color=shade, linewidth=7, alpha=0.35,
                solid_capstyle="butt")  # fmt: skip
        ax.plot(entry[f"median_{side}"], height, marker(height), color=shade, markersize=6)
        ax.annotate(f"{entry[f'median_{side}']:.3g} ({low:.3g}\N{EN DASH}{high:.3g})",
                    (entry[f"median_{side}"], height), xytext=(0, 9), textcoords="offset points",
                    ha="center")  # fmt: skip
    is_time = entry["type"] == "time"
    effect = entry["ratio"] if is_time else entry["difference"]
    name = translate("Ratio a / b") if is_time else translate("Mean a \N{MINUS SIGN} b")
    ax.set_title(f"{name}: {interval_text(effect)}, {_p_text(entry['p_value'])}", fontsize=7.5)
    ax.set_yticks([0, 1], ["a", "b"])
    unit = translate("Active reading time (s)") if is_time else translate("Confidence")
    ax.set(ylim=(1.5, -0.75), xlabel=unit)
    ax.margins(x=0.18)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def _p_text(value: float | None) -> str:
    if value is None:
        return "p \N{EN DASH}"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
