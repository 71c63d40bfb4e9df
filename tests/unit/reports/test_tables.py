"""Tables of results: every kind has one, and its numbers are those of the entry."""

import pytest

from readerstudy.reports import tables
from readerstudy.reports.tables.sheet import notes
from readerstudy.reports.tables.wording import estimate, interval, number, p_value, p_with_sign
from readerstudy.statistics.registry import analysis_types
from tests.unit.reports import entries, sample


def cells_of(tables_found: list[tables.ResultTable], start: str) -> list[dict[str, str]]:
    """Rows of the table whose title begins so, by heading."""
    (table,) = [table for table in tables_found if table.title.startswith(start)]
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@pytest.fixture(scope="module")
def every() -> list[tables.ResultTable]:
    return tables.tables_of(entries.result(), entries.plan())


def test_every_analysis_type_has_a_sheet() -> None:
    assert set(tables.SHEETS) - {"binary", "nominal"} == set(analysis_types()) - {"diagnostic"}


def test_every_analysis_stands_in_one_table(every: list[tables.ResultTable]) -> None:
    named = [name for table in every for name in table.analyses]
    failed = [row[0] for table in every for row in table.rows if table.columns[1] == "Reason"]

    assert sorted([*named, *failed]) == sorted(entries.result()["analyses"])
    assert failed == ["nobody"]


def test_every_row_has_a_cell_for_every_column(every: list[tables.ResultTable]) -> None:
    for table in every:
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.title
        assert not any("%(" in text for text in (table.title, *table.columns)), table.title


def test_free_response_studies_have_a_table() -> None:
    result = {**entries.result(), "analyses": {"froc": entries.froc_entry()}, "families": {}}

    (row,) = cells_of(tables.tables_of(result, entries.plan()), "Arms compared by marks")

    assert row["Figure of merit"] == "wAFROC"
    assert row["p"] == p_value(entries.froc_entry()["p_value"])


def test_proportions_come_with_what_they_are_made_of() -> None:
    group = sample.result()["analyses"]["bm_accuracy"]["groups"][0]
    rows = cells_of(tables.tables_of(sample.result(), sample.plan()), "Diagnostic performance (bm)")

    own = rows[0]
    assert own["Reader · arm"] == "R1 · unaided"
    part = f"{group['tp']}/{group['n_positive']}"
    assert own["Sensitivity"] == f"{estimate(group['sensitivity'])} {part}"
    assert group["tp"] / group["n_positive"] == group["sensitivity"]["estimate"]
    assert own["Accuracy"].endswith(f"{group['tp'] + group['tn']}/{group['n']}")


def test_a_missing_answer_stays_in_the_denominator_of_a_nominal_task() -> None:
    rows = cells_of(tables.tables_of(sample.result(), sample.plan()), "Diagnostic performance (dx)")

    own = rows[0]
    assert own["no answer"] == "1"
    right = round(
        sample.result()["analyses"]["dx_accuracy"]["groups"][0]["accuracy"]["estimate"] * 48
    )
    assert own["Accuracy"].endswith(f" {right}/48")


def test_a_mixed_model_of_times_shows_its_terms(every: list[tables.ResultTable]) -> None:
    rows = cells_of(every, "Mixed model of the logarithm of reading time")
    assert [row["Term"].split(" · ")[-1] for row in rows][:2] == ["intercept", "side[a]"]
    assert not [table for table in every if "Mixed model of confidence" in table.title]


def test_oddities_name_their_rows() -> None:
    found = [{"message": "Odd.", "rows": rows} for rows in ([], [3], [3, 5], list(range(2, 30)))]
    assert tables.oddities({"oddities": found}) == (
        "Odd.", "Odd. (row 3)", "Odd. (rows 3, 5)",
        "Odd. (rows 2, 3, 4, 5, 6, 7, 8, 9, ...; 28 in all)",
    )  # fmt: skip


def test_adjusted_p_values_stand_beside_the_others(every: list[tables.ResultTable]) -> None:
    family = entries.result()["families"]["tests"]["members"]
    (row,) = cells_of(every, "McNemar")

    assert row["p"] == p_value(family[0]["p_value"])
    assert row["p adjusted"] == f"{p_value(family[0]['p_adjusted'])} (Hochberg)"


def test_the_level_of_the_intervals_is_that_of_the_plan() -> None:
    plan = {**entries.plan(), "alpha": 0.1}

    heads = {
        column for table in tables.tables_of(entries.result(), plan) for column in table.columns
    }

    assert "AUC (90% CI)" in heads
    assert not any("95%" in head for head in heads)


def test_warnings_stand_under_their_table_behind_their_group() -> None:
    entry = {**entries.result()["analyses"]["roc"], "warnings": ["whole"]}
    entry["groups"] = [{**group, "warnings": ["part"]} for group in entry["groups"][:1]]
    result = {**entries.result(), "analyses": {"roc": entry}, "families": {}}

    (table,) = tables.tables_of(result, entries.plan())

    assert table.notes == ("whole", "R1 · unaided: part")


def test_the_headline_is_the_multi_reader_comparison() -> None:
    entry = sample.result()["analyses"]["bm_mrmc"]
    sentence = tables.headline(sample.result())

    assert estimate(entry["difference"]) in sentence
    assert p_with_sign(entry["p_value"]) in sentence
    assert f"n = {entry['n']}" in sentence


def test_without_comparison_the_headline_says_so() -> None:
    assert "no comparison" in tables.headline({"analyses": {}})


def test_numbers_are_written_as_journals_do() -> None:
    assert number(None) == "–"
    assert number(-0.25, 2) == "−0.25"
    assert [p_value(p) for p in (None, 0.0004, 0.051)] == ["–", "< 0.001", "0.051"]
    assert p_with_sign(0.0004) == "< 0.001"
    assert p_with_sign(None) == "undefined"
    assert interval(0.1, None) == ""
    undefined = {"estimate": None, "ci_low": None, "ci_high": None}
    assert estimate(undefined) == "–"
    assert estimate({"estimate": 0.5, "ci_low": None, "ci_high": None}) == "0.500"
    assert estimate({"estimate": -0.5, "ci_low": -1, "ci_high": 0}, 1) == "−0.5 (−1.0 to 0.0)"


def test_warnings_of_many_groups_become_one() -> None:
    groups = {f"R{n}": {"warnings": [f"f1: {n} of 1000 were left out."]} for n in range(1, 6)}
    groups["R1"]["warnings"].append("mcc: undefined.")
    entry = {"warnings": ["Two cases are missing."], "groups": groups}
    assert notes({"a": entry}) == (
        "Two cases are missing.",
        "f1: 1–5 of 1000 were left out. (in 5 groups)",
        "R1: mcc: undefined.",
    )
    for row in groups.values():
        row["warnings"] = ["ICC(2,1) is undefined."]
    assert notes({"a": entry})[1:] == ("ICC(2,1) is undefined. (in 5 groups)",)
    few = {name: groups[name] for name in ("R1", "R2")}
    assert notes({"a": {"warnings": [], "groups": few}}) == (
        "R1: ICC(2,1) is undefined.",
        "R2: ICC(2,1) is undefined.",
    )
