"""Figures: every kind that has one draws in every form, with its own numbers in it."""

import re
from typing import Any

import pytest
from scipy.special import expit

from readerstudy.reports import figures, plots
from readerstudy.reports.figures.canvas import COLUMN_INCHES
from readerstudy.reports.figures.confusion import by_group
from tests.unit.reports import entries, sample

Entry = dict[str, Any]
POINTS_PER_INCH = 72


def entry_of(kind: str) -> Entry:
    """An entry of a kind of analysis."""
    return entries.froc_entry() if kind == "froc" else entries.result()["analyses"][kind]


def words_of(kind: str, drawing: str, entry: Entry | None = None) -> str:
    """The text that stands in a figure."""
    content = figures.render(entry or entry_of(kind), title="t", form="svg", drawing=drawing)
    return " ".join(re.findall(r">([^<>]+)</text>", content.decode()))


DRAWN = [(kind, drawing) for kind, known in figures.DRAWINGS.items() for drawing in known]


def test_the_application_knows_the_drawings_there_are() -> None:
    assert {kind: list(known) for kind, known in plots.TITLES.items()} == {
        kind: list(figures.DRAWINGS[kind]) for kind in plots.TITLES
    }
    assert set(plots.TITLES) == set(figures.DRAWINGS)


@pytest.mark.parametrize(("kind", "drawing"), DRAWN)
def test_a_figure_is_as_wide_as_a_column_or_a_page(kind: str, drawing: str) -> None:
    entry = entry_of(kind)
    content = figures.render(entry, title=kind, form="svg", drawing=drawing).decode()
    width = float(re.findall(r'<svg [^>]*width="([\d.]+)pt"', content)[0])

    wide = figures.is_wide(entry, drawing)
    assert width == pytest.approx((180 / 25.4 if wide else COLUMN_INCHES) * POINTS_PER_INCH)


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_a_figure_is_the_same_in_every_run(form: Any) -> None:
    entry = entry_of("mrmc_or")

    first, second = (figures.render(entry, title="t", form=form) for _ in range(2))

    assert first == second


def test_files_are_what_they_say() -> None:
    entry = entry_of("mrmc_or")

    assert figures.render(entry, title="", form="png").startswith(b"\x89PNG")
    assert figures.render(entry, title="", form="pdf").startswith(b"%PDF")


def test_readers_and_means_are_named_with_their_numbers() -> None:
    text = words_of("mrmc_or", "readers")

    mean = entry_of("mrmc_or")["arm_means"]["aided"]
    assert all(reader in text for reader in ("R1", "R2", "R3", "AUC"))
    assert f"aided: {mean['estimate']:.3f} ({mean['ci_low']:.3f} to {mean['ci_high']:.3f})" in text


def test_reliance_counts_every_flow() -> None:
    entry = entry_of("reliance")
    text = words_of("reliance", "reliance")

    for key in ("right_to_right", "right_to_wrong", "wrong_to_right", "wrong_to_wrong"):
        assert not entry[key] or f" {entry[key]} " in f" {text} "
    rate = entry["over_reliance"]
    assert f"{rate['numerator']}/{rate['denominator']}" in text


def test_confusion_tables_stand_side_by_side_until_there_are_too_many() -> None:
    entry = sample.result()["analyses"]["dx_accuracy"]
    assert [name for name, _ in by_group(entry)][:2] == ["R1, unaided", "R1, aided"]

    many = {**entry, "groups": [*entry["groups"], *entry["groups"]]}
    panels = dict(by_group(many))

    assert list(panels) == ["unaided (n = 288)", "aided (n = 288)", "ai (n = 96)"]
    added = panels["unaided (n = 288)"]
    assert added["confusion"].sum() == 288
    assert added["columns"][-1] == "missing"
    assert added["confusion"][:, -1].sum() == 2


def test_the_rulers_of_a_nomogram_add_up_to_the_model() -> None:
    predictors = [
        figures.Predictor.of_number("Age", 0.05, [20, 40, 60, 80]),
        figures.Predictor("Washout", {"no": 0.0, "yes": 2.0}),
    ]
    _, ax = figures.canvas()
    figures.draw_nomogram(ax, predictors, -4.0, outcome="P")

    place = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert place["80"] == pytest.approx(100)  # the widest ruler: 3 units of the logit
    points = place["40"] + place["yes"]  # 33.3 + 66.7
    total = 100 * (3.0 + 2.0) / 3.0
    chance = expit(-4.0 + 0.05 * 40 + 2.0)
    assert place[f"{chance:g}"] == pytest.approx(100 * points / total)


def test_a_model_without_effect_has_no_nomogram() -> None:
    _, ax = figures.canvas()
    figures.draw_nomogram(ax, [figures.Predictor("x", {"a": 0.0, "b": 0.0})], 0.0, outcome="P")

    assert "changes the probability" in ax.texts[0].get_text()


NOTHING = {"estimate": None, "ci_low": None, "ci_high": None, "ci_method": ""}


@pytest.mark.parametrize(
    ("kind", "drawing", "changes"),
    [
        ("calibration", "calibration", {"bins": []}),
        ("confidence", "quartiles", {"median_a": None, "iqr_a": None}),
        ("diagnostic_dx", "radar", {"macro_f1": NOTHING}),
        ("mrmc_or", "readers", {"arm_means": {"aided": NOTHING, "unaided": NOTHING},
                                "auc": {"aided": {"R1": None}, "unaided": {"R1": 0.5}}}),
        ("non_inferiority", "margin", {"difference": NOTHING}),
        ("power", "power", {"grid": [{"readers": 2, "cases": 9, "effect": 0.1, "power": None}]}),
        ("reliance", "reliance", {"right_to_right": 0, "right_to_wrong": 0, "wrong_to_right": 0,
                                  "wrong_to_wrong": 0}),
        ("roc", "roc", {"groups": []}),
        ("subgroup", "subgroups", {"groups": {}, "interaction_p": None}),
        ("gee", "odds_ratios", {"odds_ratios": {}}),
    ],
)  # fmt: skip
def test_undefined_figures_of_merit_are_drawn_as_what_they_are(
    kind: str, drawing: str, changes: Entry
) -> None:
    entry = {**entry_of(kind), **changes}

    assert figures.render(entry, title="t", form="svg", drawing=drawing)
