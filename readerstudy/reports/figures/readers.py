"""Readers one by one: their figures of merit by arm, or against the AI's."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from readerstudy.reports.figures.canvas import (
    FAINT,
    INK,
    Entry,
    Translate,
    colour,
    interval_text,
    marker,
    styled,
)

STEP = 0.24
"""Distance between the arms' means in units of a line."""


@styled
def draw_readers(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``mrmc_or``, ``mrmc_ustat`` or ``froc``.

    One line per reader with a marker per arm, joined, so that every change shows; below them the
    means over readers with their intervals.
    """
    arms = list(entry["auc"])
    readers = list(entry["auc"][arms[0]])
    for height, reader in enumerate(readers):
        values = [entry["auc"][arm][reader] for arm in arms]
        given = [value for value in values if value is not None]
        if len(given) > 1:
            ax.plot([min(given), max(given)], [height, height], color=FAINT, linewidth=1.0)
        for index, value in enumerate(values):
            if value is not None:
                ax.plot(value, height, marker(index), color=colour(index), markersize=5, zorder=3)
    ax.axhline(len(readers) - 0.5, color=FAINT, linewidth=0.5)
    for index, arm in enumerate(arms):
        _draw_mean(ax, entry["arm_means"][arm], arm, len(readers) + STEP * _offset(index, arms),
                   index)  # fmt: skip
    labels = [*readers, translate("Mean")]
    ax.set_yticks(range(len(labels)), labels)
    ax.set(ylim=(len(labels) - 0.4, -0.6), xlabel=_metric(entry, translate))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=1)


@styled
def draw_group(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``mann_whitney``: readers in order, their median, the AI's value."""
    readers = sorted(entry["values"].items(), key=lambda item: item[1])
    for height, (_, value) in enumerate(readers):
        ax.plot(value, height, marker(0), color=colour(0), markersize=5, zorder=3)
    ax.axvline(entry["median"], color=colour(0), linewidth=0.9, linestyle=(0, (4, 3)),
               label=translate("Median of the readers"))  # fmt: skip
    ax.axvline(entry["ai_value"], color=colour(1), linewidth=1.4, label=translate("AI"))
    ax.set_yticks(range(len(readers)), [name for name, _ in readers])
    ax.set(ylim=(-0.6, len(readers) - 0.4), xlabel=_metric(entry, translate))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def _draw_mean(ax: Axes, mean: Entry, arm: str, height: float, index: int) -> None:
    shade = colour(index)
    label = f"{arm}: {interval_text(mean, 3)}"
    if mean["ci_low"] is not None:
        ax.plot([mean["ci_low"], mean["ci_high"]], [height, height], color=shade, linewidth=1.6)
    place = [] if mean["estimate"] is None else [mean["estimate"]]
    ax.plot(place, [height] * len(place), color=shade, marker=marker(index), markersize=6.5,
            linestyle="none", markeredgecolor=INK, markeredgewidth=0.6, zorder=3,
            label=label)  # fmt: skip


def _offset(index: int, arms: Sequence[str]) -> float:
    return index - (len(arms) - 1) / 2


def _metric(entry: Entry, translate: Translate) -> str:
    names = {"auc": "AUC", "accuracy": "Accuracy", "sensitivity": "Sensitivity",
             "specificity": "Specificity"}  # fmt: skip
    name = str(entry.get("figure_of_merit") or entry.get("metric", "auc"))
    return translate(names.get(name, name))
