"""Are ratings probabilities, and is acting on them worth while?"""

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import (
    FAINT,
    INK,
    Entry,
    Translate,
    colour,
    dashes,
    marker,
    say_nothing_to_draw,
    styled,
)

LARGEST, SMALLEST = 8.0, 2.5
"""Sizes in points of the markers of the fullest bin and of a bin with a single case."""


@styled
def draw_calibration(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``calibration``, single or grouped: observed over predicted by bin.

    A marker's area grows with the cases in its bin.
    """
    groups = [group for group in entry.get("groups", [entry]) if group.get("bins")]
    if not groups:
        say_nothing_to_draw(ax, translate("No reading has a rating."))
        return
    ax.plot([0, 1], [0, 1], color=FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    for index, group in enumerate(groups):
        bins = [entry for entry in group["bins"] if entry["n"]]
        fullest = max(entry["n"] for entry in bins)
        x = [entry["mean_predicted"] for entry in bins]
        y = [entry["observed"] for entry in bins]
        sizes = [max(SMALLEST, LARGEST * (entry["n"] / fullest) ** 0.5) ** 2 for entry in bins]
        shade = colour(index)
        ax.plot(x, y, color=shade, linestyle=dashes(index), linewidth=1.1, zorder=2)
        ax.scatter(x, y, s=sizes, color=shade, marker=marker(index), zorder=3, edgecolor="white",
                   linewidth=0.5, label=_label(group, translate))  # fmt: skip
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal",
           xlabel=translate("Mean rating as probability"),
           ylabel=translate("Observed share of positive cases"))  # fmt: skip
    ax.legend(loc="upper left", markerscale=0.8)


@styled
def draw_decision_curve(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``decision_curve``; the ground is cut a little below treating none."""
    threshold, benefit = entry["thresholds"], entry["net_benefit"]
    highest = max(max(benefit["model"]), max(benefit["treat_all"]), 0.01)
    ax.plot(threshold, benefit["treat_all"], color=FAINT, linestyle=dashes(1),
            label=translate("Treat all"))  # fmt: skip
    ax.plot(threshold, benefit["treat_none"], color=INK, linewidth=0.8,
            label=translate("Treat none"))  # fmt: skip
    ax.plot(threshold, benefit["model"], color=colour(0), linewidth=1.8,
            label=translate("Treat by rating"))  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(-0.15 * highest, 1.08 * highest),
           xlabel=translate("Threshold probability"), ylabel=translate("Net benefit"))  # fmt: skip
    ax.legend(loc="upper right")


def _label(group: Entry, translate: Translate) -> str:
    name = ", ".join(str(group[key]) for key in ("reader", "arm") if group.get(key))
    slope = group["slope"]
    figures = f"Brier {group['brier']:.2f}"
    if slope is not None:
        figures += f", {translate('slope')} {slope:.2f}"
    return f"{name}: {figures}" if name else figures
