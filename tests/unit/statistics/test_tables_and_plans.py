"""Every fault of a table or plan is named by its place, and nothing is computed."""

import json
from pathlib import Path

import pytest

from readerstudy.statistics import InputError, run
from readerstudy.statistics.plan import parse_plan
from readerstudy.statistics.plan_json import canonical, read_plan_json
from readerstudy.statistics.tables import read_table
from tests.unit.statistics.studies import BINARY, plan, readings, reference

ACC = {"type": "diagnostic"}


def problems_of(rows, truth, document=None, **more):
    with pytest.raises(InputError) as caught:
        run(rows, truth, document or plan(ACC), **more)
    return [str(problem) for problem in caught.value.problems]


def good():
    return readings("R1", ["benign", "malignant"]), reference(["benign", "malignant"])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"decision": "benlgn"}, "readings:3:decision: "),
        ({"decision": "benign;what"}, "readings:3:decision: "),
        ({"rating": "NaN"}, "readings:3:rating: "),
        ({"rating": "inf"}, "readings:3:rating: "),
        ({"rating": "1e999"}, "readings:3:rating: "),
        ({"rating": "0,5"}, "readings:3:rating: "),
        ({"rating": "1_0"}, "readings:3:rating: "),
        ({"seconds": "fast"}, "readings:3:seconds: "),
        ({"confidence": "high"}, "readings:3:confidence: "),
        ({"position": "first"}, "readings:3:position: "),
        ({"repeat": "-1"}, "readings:3:repeat: "),
        ({"repeat": "0.5"}, "readings:3:repeat: "),
        ({"reader": ""}, "readings:3:reader: "),
        ({"arm": " "}, "readings:3:arm: "),
        ({"case": ""}, "readings:3:case: "),
        ({"task": ""}, "readings:3:task: "),
        ({"case": "C999"}, "readings:3:case: "),
        ({"task": "other"}, "readings:3:case: "),
        ({"case": "C000"}, "readings:3:case: "),
        ({"colour": "red"}, "readings:1:colour: "),
    ],
)
def test_a_faulty_reading_is_named_by_row_and_column(change, place):
    rows, truth = good()
    rows[1].update(change)
    found = problems_of(rows, truth)
    assert len(found) == 1
    assert found[0].startswith(place)
    assert found[0].endswith(".")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"truth": "benlgn"}, "reference:3:truth: "),
        ({"truth": ""}, "reference:3:truth: "),
        ({"case": ""}, "reference:3:case: "),
        ({"case": "C000"}, "reference:3:case: "),
        ({"cluster": ""}, "reference:3:cluster: "),
    ],
)
def test_a_faulty_reference_is_named_by_row_and_column(change, place):
    rows, truth = good()
    truth[0]["cluster"] = truth[1]["cluster"] = "P1"
    truth[1].update(change)
    assert problems_of(rows[:1], truth)[0].startswith(place)


def test_all_problems_are_listed_in_the_order_of_the_files():
    rows, truth = good()
    rows[0]["rating"], rows[1]["decision"], truth[1]["truth"] = "x", "y", "z"
    found = problems_of(rows, truth)
    assert [line.split(": ")[0] for line in found] == [
        "readings:2:rating",
        "readings:3:decision",
        "reference:3:truth",
    ]


@pytest.mark.parametrize("column", ["reader", "arm", "case", "task"])
def test_a_missing_column_is_named(tmp_path, column):
    header = ",".join(name for name in ("reader", "arm", "case", "task") if name != column)
    path = tmp_path / "readings.csv"
    path.write_text(header + "\n1,2,3\n")
    with pytest.raises(InputError) as caught:
        read_table(path, "readings")
    assert [problem.place for problem in caught.value.problems] == [f"readings.csv:1:{column}"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "r.csv:1:file"),
        (b"\n\n", "r.csv:1:file"),
        (b"reader,arm,case,task\nR,A,\xff,t\n", "r.csv:2:file"),
        (b"reader,arm,case,task,task\n", "r.csv:1:task"),
        (b"reader,arm,case,task,\n", "r.csv:1:5"),
        (b"reader,arm,case,task\nR,A,C\n", "r.csv:2:case"),
        (b"reader,arm,case,task\nR,A,C,t,more\n", "r.csv:2:task"),
        (b'reader,arm,case,task\n"R,A,C,t\n', "r.csv:2:file"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, content, place):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_table(path, "readings")
    assert caught.value.problems[0].place == place


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv:1:file: The file was not read"):
        read_table(tmp_path / "gone.csv", "readings")


