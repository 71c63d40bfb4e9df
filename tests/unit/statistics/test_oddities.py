"""The oddity report names what is odd, with its rows, and is silent on ordinary data."""

import csv

import numpy as np
import pytest

from readerstudy.statistics import run
from tests.unit.statistics.studies import BINARY, NOMINAL, draw, plan, readings, reference

BOTH = ("benign", "malignant")


def report(rows, truth, **tasks):
    document = plan(task=BINARY)
    if tasks:
        document["tasks"] = tasks
    return run(rows, truth, document)["oddities"]


def codes(found):
    return [oddity["code"] for oddity in found]


@pytest.fixture
def ordinary():
    """Two readers, right in about four of five cases, with ratings and times that fit."""
    rng = np.random.default_rng(11)
    truth = draw(rng, BOTH, 80)
    rows = []
    for name in ("R1", "R2"):
        decisions = [t if rng.random() < 0.8 else BOTH[t == "benign"] for t in truth]
        ratings = [int(rng.integers(51, 100) if d == "malignant" else rng.integers(0, 50))
                   for d in decisions]  # fmt: skip
        seconds = rng.uniform(10, 90, 80).round(1).tolist()
        rows += readings(name, decisions, rating=ratings, seconds=seconds)
    return rows, reference(truth)


def test_ordinary_data_are_not_odd(ordinary):
    assert report(*ordinary) == []


def test_blank_and_double_answers_are_listed_by_row(ordinary):
    rows, truth = ordinary
    rows[0]["decision"], rows[3]["decision"] = None, "benign;malignant"
    found = report(rows, truth)
    assert [(o["code"], o["rows"]) for o in found] == [
        ("no_decision", [2]), ("several_decisions", [5]),
    ]  # fmt: skip
    assert "1 of 80" in found[0]["message"]


def test_cases_that_only_others_read_are_counted(ordinary):
    rows, truth = ordinary
    found = report(rows[:-2], truth)
    assert codes(found) == ["unread_cases"]
    assert "C078, C079" in found[0]["message"]


def test_identical_and_nearly_identical_readers_are_named(ordinary):
    rows, truth = ordinary
    for first, second in zip(rows[:80], rows[80:], strict=True):
        second["decision"] = first["decision"]
    assert "identical_readers" in codes(report(rows, truth))
    rows[80]["decision"] = BOTH[rows[80]["decision"] == "benign"]
    assert "nearly_identical_readers" in codes(report(rows, truth))


def test_two_excellent_readers_are_not_suspected():
    truth = [BOTH[i % 2] for i in range(100)]
    rows = readings("R1", truth) + readings("R2", truth)
    assert report(rows, reference(truth)) == []


def test_identical_ratings_are_named(ordinary):
    rows, truth = ordinary
    for row in rows:
        row["decision"] = None
    for first, second in zip(rows[:80], rows[80:], strict=True):
        second["rating"] = first["rating"]
    assert codes(report(rows, truth)) == ["identical_readers"]


def test_a_constant_rater_is_named(ordinary):
    rows, truth = ordinary
    for row in rows[:80]:
        row["decision"], row["rating"] = "benign", None
    found = report(rows, truth)
    assert set(codes(found)) == {"constant_rater", "truth_never_chosen"}
    assert "R1, unaided" in found[0]["message"]


def test_impossible_times_are_listed(ordinary):
    rows, truth = ordinary
    rows[1]["seconds"], rows[2]["seconds"], rows[3]["seconds"] = 0, -3, 100_000
    found = report(rows, truth)
    assert [(o["code"], o["rows"]) for o in found] == [("impossible_time", [3, 4, 5])]


def test_decisions_against_ratings_are_listed_and_a_turned_scale_is_told(ordinary):
    rows, truth = ordinary
    chosen = next(i for i, row in enumerate(rows) if row["decision"] == "benign")
    rows[chosen]["rating"] = 99
    assert [(o["code"], o["rows"]) for o in report(rows, truth)] == [
        ("decision_against_rating", [chosen + 2])
    ]
    for row in rows[80:]:
        row["rating"] = 100 - row["rating"]
    found = [o for o in report(rows, truth) if o["message"].startswith("R2")]
    assert [(o["code"], o["rows"]) for o in found] == [("decision_against_rating", [])]


def test_a_truth_that_nobody_chose_is_named():
    truth = ["HCC", "ICC", "MET"] * 4
    rows = readings("R1", ["HCC", "MET", "MET"] * 4)
    found = report(rows, reference(truth), t=NOMINAL)
    assert codes(found) == ["truth_never_chosen"]
    assert "ICC" in found[0]["message"]


def test_readers_with_two_levels_and_tasks_outside_the_plan_are_named(ordinary):
    rows, truth = ordinary
    for row in rows:
        row["level"] = "junior"
    rows[5]["level"] = "senior"
    other = readings("R1", ["yes"] * 3, task="extra")
    found = report(rows + other, truth + reference(["yes"] * 3, task="extra"))
    assert codes(found) == ["task_not_in_plan", "several_levels"]


def test_the_published_lilnet_table_shows_its_oddities(shared_data):
    with (shared_data / "statistics" / "lilnet_reader_study.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    truth, rows = [], []
    for line in table:
        for task, value in (("bm", BOTH[int(line["truth_malignant"])]), ("dx", line["truth"])):
            truth.append({"case": line["case"], "task": task, "truth": value})
        for reader in ("junior", "middle", "senior", "ai"):
            ticks = line[f"{reader}_ticks"].replace("+", ";")
            for task, value in (("bm", BOTH[int(line[f"{reader}_bm"])]), ("dx", ticks)):
                rows.append({"reader": reader, "arm": "u", "case": line["case"], "task": task,
                             "decision": value})  # fmt: skip
    six = {"kind": "nominal", "categories": ["HCC", "ICC", "MET", "FNH", "HEM", "CYST"]}
    found = report(rows, truth, bm=BINARY, dx=six)
    counted = {(o["code"], o["message"].split(",")[0]): len(o["rows"]) for o in found}
    assert counted == {
        ("identical_readers", "middle"): 442,
        ("no_decision", "junior"): 3,
        ("no_decision", "middle"): 7,
        ("no_decision", "senior"): 5,
        ("several_decisions", "junior"): 5,
        ("contradicts_task", "junior"): 12,
        ("contradicts_task", "middle"): 4,
        ("contradicts_task", "senior"): 16,
        ("contradicts_task", "ai"): 40,
        ("follows_truth", "ai"): 0,
    }
