"""AI against readers by truth: who was right on which share of the cases."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from readerstudy.reports.figures.canvas import Entry, Translate, say_nothing_to_draw, styled

CELLS = (
    ("both_right", "Both right", "#0072B2", "white"),
    ("only_reader_right", "Only reader right", "#9CCBEB", "#222222"),
    ("only_ai_right", "Only AI right", "#F4C58A", "#222222"),
    ("both_wrong", "Both wrong", "#8A4B08", "white"),
)
"""Key, label, fill and ink; light and dark alternate, so that the order reads without colour."""
ROOM_FOR_A_NUMBER = 0.06


@styled
def draw_comparison_matrix(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``comparison_matrix``: one bar per truth, each cell with its count."""
    rows = {truth: cells for truth, cells in entry["per_truth"].items() if sum(cells.values())}
    if not rows:
        say_nothing_to_draw(ax, translate("AI and readers have no case in common."))
        return
    for height, (_, cells) in enumerate(rows.items()):
        total = sum(cells.values())
        left = 0.0
        for key, _, fill, ink in CELLS:
            share = cells[key] / total
            ax.add_patch(Rectangle((left, height - 0.38), share, 0.76, facecolor=fill,
                                   edgecolor="white", linewidth=0.8))  # fmt: skip
            if share >= ROOM_FOR_A_NUMBER:
                ax.text(left + share / 2, height, str(cells[key]), color=ink, ha="center",
                        va="center")  # fmt: skip
            left += share
    names = [f"{truth} (n = {sum(cells.values())})" for truth, cells in rows.items()]
    ax.set_yticks(range(len(rows)), names)
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6), xlabel=translate("Share of cases"))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    handles = [Rectangle((0, 0), 1, 1, facecolor=fill) for _, _, fill, _ in CELLS]
    labels = [translate(label) for _, label, _, _ in CELLS]
    ax.legend(handles, labels, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2,
              handlelength=1.0)  # fmt: skip