def test_a_byte_order_mark_blank_lines_and_blanks_around_cells_are_allowed(tmp_path):
    path = tmp_path / "readings.csv"
    text = "\ufeffreader , arm,case,task,decision\r\n\r\n R1 ,A, C1 ,t, benign \r\n,,,,\r\n"
    path.write_bytes(text.encode())
    table = read_table(path, "readings")
    assert table.columns == ("reader", "arm", "case", "task", "decision")
    assert table.rows == ((3, ("R1", "A", "C1", "t", "benign")),)


def test_a_header_without_rows_is_a_study_without_readings():
    result = run([], reference(["benign"]), plan(ACC))
    assert result["analyses"]["a0"]["error"]["code"] == "no_readings"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": "analysis-plan/2"}, "plan:/schema"),
        ({"alpha": 0}, "plan:/alpha"),
        ({"alpha": "0.05"}, "plan:/alpha"),
        ({"alpha": True}, "plan:/alpha"),
        ({"seed": -1}, "plan:/seed"),
        ({"seed": 1.5}, "plan:/seed"),
        ({"resamples": 0}, "plan:/resamples"),
        ({"colour": 1}, "plan:/colour"),
        ({"analyses": {}}, "plan:/analyses"),
        ({"analyses": None}, "plan:/analyses"),
        ({"analyses": ["x"]}, "plan:/analyses/0"),
        ({"analyses": [{"type": "diagnostic"}]}, "plan:/analyses/0/id"),
        ({"families": {}}, "plan:/families"),
        ({"families": [{"id": "f", "members": ["zz"], "adjust": "holm"}]},
         "plan:/families/0/members/0"),
        ({"families": [{"id": "f", "members": ["a0"], "adjust": "holm"}]},
         "plan:/families/0/members/0"),
        ({"families": [{"id": "f", "members": ["a0"], "adjust": "sidak"}]},
         "plan:/families/0/adjust"),
        ({"tasks": {"t": 1}}, "plan:/tasks/t"),
        ({"tasks": {"t": {**BINARY, "kind": "fuzzy"}}}, "plan:/tasks/t/kind"),
        ({"tasks": {"t": {**BINARY, "positive": []}}}, "plan:/tasks/t/positive"),
        ({"tasks": {"t": {**BINARY, "positive": ["x"]}}}, "plan:/tasks/t/positive/0"),
        ({"tasks": {"t": {**BINARY, "positive": ["benign", "malignant"]}}},
         "plan:/tasks/t/positive"),
        ({"tasks": {"t": {"kind": "binary", "categories": ["a", "b"]}}}, "plan:/tasks/t/positive"),
        ({"tasks": {"t": {**BINARY, "categories": ["a"]}}}, "plan:/tasks/t/categories"),
        ({"tasks": {"t": {**BINARY, "categories": ["a", "a"]}}}, "plan:/tasks/t/categories/1"),
        ({"tasks": {"t": {**BINARY, "categories": ["a", "b;c"]}}}, "plan:/tasks/t/categories/1"),
    ],
)  # fmt: skip
def test_a_faulty_plan_is_named_by_its_path(change, place):
    with pytest.raises(InputError) as caught:
        parse_plan({**plan(ACC), **change})
    assert caught.value.problems[0].place == place


