"""Several figures of merit at once, as polygons around a centre."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.projections.polar import PolarAxes

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

BINARY = {
    "accuracy": "Accuracy", "sensitivity": "Sensitivity", "specificity": "Specificity",
    "ppv": "PPV", "npv": "NPV", "f1": "F1",
}  # fmt: skip
NOMINAL = {
    "accuracy": "Accuracy", "macro_recall": "Sensitivity", "macro_specificity": "Specificity",
    "macro_precision": "PPV", "macro_npv": "NPV", "macro_f1": "F1",
}  # fmt: skip
MOST_POLYGONS = 4
"""More cannot be told apart; readers of an arm are then averaged."""


@styled
def draw_radar(ax: PolarAxes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``diagnostic`` on polar axes: a polygon per group, or per arm.

    The rings say where the scale begins. With more than four groups a polygon is the mean over
    the readers of an arm. A group with an undefined figure has no polygon.
    """
    groups = entry.get("groups", [entry])
    names = NOMINAL if "confusion" in groups[0] else BINARY
    polygons = _polygons(groups, tuple(names), translate)
    if not polygons:
        say_nothing_to_draw(ax, translate("A figure of merit is undefined."))
        return
    angles = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    closed = np.append(angles, angles[0])
    for index, (label, values) in enumerate(polygons.items()):
        shade = colour(index)
        ring = [*values, values[0]]
        ax.plot(closed, ring, color=shade, linestyle=dashes(index), marker=marker(index),
                markersize=3.5, linewidth=1.3, label=label)  # fmt: skip
        ax.fill(closed, ring, color=shade, alpha=0.07)
    ax.set_theta_offset(np.pi / 2)
    ax.set_theta_direction(-1)
    ax.set_thetagrids(np.degrees(angles), [translate(name) for name in names.values()])
    centre = _centre(min(min(values) for values in polygons.values()))
    rings = np.linspace(centre, 1, 5)
    ax.set_ylim(centre, 1)
    ax.set_yticks(rings, [f"{ring:.2g}" if ring < 1 else "" for ring in rings], color=FAINT,
                  fontsize=6)  # fmt: skip
    ax.set_rlabel_position(30)
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.spines["polar"].set_color("#BBBBBB")
    ax.tick_params(axis="x", pad=7)
    if len(polygons) > 1 or next(iter(polygons)):
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, handlelength=2.4)


def _polygons(
    groups: Sequence[Entry], names: Sequence[str], translate: Translate
) -> Mapping[str, list[float]]:
    """Label to the values of a polygon."""
    if len(groups) <= MOST_POLYGONS:
        own = {_label(group): [group] for group in groups}
    else:
        own = {}
        for group in groups:
            own.setdefault(str(group.get("arm", "")), []).append(group)
    polygons = {}
    for label, members in own.items():
        values = [[member[name]["estimate"] for name in names] for member in members]
        defined = [row for row in values if None not in row]
        if defined:
            n = translate("mean of %(n)d readers") % {"n": len(defined)}
            shown = f"{label}, {n}" if len(defined) > 1 else label
            polygons[shown] = np.mean(defined, axis=0).tolist()
    return polygons


def _centre(lowest: float) -> float:
    """Value in the centre: a fifth of the scale that leaves room below the smallest value."""
    return max(0.0, math.floor((lowest - 0.1) * 5) / 5)


def _label(group: Entry) -> str:
    return ", ".join(str(group[key]) for key in ("reader", "arm") if group.get(key))
