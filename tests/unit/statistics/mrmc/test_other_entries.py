"""Entries of delong, mrmc_ustat, froc and mann_whitney."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm

from readerstudy.statistics.mrmc.auc import delong_covariance, placements

from .conftest import random_study
from .rows import entry, reading_rows, reference_rows


def run(kind, ratings, positive, *, decide_at=None, **options):
    rows = reading_rows(ratings, decide_at=decide_at)
    return entry(rows, reference_rows(positive), kind, **options)


A = {"reader": "R0", "arm": "A0"}
B = {"reader": "R1", "arm": "A0"}


def test_delong_paired_and_unpaired():
    ratings, positive = random_study(41, n_cases=40)
    curves = [placements(cell[positive], cell[~positive]) for cell in ratings[0, :2]]
    covariance = delong_covariance(curves)
    found = run("delong", ratings, positive, a=A, b=B)
    np.testing.assert_allclose(found["covariance"], covariance, rtol=1e-12)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    z = (curves[0].auc - curves[1].auc) / np.sqrt(variance)
    assert found["z"] == pytest.approx(z)
    assert found["p_value"] == pytest.approx(2 * norm.sf(abs(z)))
    assert found["n"] == 40
    apart = run("delong", ratings, positive, a=A, b=B, paired=False)
    assert apart["covariance"][0][1] == 0
    assert "unpaired" in apart["warnings"][0]
    assert abs(apart["z"]) == pytest.approx(
        abs(curves[0].auc - curves[1].auc) / np.sqrt(np.trace(covariance))
    )


def test_delong_uses_cases_rated_by_both():
    ratings, positive = random_study(42, n_cases=40)
    ratings[0, 0, 30:], ratings[0, 1, :4] = np.nan, np.nan
    found = run("delong", ratings, positive, a=A, b=B)
    expected = run("delong", ratings[..., 4:30], positive[4:30], a=A, b=B)
    assert found["z"] == expected["z"]
    assert (found["n"], expected["n"]) == (40, 26)
    assert "14 cases" in found["warnings"][0]


def test_delong_without_common_cases():
    ratings, positive = random_study(49, n_cases=40)
    ratings[0, 0, 20:], ratings[0, 1, :20] = np.nan, np.nan
    found = run("delong", ratings, positive, a=A, b=B)
    assert (found["error"]["code"], found["n"]) == ("no_common_cases", 40)
    apart = run("delong", ratings, positive, a=A, b=B, paired=False)
    assert (0 < apart["p_value"] < 1, apart["warnings"]) == (True, [])


def test_delong_degenerate():
    ratings, positive = random_study(43)
    ratings[0, 0] = positive
    perfect = run("delong", ratings, positive, a=A, b=B)
    assert perfect["auc_a"] == {**perfect["auc_a"], "estimate": 1.0, "ci_low": None}
    assert perfect["auc_b"]["ci_low"] is not None
    assert (perfect["z"], perfect["p_value"], perfect["difference"]["ci_low"]) == (None,) * 3
    same = run("delong", ratings, positive, a=B, b=B)
    assert (same["difference"]["estimate"], same["p_value"]) == (0, None)
    single = run("delong", ratings, np.arange(14) == 0, a=A, b=B)
    assert (single["covariance"], single["p_value"]) == (None, None)
    assert "at least 2 positive" in single["warnings"][0]
    none = run("delong", ratings, np.zeros(14, dtype=bool), a=A, b=B)
    assert none["error"]["code"] == "one_truth_only"
    many = run("delong", ratings, positive, a={"arm": "A0"}, b=B)
    assert many["error"]["path"] == "/analyses/0/a"


def test_ustat_entry():
    ratings, positive = random_study(44, n_readers=3, n_cases=30, missing=0.3)
    found = run("mrmc_ustat", ratings, positive, arms=["A0", "A1"])
    components = found["components"]
    assert set(components) == {"var_a", "var_b", "var_difference", "moments"}
    assert [len(components["moments"][key]) for key in ("a", "b", "ab")] == [8, 8, 8]
    z = found["difference"]["estimate"] / np.sqrt(components["var_difference"])
    assert found["z"] == pytest.approx(z)
    back = run("mrmc_ustat", ratings, positive, arms=["A1", "A0"])
    assert back["z"] == pytest.approx(-found["z"])
    assert back["components"]["var_a"] == components["var_b"]


def test_ustat_degenerate():
    ratings, positive = random_study(45)
    alone = run("mrmc_ustat", ratings[:, :1], positive)
    assert (alone["p_value"], alone["components"]["var_difference"]) == (None, None)
    assert "at least 2 readers" in alone["warnings"][0]
    constant = run("mrmc_ustat", np.ones((2, 3, 14)), positive)
    assert constant["components"]["var_difference"] == 0
    assert (constant["p_value"], constant["arm_means"]["A0"]["ci_low"]) == (None, None)
    one_arm = run("mrmc_ustat", ratings[:1], positive)
    assert one_arm["error"]["code"] == "two_arms_needed"
    nothing = run("mrmc_ustat", ratings, np.ones(14, dtype=bool))
    assert nothing["error"]["code"] == "no_figure_of_merit"


def test_a_negative_variance_is_reported_as_it_is():
    """Seed chosen by search: few cases make negative unbiased estimates possible."""
    for seed in range(200):
        ratings, positive = random_study(seed, n_readers=2, n_cases=6)
        found = run("mrmc_ustat", ratings, positive)
        variance = found["components"]["var_difference"]
        if variance < 0:
            assert (found["z"], found["difference"]["ci_low"]) == (None, None)
            assert any("not positive" in warning for warning in found["warnings"])
            return
    pytest.fail("no study with a negative variance estimate among the seeds")


def froc_study():
    """Readers mark each lesion of positive cases and sometimes a healthy place."""
    rng = np.random.default_rng(46)
    positive = np.arange(20) < 10
    readings, marks = [], []
    for arm, reader, case in np.ndindex(2, 3, 20):
        key = {"reader": f"R{reader}", "arm": f"A{arm}", "case": f"C{case}"}
        readings.append(key | {"task": "bm"})
        wanted = [("L1", 2), ("L2", 1)] if positive[case] else []
        for number, (lesion, shift) in enumerate([*wanted, ("", 0)]):
            if rng.random() < 0.7:
                rating = rng.normal() + shift
                marks.append(key | {"mark": f"m{number}", "lesion": lesion, "rating": rating})
    lesions = [
        {"case": f"C{case}", "lesion": name, "weight": weight}
        for case in range(10)
        for name, weight in (("L1", 0.75), ("L2", 0.25))
    ]
    return readings, reference_rows(positive), marks, lesions


@pytest.mark.parametrize("figure", ["AFROC", "wAFROC", "HrAUC", "LROC"])
def test_froc_entry(figure):
    readings, reference, marks, lesions = froc_study()
    found = entry(readings, reference, "froc", marks=marks, lesions=lesions, figure_of_merit=figure)
    assert found["figure_of_merit"] == figure
    assert found["n"] == found["n_units"] == 20
    assert 0 < found["p_value"] < 1
    assert all(0.5 < area <= 1 for arm in found["auc"].values() for area in arm.values())


def test_froc_weights_and_faults():
    readings, reference, marks, lesions = froc_study()

    def run_with(lesions, **options):
        return entry(readings, reference, "froc", marks=marks, lesions=lesions, **options)

    unweighted = [{key: row[key] for key in ("case", "lesion")} for row in lesions]
    equal = [row | {"weight": 3} for row in lesions]
    weighted, plain = run_with(lesions), run_with(unweighted)
    assert plain["auc"] == run_with(equal)["auc"] != weighted["auc"]
    as_afroc = run_with(lesions, figure_of_merit="AFROC")["auc"]
    assert all(plain["auc"][arm] == pytest.approx(as_afroc[arm], abs=1e-14) for arm in as_afroc), (
        "with two lesions in every case, equal weights make wAFROC AFROC"
    )
    partly = [lesions[0] | {"weight": None}, *lesions[1:]]
    assert run_with(partly)["error"]["code"] == "unusable_weights"
    healthy = [*lesions, {"case": "C15", "lesion": "L9", "weight": 1}]
    assert run_with(healthy)["error"]["code"] == "lesion_in_negative_case"
    refused = run_with(
        [*lesions, {"case": "C0", "lesion": "L3", "weight": 1}],
        figure_of_merit="AFROC",
        covariance="unbiased",
    )
    assert refused["error"]["code"] == "no_unbiased_covariance"
    fewer = [row for row in lesions if row["case"] != "C3"]
    without = entry(
        readings,
        reference,
        "froc",
        marks=[mark for mark in marks if mark["case"] != "C3"],
        lesions=fewer,
    )
    assert (without["n"], without["n_units"]) == (20, 19)
    assert "1 positive case has no lesion" in without["warnings"][0]
    assert entry(readings, reference, "froc")["error"]["code"] == "no_marks"


def test_mann_whitney_entry():
    ratings, positive = random_study(47, n_arms=1, n_readers=8, n_cases=30)
    correct = ((ratings[0] >= 1) == positive).mean(axis=1)
    found = run(
        "mann_whitney",
        ratings,
        positive,
        decide_at=1,
        ai={"reader": "R7"},
        readers={"reader": [f"R{i}" for i in range(7)]},
    )
    assert found["ai_value"] == pytest.approx(correct[7])
    assert found["median"] == pytest.approx(np.median(correct[:7]))
    statistic = mannwhitneyu(correct[:7].round(9), [correct[7].round(9)]).statistic
    assert found["statistic"] == statistic
    assert "no p value can be below 0.25" in found["warnings"][0]
    areas = run(
        "mann_whitney",
        ratings,
        positive,
        metric="auc",
        ai={"reader": "R7"},
        readers={"reader": ["R0", "R1"]},
    )
    assert set(areas["values"]) == {"R0", "R1"}


def test_mann_whitney_without_a_figure():
    ratings, positive = random_study(48, n_arms=1, n_readers=3)
    ratings[0, 1, positive] = np.nan
    options = {"metric": "auc", "ai": {"reader": "R0"}, "readers": {"reader": ["R1", "R2"]}}
    found = run("mann_whitney", ratings, positive, **options)
    assert list(found["values"]) == ["R2"]
    assert any("R1" in warning for warning in found["warnings"])
    ratings[0, 0, positive] = np.nan
    assert run("mann_whitney", ratings, positive, **options)["error"]["code"] == (
        "no_figure_of_merit"
    )
