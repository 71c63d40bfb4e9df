"""AI against readers, case by case."""

import numpy as np
import pytest

from tests.unit.statistics.studies import BINARY, NOMINAL, entry, readings, reference

TRUTH = ["HCC", "HCC", "ICC", "ICC", "MET"]
AI = readings("AI", ["HCC", "ICC", "ICC", "ICC", "HCC"], arm="ai")
ONE = readings("R1", ["HCC", "HCC", "HCC", "ICC", "MET"])
TWO = readings("R2", ["HCC", None, "ICC", "HCC", "FNH"])
KEYS = ("both_right", "only_reader_right", "only_ai_right", "both_wrong")
MATRIX = {"type": "comparison_matrix", "ai": {"reader": "AI"}}


def cells(found, truth):
    return tuple(found["per_truth"][truth][key] for key in KEYS)


def compare(rows, readers, **options):
    analysis = {**MATRIX, "readers": readers, **options}
    return entry(rows, reference(TRUTH), analysis, task=NOMINAL)


def test_one_reader_against_ai():
    found = compare(AI + ONE, {"reader": "R1"})
    assert cells(found, "HCC") == (1, 1, 0, 0)
    assert cells(found, "ICC") == (1, 0, 1, 0)
    assert cells(found, "MET") == (0, 1, 0, 0)
    assert cells(found, "FNH") == (0, 0, 0, 0)
    assert (found["n"], found["n_missing"], found["warnings"]) == (5, 0, [])


def test_several_readers_add_up_and_stand_alone():
    found = compare(AI + ONE + TWO, ["R1", "R2"])
    assert cells(found, "HCC") == (2, 1, 0, 1)
    assert found["n_missing"] == 1
    assert [row["reader"] for row in found["per_reader"]] == ["R1", "R2"]
    assert cells(found["per_reader"][1], "HCC") == (1, 0, 0, 1)
    total = np.sum([[cells(row, truth) for truth in ("HCC", "ICC", "MET", "FNH")]
                    for row in found["per_reader"]], axis=0)  # fmt: skip
    assert total.tolist() == [list(cells(found, t)) for t in ("HCC", "ICC", "MET", "FNH")]


def test_majority_takes_the_most_frequent_decision_and_a_tie_is_wrong():
    third = readings("R3", ["ICC", "HCC", "ICC", "MET", "FNH"])
    found = compare(AI + ONE + TWO + third, ["R1", "R2", "R3"], rule="majority")
    # HCC, HCC (2 of 2 given), ICC, tie of three, FNH
    assert cells(found, "HCC") == (1, 1, 0, 0)
    assert cells(found, "ICC") == (1, 0, 1, 0)
    assert cells(found, "MET") == (0, 0, 0, 1)
    assert found["warnings"] == ["The readers' votes tie on 1 case, counted as wrong."]


def test_best_of_readers_is_labelled_optimistic():
    found = compare(AI + ONE + TWO, ["R1", "R2"], rule="best-of-readers")
    assert cells(found, "HCC") == (1, 1, 0, 0)
    assert cells(found, "ICC") == (2, 0, 0, 0)
    assert "optimistic" in found["warnings"][0]


def test_only_cases_that_both_sides_read_are_compared():
    found = compare(AI[:3] + ONE[1:], "R1")
    assert found["n"] == 2
    apart = compare(AI[:1] + ONE[1:], "R1")
    assert apart["error"]["code"] == "no_common_case"


@pytest.mark.parametrize(
    ("readers", "code"), [("nobody", "no_readings"), (["R1", "AI"], "ai_is_a_reader")]
)
def test_sides_that_cannot_be_compared(readers, code):
    assert compare(AI + ONE, readers)["error"]["code"] == code


def test_binary_truths_are_benign_and_malignant():
    truth = ["malignant", "benign"]
    rows = readings("AI", ["malignant", "malignant"], arm="ai") + readings("R1", truth)
    found = entry(rows, reference(truth), {**MATRIX, "readers": "R1"}, task=BINARY)
    assert cells(found, "malignant") == (1, 0, 0, 0)
    assert cells(found, "benign") == (0, 1, 0, 0)
