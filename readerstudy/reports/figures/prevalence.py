"""Accuracy in other mixes of positive and negative cases."""

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import FAINT, Entry, Translate, colour, marker, styled


@styled
def draw_prevalence(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``prevalence``: mean and percentiles over the samples of each ratio.

    The bar beside a point is the accuracy that sensitivity and specificity imply.
    """
    scenarios = entry["scenarios"]
    for place, scenario in enumerate(scenarios):
        accuracy = scenario["accuracy"]
        ax.plot([place, place], [accuracy["ci_low"], accuracy["ci_high"]], color=colour(0))
        ax.plot(place, accuracy["mean"], marker(0), color=colour(0), markersize=5.5,
                label=translate("Mean of samples") if not place else None)  # fmt: skip
        ax.plot([place - 0.18, place + 0.18], [scenario["expected"]] * 2, color=colour(1),
                linewidth=1.6, zorder=3,
                label=translate("Implied") if not place else None)  # fmt: skip
    ax.set_xticks(range(len(scenarios)), [scenario["ratio"] for scenario in scenarios])
    ax.set(xlim=(-0.6, len(scenarios) - 0.4), xlabel=translate("Positive : negative cases"),
           ylabel=translate("Accuracy"))  # fmt: skip
    ax.margins(y=0.15)
    ax.grid(axis="y", color=FAINT, linewidth=0.3)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
