"""Estimates with their intervals, one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import (
    FAINT,
    INK,
    Entry,
    Translate,
    colour,
    interval_text,
    marker,
    say_nothing_to_draw,
    styled,
)


@dataclass(frozen=True)
class ForestLine:
    """A label, an estimate of the contract, and the index of its series (colour and marker)."""

    label: str
    estimate: Entry
    series: int = 0


@styled
def draw_forest(
    ax: Axes,
    lines: Sequence[ForestLine],
    *,
    xlabel: str,
    reference: float | None = None,
    margin: float | None = None,
    digits: int = 2,
    translate: Translate = str,
) -> None:
    """Draw estimates from top to bottom with the numbers beside them.

    Parameters
    ----------
    reference : float, optional
        Value of no effect, as a solid vertical line.
    margin : float, optional
        Non-inferiority margin, as a dashed vertical line.
    """
    if not lines:
        say_nothing_to_draw(ax, translate("There is no estimate to draw."))
        return
    for height, line in enumerate(lines):
        estimate, shade = line.estimate, colour(line.series)
        if estimate["ci_low"] is not None:
            ax.plot([estimate["ci_low"], estimate["ci_high"]], [height, height], color=shade)
        if estimate["estimate"] is not None:
            ax.plot(estimate["estimate"], height, marker(line.series), color=shade, markersize=5)
        ax.annotate(
            interval_text(estimate, digits), (1.02, height), xycoords=("axes fraction", "data"),
            va="center", annotation_clip=False,
        )  # fmt: skip
    if reference is not None:
        ax.axvline(reference, color=INK, linewidth=0.7, zorder=0)
    if margin is not None:
        ax.axvline(margin, color=FAINT, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    ax.set_yticks(range(len(lines)), [line.label for line in lines])
    ax.set(ylim=(len(lines) - 0.5, -0.5), xlabel=xlabel)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
