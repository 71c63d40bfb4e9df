"""The mrmc_or entry: the contract's keys, and what becomes of every awkward study."""

import numpy as np
import pytest

from readerstudy import statistics
from readerstudy.statistics import InputError

from .conftest import random_study
from .rows import entry, reading_rows, reference_rows


def run(ratings, positive, *, decide_at=None, clusters=None, **options):
    rows = reading_rows(ratings, decide_at=decide_at)
    return entry(rows, reference_rows(positive, clusters), "mrmc_or", **options)


def test_van_dyke_through_the_contract(van_dyke):
    found = run(*van_dyke(), arms=["A0", "A1"])
    assert found["statistic"] == pytest.approx(4.456318693157, abs=5e-13)
    assert found["df2"] == pytest.approx(15.259674589142, abs=5e-13)
    assert found["p_value"] == pytest.approx(0.051665685819, abs=5e-13)
    assert found["difference"]["ci_low"] == pytest.approx(-0.087959498567, abs=5e-13)
    assert found["difference"]["ci_high"] == pytest.approx(0.000358854444, abs=5e-13)
    assert found["arm_means"]["A1"]["estimate"] == pytest.approx(0.94083736, abs=5e-9)
    assert (found["design"], found["df1"], found["distribution"]) == ("crossed", 1, "F")
    assert (found["n"], found["n_missing"], found["warnings"]) == (114, 0, [])
    assert set(found["components"]) == {
        "MS_T", "MS_R", "MS_TR", "Var", "Cov1", "Cov2", "Cov3", "Var_R", "Var_TR",
    }  # fmt: skip
    assert list(found["auc"]["A0"]) == ["R0", "R1", "R2", "R3", "R4"]


@pytest.mark.parametrize(
    ("column", "design", "p_value"),
    [
        ("case2", "cases_nested_in_reader", 0.04196),
        ("case3", "cases_nested_in_arm", 0.15144),
    ],
)
def test_nested_designs_are_detected_and_echoed(van_dyke, column, design, p_value):
    found = run(*van_dyke(column))
    assert found["design"] == design
    assert found["p_value"] == pytest.approx(p_value, abs=5e-6)
    other = run(*van_dyke(column), design="crossed")
    assert other["error"]["code"] == "design_mismatch"
    assert other["error"]["path"] == "/analyses/0/design"


def test_sensitivity_by_decision_is_that_by_threshold(van_dyke):
    ratings, positive = van_dyke()
    by_decision = run(ratings, positive, decide_at=3, metric="sensitivity")
    by_rating = run(ratings, positive, metric="sensitivity", threshold=3)
    assert by_decision == by_rating
    assert by_rating["p_value"] == pytest.approx(0.02008822, abs=5e-9)
    assert (by_rating["n"], by_rating["n_units"]) == (114, 45)


@pytest.mark.parametrize("metric", ["auc", "sensitivity", "specificity", "accuracy"])
@pytest.mark.parametrize("inference", ["RRRC", "FRRC", "RRFC"])
def test_swapping_arms_flips_signs(metric, inference):
    study = random_study(21, n_readers=4, n_cases=40)
    options = {"metric": metric, "inference": inference, "decide_at": 1}
    forth = run(*study, arms=["A0", "A1"], **options)
    back = run(*study, arms=["A1", "A0"], **options)
    assert back["p_value"] == pytest.approx(forth["p_value"], rel=1e-9)
    assert back["difference"]["estimate"] == -forth["difference"]["estimate"]
    assert back["difference"]["ci_low"] == pytest.approx(-forth["difference"]["ci_high"])
    assert back["arm_means"] == forth["arm_means"]


def test_one_reader_has_fixed_reader_inference_only():
    study = random_study(22, n_readers=1, n_cases=40)
    random = run(*study)
    assert (random["p_value"], random["statistic"], random["df2"]) == (None, None, None)
    assert random["difference"]["ci_low"] is None
    assert random["difference"]["estimate"] is not None
    assert "at least 2 readers" in random["warnings"][0]
    fixed = run(*study, inference="FRRC")
    assert fixed["distribution"] == "chi2"
    assert 0 < fixed["p_value"] < 1


def test_two_readers_are_warned_about():
    found = run(*random_study(23, n_readers=2, n_cases=40))
    assert found["p_value"] is not None
    assert "2 readers" in found["warnings"][0]


def test_perfect_areas():
    _, positive = random_study(24)
    ratings = np.broadcast_to(positive * 1.0, (2, 3, 14)).copy()
    found = run(ratings, positive)
    assert found["arm_means"]["A0"]["estimate"] == 1.0
    assert found["arm_means"]["A0"]["ci_low"] is None
    assert found["difference"] == {**found["difference"], "estimate": 0.0, "ci_low": None}
    assert found["p_value"] is None
    assert "exactly 1" in " ".join(found["warnings"])


def test_constant_ratings():
    _, positive = random_study(25)
    found = run(np.ones((2, 3, 14)), positive)
    assert found["arm_means"]["A0"]["estimate"] == 0.5
    assert (found["p_value"], found["arm_means"]["A0"]["ci_low"]) == (None, None)
    assert "not positive" in " ".join(found["warnings"])


def test_identical_arms():
    ratings, positive = random_study(26)
    found = run(np.stack([ratings[0]] * 2), positive)
    assert found["difference"]["estimate"] == 0
    assert (found["statistic"], found["p_value"]) == (None, None)
    assert found["arm_means"]["A0"]["ci_low"] is not None


