"""A confusion table as a heat map of row shares with the counts written in."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from readerstudy.reports.figures.canvas import Entry, Translate, styled

SHADES = LinearSegmentedColormap.from_list("reading-room-blue", ["#FFFFFF", "#0072B2"])
DARK = 0.55
"""Row share from which a count is written in white."""
MOST_PANELS = 12
"""More tables can't be read side by side; the readers of an arm are then added up."""
KEYS = ("reader", "arm", "level", "period", "repeat")


@styled
def draw_confusion(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry (or group) of type ``diagnostic``, binary or nominal.

    Rows are truths, columns decisions; a special column that nobody chose (such as ``missing``) is
    left away. The shade is the share of the row.
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


def by_group(entry: Entry) -> list[tuple[str, Entry]]:
    """Split a grouped entry into a table per group, or per arm where there are too many."""
    groups = entry.get("groups")
    if groups is None:
        return [("", entry)]
    if len(groups) <= MOST_PANELS:
        return [(", ".join(str(g[key]) for key in KEYS if g.get(key)), g) for g in groups]
    arms: dict[str, list[Entry]] = {}
    for group in groups:
        arms.setdefault(str(group.get("arm", "")), []).append(group)
    return [(f"{arm} (n = {sum(g['n'] for g in own)})", _added(own)) for arm, own in arms.items()]


def _added(groups: Sequence[Entry]) -> Entry:
    """Counts of several tables of one task together."""
    if "confusion" not in groups[0]:
        return {key: sum(group[key] for group in groups) for key in ("tn", "fp", "fn", "tp")}
    rows = list(dict.fromkeys(name for group in groups for name in group["rows"]))
    columns = list(dict.fromkeys(name for group in groups for name in group["columns"]))
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for group in groups:
        at = np.ix_(
            [rows.index(name) for name in group["rows"]],
            [columns.index(name) for name in group["columns"]],
        )
        counts[at] += np.array(group["confusion"])
    return {"rows": rows, "columns": columns, "confusion": counts}


def _table(entry: Entry, translate: Translate) -> tuple[list[str], list[str], np.ndarray]:
    """(row names, column names, counts (n_rows, n_columns))."""
    if "confusion" in entry:
        return list(entry["rows"]), list(entry["columns"]), np.array(entry["confusion"])
    names = [translate("negative"), translate("positive")]
    counts = np.array([[entry["tn"], entry["fp"]], [entry["fn"], entry["tp"]]])
    return names, names, counts
