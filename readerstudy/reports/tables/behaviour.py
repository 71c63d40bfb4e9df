"""Tables about how readers behave: time, confidence, reliance on the AI, order, subgroups."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.sheet import Column, Line, Sheet, Text, adjusted_p, get
from readerstudy.reports.tables.wording import (
    DASH,
    Entry,
    count,
    estimate,
    interval,
    number,
    p_value,
)
from readerstudy.statistics.analyses.subgroup import headline_of

_TEST = (Column(_("p"), get("p_value", p_value)), Column(_("p adjusted"), adjusted_p))


def _median(side: str, head: Text) -> Column:
    def cell(line: Line) -> str:
        low, high = line.figures[f"iqr_{side}"] or (None, None)
        return f"{number(line.figures[f'median_{side}'], 1)} {interval(low, high, 1)}".rstrip()

    return Column(head, cell)


_MEDIANS = (
    _median("a", _("Median a (quartiles)")),
    _median("b", _("Median b (quartiles)")),
)
_PAIRS = Column(_("pairs"), get("n_pairs", count))
TIME = Sheet(
    _("Reading time in seconds (%(task)s)"),
    _("Comparison (a vs b)"),
    (
        _PAIRS,
        *_MEDIANS,
        Column(_("Ratio of geometric means (%(level)s CI)"), get("ratio", estimate)),
        *_TEST,
    ),
)
CONFIDENCE = Sheet(
    _("Confidence (%(task)s)"),
    _("Comparison (a vs b)"),
    (
        _PAIRS,
        *_MEDIANS,
        Column(_("Mean difference (%(level)s CI)"), get("difference", estimate)),
        *_TEST,
    ),
)


def _terms(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for row in entry["coefficients"]:
        yield row["name"], row


_TERMS = (
    Column(
        _("Coefficient (%(level)s CI)"), lambda line: f"{number(line.figures['estimate'])} "
        f"{interval(line.figures['ci_low'], line.figures['ci_high'])}"
    ),
    Column(_("SE"), get("se", number)),
    Column(_("p"), get("p_value", p_value)),
)  # fmt: skip
TIME_TERMS = Sheet(
    _("Mixed model of the logarithm of reading time (%(task)s)"), _("Term"), _TERMS, _terms
)
CONFIDENCE_TERMS = Sheet(_("Mixed model of confidence (%(task)s)"), _("Term"), _TERMS, _terms)


def _rate(key: str) -> Any:
    def cell(line: Line) -> str:
        rate = line.figures[key]
        return f"{estimate(rate)} {rate['numerator']}/{rate['denominator']}"

    return cell


RELIANCE = Sheet(
    _("Reliance on the AI (%(task)s)"),
    _("Reader"),
    (
        Column(_("right → right"), get("right_to_right", count)),
        Column(_("right → wrong"), get("right_to_wrong", count)),
        Column(_("wrong → right"), get("wrong_to_right", count)),
        Column(_("wrong → wrong"), get("wrong_to_wrong", count)),
        Column(_("Wrong after a wrong AI (%(level)s CI) n/N"), _rate("over_reliance")),
        Column(_("Wrong after a right AI (%(level)s CI) n/N"), _rate("under_reliance")),
    ),
)


def _coefficients(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for row in entry["coefficients"]:
        yield row["name"], {**row, "odds_ratio": entry["odds_ratios"].get(row["name"])}


def _coefficient_columns(error: Text) -> tuple[Column, ...]:
    estimate_column, _se, p_column = _TERMS
    return (
        estimate_column,
        Column(error, get("se", number)),
        Column(_("Odds ratio (%(level)s CI)"), get("odds_ratio", estimate)),
        p_column,
    )


GEE = Sheet(
    _("What being right depends on, generalised estimating equations (%(task)s)"),
    _("Term"),
    _coefficient_columns(_("Robust SE")),
    _coefficients,
)
GLMM = Sheet(
    _("What being right depends on, readers and cases random (%(task)s)"),
    _("Term"),
    _coefficient_columns(_("SE")),
    _coefficients,
)


def _levels(entry: Entry) -> Iterator[tuple[str, Entry]]:
    yield from entry["groups"].items()


SUBGROUP = Sheet(
    _("Subgroups (%(task)s)"),
    _("Subgroup"),
    (
        Column(_("n"), get("n", count)),
        Column(_("Estimate (%(level)s CI)"), lambda line: estimate(headline_of(line.figures))),
        Column(_("p of interaction"), lambda line: p_value(line.whole["interaction_p"])),
    ),
    _levels,
)


def _effects(entry: Entry) -> Iterator[tuple[str, Entry]]:
    names = {"order": _("order"), "period": _("period"), "carry_over": _("carry-over")}
    for key, name in names.items():
        if entry.get(key):
            yield str(name), entry[key]


def _effect(line: Line) -> str:
    figures = line.figures
    return DASH if "estimate" not in figures else number(figures["estimate"])


PERIOD_EFFECT = Sheet(
    _("Effects of order, period and carry-over (%(task)s)"),
    _("Effect"),
    (Column(_("Estimate"), _effect), Column(_("p"), get("p_value", p_value))),
    _effects,
)
