"""ROC curves: thin per reader, thick the average of an arm, markers where readers decide."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from readerstudy.reports.figures.canvas import (
    FAINT,
    Entry,
    Translate,
    colour,
    dashes,
    interval_text,
    marker,
    say_nothing_to_draw,
    styled,
)

FloatArray = NDArray[np.float64]
GRID = np.linspace(0, 1, 201)
"""False positive rates at which curves are averaged."""


@styled
def draw_roc(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``roc``, single or grouped.

    One colour and marker per arm. A lone curve is drawn thick; several readers of an arm thin, with
    their average (sensitivities averaged at each false positive rate) thick. The legend has the
    area with its interval, or the mean of the areas. Markers are the readers' own decisions.
    """
    curves = [group for group in entry.get("groups", [entry]) if group["curve"]["fpr"]]
    if not curves:
        say_nothing_to_draw(ax, translate("No reading has a rating."))
        return
    ax.plot([0, 1], [0, 1], color=FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    arms = list(dict.fromkeys(str(group.get("arm", "")) for group in curves))
    for index, arm in enumerate(arms):
        own = [group for group in curves if str(group.get("arm", "")) == arm]
        _draw_arm(ax, own, arm, index, translate)
    ax.set(
        xlim=(-0.01, 1.01),
        ylim=(-0.01, 1.01),
        aspect="equal",
        xlabel=translate("1 \N{MINUS SIGN} specificity"),
        ylabel=translate("Sensitivity"),
    )
    ax.legend(loc="lower right", title=translate("Area under the curve"), title_fontsize=7)


def average_curve(groups: Sequence[Entry]) -> FloatArray:
    """(201,) mean sensitivity over curves at each false positive rate of ``GRID``."""
    heights = [_at_grid(group["curve"]) for group in groups]
    return np.asarray(np.mean(heights, axis=0))


def _draw_arm(
    ax: Axes, groups: Sequence[Entry], arm: str, index: int, translate: Translate
) -> None:
    shade = colour(index)
    alone = len(groups) == 1
    for group in groups:
        curve = group["curve"]
        ax.plot(
            curve["fpr"], curve["tpr"], color=shade, zorder=3 if alone else 2,
            linewidth=1.8 if alone else 0.7, alpha=1 if alone else 0.55,
            linestyle=dashes(index) if alone else "-",
            label=_lone_label(group, arm) if alone else None,
        )  # fmt: skip
        for point in group["operating_points"]:
            if None not in (point["specificity"], point["sensitivity"]):
                ax.plot(
                    1 - point["specificity"], point["sensitivity"], marker(index), color=shade,
                    markersize=4.5, markeredgecolor="white", markeredgewidth=0.6, zorder=4,
                )  # fmt: skip
    if not alone:
        mean = np.mean([group["auc"]["estimate"] for group in groups])
        readers = translate("mean of %(n)d readers") % {"n": len(groups)}
        label = f"{arm}, {readers}: {mean:.2f}" if arm else f"{readers}: {mean:.2f}"
        heights = np.concatenate([[0.0], average_curve(groups)])
        ax.plot(np.concatenate([[0.0], GRID]), heights, color=shade, linewidth=2.0, zorder=3,
                linestyle=dashes(index), label=label)  # fmt: skip


def _lone_label(group: Entry, arm: str) -> str:
    name = ", ".join(part for part in (str(group.get("reader", "")), arm) if part)
    area = interval_text(group["auc"])
    return f"{name}: {area}" if name else area


def _at_grid(curve: Entry) -> FloatArray:
    """Upper envelope of the curve at ``GRID``: at a jump the height after it."""
    fpr, tpr = np.asarray(curve["fpr"]), np.asarray(curve["tpr"])
    last = np.concatenate([fpr[1:] != fpr[:-1], [True]])
    return np.asarray(np.interp(GRID, fpr[last], tpr[last]))
