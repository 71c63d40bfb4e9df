"""A logistic model as rulers: points per predictor, their sum, the probability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from scipy.special import expit, logit

from readerstudy.reports.figures.canvas import INK, Entry, Translate, say_nothing_to_draw, styled

MOST_POINTS = 100.0
"""Points of the widest predictor."""
PROBABILITIES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Predictor:
    """A predictor with what some of its values add to the logit.

    Attributes
    ----------
    ticks
        Text of a value to its contribution, coefficient x value.
    """

    name: str
    ticks: Mapping[str, float]

    @classmethod
    def of_number(cls, name: str, coefficient: float, values: Sequence[float]) -> "Predictor":
        """A number with a coefficient per unit, and the values to mark on its ruler."""
        return cls(name, {f"{value:g}": coefficient * value for value in values})


def predictors_of(entry: Entry) -> list[Predictor]:
    """Return the factors of an entry of type ``gee``; the reference level adds nothing."""
    levels: dict[str, dict[str, float]] = {}
    for row in entry["coefficients"]:
        factor, _, level = row["name"].removesuffix("]").partition("[")
        if level:
            levels.setdefault(factor, {"reference": 0.0})[level] = row["estimate"]
    return [Predictor(name, ticks) for name, ticks in levels.items()]


def draw_model_nomogram(ax: Axes, entry: Entry, *, translate: Translate = str) -> None:
    """Draw an entry of type ``gee``: which probability of being right its factors add up to."""
    named = {row["name"]: row["estimate"] for row in entry["coefficients"]}
    predictors = [
        Predictor(item.name, {translate(text): value for text, value in item.ticks.items()})
        for item in predictors_of(entry)
    ]
    draw_nomogram(ax, predictors, named["intercept"], outcome=translate("P(right)"),
                  translate=translate)  # fmt: skip


@styled
def draw_nomogram(
    ax: Axes,
    predictors: Sequence[Predictor],
    intercept: float,
    *,
    outcome: str,
    translate: Translate = str,
) -> None:
    """Draw logit P = intercept + sum of contributions.

    Every ruler starts at its predictor's smallest contribution with 0 points; the widest ruler
    spans 100 points.
    """
    spans = [max(item.ticks.values()) - min(item.ticks.values()) for item in predictors]
    if not spans or max(spans) == 0:
        say_nothing_to_draw(ax, translate("No predictor changes the probability."))
        return
    scale = MOST_POINTS / max(spans)
    total = scale * sum(spans)
    lowest = intercept + sum(min(item.ticks.values()) for item in predictors)
    _draw_ruler(ax, 0, translate("Points"), {f"{p:g}": p for p in range(0, 101, 20)}, MOST_POINTS)
    for row, item in enumerate(predictors, start=1):
        low = min(item.ticks.values())
        points = {text: scale * (value - low) for text, value in item.ticks.items()}
        _draw_ruler(ax, row, item.name, points, MOST_POINTS)
    row = len(predictors) + 1
    sums = {f"{p:g}": p * MOST_POINTS / total for p in _round_ticks(total)}
    _draw_ruler(ax, row, translate("Total points"), sums, MOST_POINTS)
    chances = {
        text: scale * (value - lowest) * MOST_POINTS / total
        for text, value in _probabilities(lowest, lowest + sum(spans)).items()
    }
    _draw_ruler(ax, row + 1, outcome, chances, MOST_POINTS)
    ax.set(xlim=(-2, 102), ylim=(row + 1.6, -0.7))
    ax.set_yticks(range(row + 2), [translate("Points"), *(item.name for item in predictors),
                                   translate("Total points"), outcome])  # fmt: skip
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _draw_ruler(ax: Axes, row: int, _name: str, ticks: Mapping[str, float], length: float) -> None:
    inside = {text: place for text, place in ticks.items() if -1e-9 <= place <= length + 1e-9}
    if not inside:
        return
    ax.plot([min(inside.values()), max(inside.values())], [row, row], color=INK, linewidth=0.8)
    taken: list[float] = []
    for text, place in sorted(inside.items(), key=lambda item: item[1]):
        ax.plot([place, place], [row, row + 0.13], color=INK, linewidth=0.8)
        crowded = any(abs(place - other) < 1.6 * len(text) + 2 for other in taken)
        above = crowded and row > 0
        ax.text(place, row - 0.12 if above else row + 0.2, text, ha="center",
                va="bottom" if above else "top", fontsize=6.5)  # fmt: skip
        if not above:
            taken.append(place)


def _round_ticks(total: float) -> list[float]:
    """About six round numbers from 0 to the total."""
    raw = total / 5
    unit = 10 ** np.floor(np.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw)
    return [float(value) for value in np.arange(0, total + step / 2, step) if value <= total]


def _probabilities(low: float, high: float) -> dict[str, float]:
    """Text and logit of round probabilities between two logits, and of both ends if few are."""
    inside = {f"{p:g}": float(logit(p)) for p in PROBABILITIES if low <= logit(p) <= high}
    if len(inside) > 2:
        return inside
    return {f"{expit(end):.2f}": end for end in (low, *inside.values(), high)}
