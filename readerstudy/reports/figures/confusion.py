"""A confusion table as a heat map of row shares with the counts written in."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from readerstudy.reports.figures.canvas import Entry, Translate, styled

SHADES = LinearSegmentedColormap.from_list("reading-room-blue", ["#FFFFFF", "#0072B2"])
DARK = 0.55
"""Row share from which a count is written in white."""


@styled
def draw_confusion(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry (or group) of type ``diagnostic``, binary or nominal.

    Rows are truths, columns decisions; a column without any decision (such as ``missing``) is left
    away. The shade is the share of the row.
    """
    rows, columns, counts = _table(entry, translate)
    shown = [
        index for index in range(counts.shape[1]) if index < len(rows) or counts[:, index].any()
    ]
    table = counts[:, shown]
    share = table / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(table):
        ink = "white" if share[row, column] > DARK else "#222222"
        ax.text(column, row, str(int(count)), ha="center", va="center", color=ink)
    ax.set_xticks(range(len(shown)), [columns[index] for index in shown], rotation=30, ha="right",
                  rotation_mode="anchor")  # fmt: skip
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=translate("Decision"), ylabel=translate("Reference standard"))
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _table(entry: Entry, translate: Translate) -> tuple[list[str], list[str], np.ndarray]:
    """(row names, column names, counts (n_rows, n_columns))."""
    if "confusion" in entry:
        return list(entry["rows"]), list(entry["columns"]), np.array(entry["confusion"])
    names = [translate("negative"), translate("positive")]
    counts = np.array([[entry["tn"], entry["fp"]], [entry["fn"], entry["tp"]]])
    return names, names, counts