def test_a_reader_missing_from_an_arm_is_left_out_by_name():
    ratings, positive = random_study(27, n_readers=4, n_cases=30)
    ratings[1, 2] = np.nan
    found = run(ratings, positive)
    expected = run(ratings[:, [0, 1, 3]], positive)
    assert "R2" in found["warnings"][0]
    assert found["auc"]["A1"].get("R2") is None
    assert found["auc"]["A0"]["R2"] is not None
    assert found["p_value"] == pytest.approx(expected["p_value"], rel=1e-12)


def test_missing_readings_and_cases_nobody_read():
    ratings, positive = random_study(28, n_readers=3, n_cases=30, missing=0.2)
    ratings[:, :, 7] = np.nan
    found = run(ratings, positive)
    assert found["n_units"] == 29
    assert "missing at random" in found["warnings"][0]
    assert found["p_value"] is not None


def test_blank_ratings_are_counted():
    ratings, positive = random_study(29, n_cases=30)
    rows = reading_rows(ratings)
    rows[3]["rating"] = rows[4]["rating"] = None
    found = entry(rows, reference_rows(positive), "mrmc_or")
    assert (found["n"], found["n_missing"]) == (30, 2)
    assert "No value in 2 of 180 readings: left out." in found["warnings"]


def test_blank_decisions_are_wrong_unless_excluded():
    ratings, positive = random_study(30, n_cases=30)
    rows = reading_rows(ratings, decide_at=1)
    for row in rows[:6]:
        row["decision"] = ""
    wrong = entry(rows, reference_rows(positive), "mrmc_or", metric="accuracy")
    excluded = entry(
        rows, reference_rows(positive), "mrmc_or", metric="accuracy", missing="exclude"
    )
    assert wrong["n_missing"] == excluded["n_missing"] == 6
    right = [
        row["decision"] == ("malignant" if positive[int(row["case"][1:])] else "benign")
        for row in rows
        if (row["reader"], row["arm"]) == ("R0", "A0")
    ]
    assert wrong["auc"]["A0"]["R0"] == pytest.approx(np.mean(right))
    assert excluded["auc"]["A0"]["R0"] == pytest.approx(np.mean(right[6:]))


def test_clusters_matter_to_the_bootstrap_only():
    ratings, positive = random_study(31, n_cases=40)
    clusters = np.arange(40) // 4
    plain = run(ratings, positive, clusters=clusters)
    assert "clusters" in plain["warnings"][0]
    together = run(ratings, positive, clusters=clusters, covariance="bootstrap")
    apart = run(ratings, positive, covariance="bootstrap")
    assert together["warnings"] == apart["warnings"] == []
    assert together["components"]["Var"] != apart["components"]["Var"]


def test_nothing_to_compare_areas_with():
    ratings, _ = random_study(32)
    found = run(ratings, np.zeros(14, dtype=bool))
    assert found["error"]["code"] == "no_figure_of_merit"
    assert (found["n"], found["n_missing"]) == (14, 0)
    assert run(ratings, np.zeros(14, dtype=bool), metric="sensitivity", threshold=1)["error"]
    unknown = run(*random_study(32), arms=["A0", "A7"])
    assert unknown["error"]["path"] == "/analyses/0/arms"


def test_one_arm_has_a_mean_and_no_difference():
    found = run(*random_study(33, n_arms=1, n_readers=4, n_cases=40))
    assert found["arm_means"]["A0"]["ci_low"] is not None
    assert (found["difference"]["estimate"], found["p_value"]) == (None, None)


def test_options_that_contradict_each_other():
    with pytest.raises(InputError, match="/analyses/0/threshold: An AUC takes no threshold"):
        run(*random_study(34), threshold=3)
    with pytest.raises(InputError, match='/analyses/0/arms/1: "A0" stands there twice'):
        run(*random_study(34), arms=["A0", "A0"])
    with pytest.raises(InputError, match="/analyses/0/covariance"):
        run(*random_study(34), covariance="magic")


def test_accuracy_of_a_nominal_task():
    rng = np.random.default_rng(35)
    kinds = ["HCC", "ICC", "MET"]
    reference = [{"case": f"C{case}", "task": "dx", "truth": kinds[case % 3]} for case in range(30)]
    readings = [
        {**row, "reader": f"R{reader}", "arm": f"A{arm}", "decision": decision}
        for arm in range(2)
        for reader in range(3)
        for row in ({"case": row["case"], "task": "dx"} for row in reference)
        for decision in [rng.choice([*kinds, "cannot_assess", ""])]
    ]
    plan = {
        "schema": "analysis-plan/1",
        "tasks": {"dx": {"kind": "nominal", "categories": kinds}},
        "analyses": [{"id": "it", "task": "dx", "type": "mrmc_or", "metric": "accuracy"}],
    }
    found = statistics.run(readings, reference, plan)["analyses"]["it"]
    truth = {row["case"]: row["truth"] for row in reference}
    right = [row["decision"] == truth[row["case"]] for row in readings[:30]]
    assert found["auc"]["A0"]["R0"] == pytest.approx(np.mean(right))
    assert found["n_missing"] == sum(row["decision"] == "" for row in readings)
    assert 0 < found["p_value"] <= 1
    plan["analyses"][0]["metric"] = "sensitivity"
    with pytest.raises(InputError, match="no positive categories"):
        statistics.run(readings, reference, plan)
