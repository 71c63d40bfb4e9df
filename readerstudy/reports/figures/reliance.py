"""How answers flow from before to after seeing the AI."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from readerstudy.reports.figures.canvas import (
    INK,
    Entry,
    Translate,
    interval_text,
    say_nothing_to_draw,
    styled,
)

RIGHT, WRONG = "#0072B2", "#D55E00"
BAR = 0.07
GAP = 0.06
"""Width of the bars and distance between right and wrong, as shares of the axes."""


@dataclass(frozen=True)
class Flow:
    """Readings that went from one verdict to another."""

    key: str
    before: str
    after: str
    shade: str


FLOWS = (
    Flow("right_to_right", "right", "right", RIGHT),
    Flow("right_to_wrong", "right", "wrong", WRONG),
    Flow("wrong_to_right", "wrong", "right", RIGHT),
    Flow("wrong_to_wrong", "wrong", "wrong", WRONG),
)


@styled
def draw_reliance(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``reliance``: bands as wide as there are readings in them."""
    total = sum(entry[flow.key] for flow in FLOWS)
    if not total:
        say_nothing_to_draw(ax, translate("No case was read before, after and by the AI."))
        return
    height = {flow.key: (1 - GAP) * entry[flow.key] / total for flow in FLOWS}
    for verdict, top in (("right", 1.0), ("wrong", None)):
        for side in ("before", "after"):
            own = [flow for flow in FLOWS if getattr(flow, side) == verdict]
            size = sum(height[flow.key] for flow in own)
            upper = top if top is not None else size
            _draw_bar(ax, side, verdict, upper, size, sum(entry[f.key] for f in own), translate)
    for flow in FLOWS:
        if entry[flow.key]:
            _draw_band(ax, flow, height, entry[flow.key])
    rates = (
        ("over_reliance", "Wrong after a wrong AI"),
        ("under_reliance", "Wrong after a right AI"),
    )
    text = "\n".join(
        f"{translate(label)}: {entry[key]['numerator']}/{entry[key]['denominator']} = "
        f"{interval_text(entry[key])}"
        for key, label in rates
    )
    ax.text(0.5, -0.06, text, ha="center", va="top", fontsize=7)
    ax.set(xlim=(-0.28, 1.28), ylim=(-0.22, 1.12))
    ax.set_axis_off()


def _start(flow: Flow, side: str, height: dict[str, float]) -> float:
    """Upper edge of a flow at one side."""
    verdict = getattr(flow, side)
    own = [other for other in FLOWS if getattr(other, side) == verdict]
    above = sum(height[other.key] for other in own[: own.index(flow)])
    whole = sum(height[other.key] for other in own)
    return (1.0 if verdict == "right" else whole) - above


def _draw_bar(
    ax: Axes, side: str, verdict: str, upper: float, size: float, n: int, translate: Translate
) -> None:
    left = 0.0 if side == "before" else 1 - BAR
    shade = RIGHT if verdict == "right" else WRONG
    ax.add_patch(Rectangle((left, upper - size), BAR, size, facecolor=shade, edgecolor="none"))
    outward = left - 0.02 if side == "before" else left + BAR + 0.02
    if n:
        ax.text(outward, upper - size / 2, f"{translate(verdict)}\n{n}", va="center",
                ha="right" if side == "before" else "left")  # fmt: skip
    if verdict == "right":
        head = translate("Before AI") if side == "before" else translate("After AI")
        ax.text(left + BAR / 2, 1.04, head, ha="center", va="bottom", fontsize=8)


def _draw_band(ax: Axes, flow: Flow, height: dict[str, float], n: int) -> None:
    top = [_start(flow, side, height) for side in ("before", "after")]
    low = [edge - height[flow.key] for edge in top]
    left, right, middle = BAR, 1 - BAR, 0.5
    path = Path(
        [(left, top[0]), (middle, top[0]), (middle, top[1]), (right, top[1]),
         (right, low[1]), (middle, low[1]), (middle, low[0]), (left, low[0]), (left, top[0])],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4,
         Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY],
    )  # fmt: skip
    ax.add_patch(PathPatch(path, facecolor=flow.shade, alpha=0.35, edgecolor="none"))
    place = 0.22 if flow.before != flow.after else 0.5
    share = _height_at(place, left, right, top, low)
    ax.text(place, share, str(n), ha="center", va="center", color=INK, fontsize=7)


def _height_at(x: float, left: float, right: float, top: list[float], low: list[float]) -> float:
    """Middle of a band at x: both edges are the same cubic between their ends."""
    t = (x - left) / (right - left)
    weight = t * t * (3 - 2 * t)
    ends = [(upper + lower) / 2 for upper, lower in zip(top, low, strict=True)]
    return ends[0] + (ends[1] - ends[0]) * weight