@pytest.mark.parametrize(
    ("analysis", "place"),
    [
        ({"type": "magic"}, "/type"),
        ({"type": ["diagnostic"]}, "/type"),
        ({"type": "diagnostic", "task": "zz"}, "/task"),
        ({"type": "diagnostic", "task": None}, "/task"),
        ({"type": "diagnostic", "cl": "wilson"}, "/cl"),
        ({"type": "diagnostic", "ci": "wald"}, "/ci"),
        ({"type": "diagnostic", "by": ["colour"]}, "/by/0"),
        ({"type": "diagnostic", "select": {"colour": "red"}}, "/select/colour"),
        ({"type": "diagnostic", "select": {"reader": []}}, "/select/reader"),
        ({"type": "diagnostic", "select": {"reader": None}}, "/select/reader"),
        ({"type": "diagnostic", "select": 3}, "/select"),
        ({"type": "diagnostic", "where": ["x"]}, "/where"),
        ({"type": "diagnostic", "subset_truth": ["zz"]}, "/subset_truth"),
        ({"type": "mcnemar", "a": {"reader": "R1"}}, "/b"),
        ({"type": "mcnemar", "a": "R1", "b": "R2", "variant": "midp"}, "/variant"),
    ],
)
def test_a_faulty_analysis_is_named_by_its_path(analysis, place):
    with pytest.raises(InputError) as caught:
        parse_plan(plan(analysis))
    assert [problem.place for problem in caught.value.problems] == [f"plan:/analyses/0{place}"]


def test_positive_outcomes_need_positive_categories():
    nominal = {"kind": "nominal", "categories": ["x", "y", "z"]}
    analysis = {"type": "mcnemar", "a": "R1", "b": "R2", "outcome": "decision"}
    with pytest.raises(InputError, match="plan:/analyses/0/outcome: "):
        parse_plan(plan(analysis, task=nominal))
    with pytest.raises(InputError, match="plan:/analyses/0/task: roc needs"):
        parse_plan(plan({"type": "roc"}, task=nominal))


def test_ids_and_members_are_unique():
    twice = plan(ACC, ACC)
    twice["analyses"][1]["id"] = "a0"
    with pytest.raises(InputError, match="plan:/analyses/1/id"):
        parse_plan(twice)
    tests = plan({"type": "mcnemar", "a": "R1", "b": "R2"})
    tests["families"] = [{"id": "f", "members": ["a0", "a0"], "adjust": "bh"}]
    with pytest.raises(InputError, match="plan:/families/0/members/1"):
        parse_plan(tests)


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '{"alpha": NaN}', "{", "", "[1]", "null", "[" * 100_000]
)
def test_a_plan_that_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(InputError, match="plan:/: "):
        parse_plan(read_plan_json(path))


def test_the_hash_is_of_the_meaning_not_of_the_layout(tmp_path: Path):
    document = plan(ACC)
    path = tmp_path / "plan.json"
    path.write_text("\ufeff" + json.dumps(document, indent=8), encoding="utf-8")
    assert parse_plan(read_plan_json(path)).sha256 == parse_plan(document).sha256
    assert canonical({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'.encode()
    assert parse_plan({**document, "seed": 8}).sha256 != parse_plan(document).sha256


def test_marks_need_their_reading_and_their_lesion():
    rows, truth = good()
    mark = {"reader": "R1", "arm": "unaided", "case": "C000", "mark": 1, "lesion": "", "rating": 3}
    lesion = {"case": "C001", "lesion": "L1", "weight": 1}
    tables = {
        "marks": [mark, {**mark, "case": "C009"}, {**mark, "lesion": "L9", "mark": 2}, mark,
                  {**mark, "mark": 4, "rating": ""}],
        "lesions": [lesion, lesion, {**lesion, "lesion": "L2", "weight": -1},
                    {**lesion, "case": "C777"}],
    }  # fmt: skip
    places = [line.split(": ")[0] for line in problems_of(rows, truth, **tables)]
    assert places == [
        "lesions:3:lesion", "lesions:4:weight", "lesions:5:case",
        "marks:3:case", "marks:4:lesion", "marks:5:mark", "marks:6:rating",
    ]  # fmt: skip


def test_whole_numbers_may_be_spelt_with_decimals():
    rows, truth = good()
    rows += [{**row, "repeat": "1.0", "period": "2.0"} for row in rows]
    for row in rows[:2]:
        row.update(repeat="0.0", period="1.0")
    document = plan({**ACC, "select": {"repeat": 1, "period": 2}}, {**ACC, "select": {"period": 1}})
    entries = run(rows, truth, document)["analyses"]
    assert [entries[name]["n"] for name in ("a0", "a1")] == [2, 2]
    rows[2].update(repeat="0", period="1")
    assert problems_of(rows, truth)[0].startswith("readings:4:case: ")
