"""Reliance, time, confidence, subgroups, prevalence and period effects."""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics import InputError, run
from tests.unit.statistics.studies import BINARY, draw, entry, plan, readings, reference

BOTH = ("benign", "malignant")


def reliance(before, after, ai, truth, **columns):
    rows = readings("R", before, arm="unaided", **columns)
    rows += readings("R", after, arm="aided", **columns) + readings("AI", ai, arm="ai")
    analysis = {"type": "reliance", "before": {"reader": "R", "arm": "unaided"},
                "after": {"reader": "R", "arm": "aided"}, "ai": "AI"}  # fmt: skip
    return entry(rows, reference(truth), analysis)


def test_reliance_counts_switches_and_errors_by_the_ai():
    truth = ["malignant"] * 6
    before = ["malignant", "malignant", "benign", "benign", "malignant", None]
    after = ["malignant", "benign", "malignant", "benign", "benign", "benign"]
    ai = ["malignant", "benign", "malignant", "malignant", "benign", "benign"]
    found = reliance(before, after, ai, truth, level=["junior"] * 6)
    switches = ("right_to_right", "right_to_wrong", "wrong_to_right", "wrong_to_wrong")
    assert [found[key] for key in switches] == [1, 2, 1, 2]
    over, under = found["over_reliance"], found["under_reliance"]
    assert (over["numerator"], over["denominator"], over["estimate"]) == (3, 3, 1.0)
    assert (under["numerator"], under["denominator"]) == (1, 3)
    assert (found["n"], found["n_missing"]) == (6, 1)
    assert found["agreement_before"]["numerator"] == 1
    assert found["agreement_after"]["numerator"] == 5
    assert found["by_level"]["junior"]["over_reliance"] == over


def test_reliance_on_an_ai_that_is_never_wrong_is_undefined():
    truth = ["malignant", "benign"]
    found = reliance(truth, truth, truth, truth)
    assert found["over_reliance"]["estimate"] is None
    assert found["over_reliance"]["denominator"] == 0
    assert "never wrong" in found["warnings"][0]
    assert found["by_level"] == {}


def test_reliance_aligns_cases_in_any_order():
    rng = np.random.default_rng(1)
    truth, before, after, ai = (draw(rng, BOTH, 12) for _ in range(4))
    rows = readings("R", before, arm="unaided") + readings("R", after, arm="aided")
    rows += readings("AI", ai, arm="ai")
    analysis = {"type": "reliance", "before": {"reader": "R", "arm": "unaided"},
                "after": {"reader": "R", "arm": "aided"}, "ai": "AI"}  # fmt: skip
    usual = entry(rows, reference(truth), analysis)
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    assert entry(shuffled, reference(truth), analysis) == usual


@pytest.fixture(scope="module")
def timed():
    rng = np.random.default_rng(5)
    a, b = (np.round(np.exp(rng.normal(m, 0.4, 70)), 1) for m in (3.2, 3.4))
    rows = readings("R", seconds=a.tolist(), arm="aided")
    rows += readings("R", seconds=b.tolist(), arm="unaided")
    return rows, reference(["benign"] * 70), a, b


SIDES = {"a": {"arm": "aided"}, "b": {"arm": "unaided"}}


def test_time_by_wilcoxon_and_by_t(timed):
    rows, truth, a, b = timed
    found = entry(rows, truth, {"type": "time", **SIDES})
    expected = stats.wilcoxon(a, b)
    assert (found["statistic"], found["p_value"]) == pytest.approx(tuple(expected))
    assert found["median_a"] == np.median(a)
    assert found["iqr_b"] == pytest.approx(np.quantile(b, [0.25, 0.75]).tolist())
    logs = np.log(a / b)
    assert found["ratio"]["estimate"] == pytest.approx(np.exp(logs.mean()))
    t = entry(rows, truth, {"type": "time", **SIDES, "test": "paired-t"})
    result = stats.ttest_1samp(logs, 0)
    assert (t["statistic"], t["p_value"]) == pytest.approx((result.statistic, result.pvalue))
    interval = result.confidence_interval(0.95)
    assert [t["ratio"]["ci_low"], t["ratio"]["ci_high"]] == pytest.approx(
        [np.exp(interval.low), np.exp(interval.high)]
    )


def test_swapping_the_sides_inverts_the_ratio(timed):
    rows, truth, _, _ = timed
    found = entry(rows, truth, {"type": "time", **SIDES})
    other = entry(rows, truth, {"type": "time", "a": SIDES["b"], "b": SIDES["a"]})
    assert found["ratio"]["estimate"] == pytest.approx(1 / other["ratio"]["estimate"])
    assert found["ratio"]["ci_low"] == pytest.approx(1 / other["ratio"]["ci_high"])
    assert found["p_value"] == other["p_value"]


def test_several_readers_pair_by_reader_and_case_and_mix():
    rng = np.random.default_rng(6)
    rows, logs = [], []
    for reader in ("R1", "R2", "R3"):
        a, b = np.exp(rng.normal(3.0, 0.3, 20)), np.exp(rng.normal(3.3, 0.3, 20))
        rows += readings(reader, seconds=a.tolist(), arm="aided")
        rows += readings(reader, seconds=b.tolist(), arm="unaided")
        logs += np.log(a / b).tolist()
    truth = reference(["benign"] * 20)
    paired = entry(rows, truth, {"type": "time", **SIDES, "test": "paired-t"})
    assert (paired["n"], paired["n_pairs"]) == (20, 60)
    assert paired["ratio"]["estimate"] == pytest.approx(np.exp(np.mean(logs)))
    mixed = entry(rows, truth, {"type": "time", **SIDES, "test": "mixed"})
    side = mixed["coefficients"][1]
    assert side["name"] == "side[a]"
    assert mixed["ratio"]["estimate"] == pytest.approx(np.exp(side["estimate"]))
    assert mixed["ratio"]["estimate"] == pytest.approx(paired["ratio"]["estimate"], rel=1e-3)
    assert set(mixed["variances"]) == {"reader", "case", "residual"}


def test_impossible_and_missing_times_are_counted_and_left_out():
    rows = readings("R", seconds=[10, 0, None, 20, 30], arm="aided")
    rows += readings("R", seconds=[12, 5, 7, 19], arm="unaided")
    found = entry(rows, reference(["benign"] * 5), {"type": "time", **SIDES})
    assert (found["n"], found["n_missing"], found["n_pairs"]) == (4, 2, 2)
    assert any("zero or less" in text for text in found["warnings"])
    assert any("no counterpart" in text for text in found["warnings"])


def test_confidence_is_a_mean_difference():
    a, b = [5, 4, 4, 3, 5, 2], [3, 4, 2, 3, 3, 1]
    rows = readings("R", confidence=a, arm="aided") + readings("R", confidence=b, arm="unaided")
    found = entry(rows, reference(["benign"] * 6),
                  {"type": "confidence", **SIDES, "test": "paired-t"})  # fmt: skip
    assert found["difference"]["estimate"] == pytest.approx(np.mean(np.subtract(a, b)))
    assert found["p_value"] == pytest.approx(stats.ttest_rel(a, b).pvalue)


@pytest.mark.parametrize("test", ["wilcoxon", "paired-t"])
def test_equal_sides_have_nothing_to_test(test):
    rows = readings("R", confidence=[3] * 4, arm="aided")
    rows += readings("R", confidence=[3] * 4, arm="unaided")
    analysis = {"type": "confidence", **SIDES, "test": test}
    found = entry(rows, reference(["benign"] * 4), analysis)
    assert (found["statistic"], found["p_value"]) == (None, None)
    assert found["difference"]["estimate"] == 0
    assert found["warnings"]


def test_sides_without_values_or_with_the_same_rows():
    rows = readings("R", ["benign"] * 3, arm="aided") + readings("R", ["benign"] * 3)
    found = entry(rows, reference(["benign"] * 3), {"type": "time", **SIDES})
    assert (found["n_pairs"], found["ratio"]["estimate"], found["p_value"]) == (0, None, None)
    mixed = entry(rows, reference(["benign"] * 3), {"type": "time", **SIDES, "test": "mixed"})
    assert mixed["error"]["code"] == "too_few_readings"
    same = {"type": "time", "a": {"arm": "aided"}, "b": {"arm": "aided"}}
    assert entry(rows, reference(["benign"] * 3), same)["error"]["code"] == "sides_overlap"


@pytest.fixture(scope="module")
def grouped():
    rng = np.random.default_rng(9)
    truth = draw(rng, BOTH, 120)
    size = ["small"] * 60 + ["large"] * 60
    rows = []
    for reader, level in (("A", "junior"), ("B", "senior")):
        skill = [0.55 if s == "small" else 0.95 for s in size]
        decisions = [t if rng.random() < p else BOTH[t == "benign"]
                     for t, p in zip(truth, skill, strict=True)]  # fmt: skip
        rows += readings(reader, decisions, level=[level] * 120)
    return rows, reference(truth, size=size)


def test_subgroups_are_the_analysis_on_the_stratum_alone(grouped):
    inner = {"type": "mcnemar", "a": "A", "b": "B"}
    found = entry(*grouped, {"type": "subgroup", "by": "size", "of": inner})
    assert list(found["groups"]) == ["small", "large"]
    for level, group in found["groups"].items():
        assert group == entry(*grouped, {**inner, "where": {"size": level}})
    assert 0 <= found["interaction_p"] <= 1


def test_an_interaction_is_found_where_there_is_one(grouped):
    inner = {"type": "diagnostic", "select": "A"}
    by_size = entry(*grouped, {"type": "subgroup", "by": "size", "of": inner})
    assert by_size["interaction_p"] < 1e-3
    by_level = entry(*grouped, {"type": "subgroup", "by": "level", "of": {"type": "diagnostic"}})
    assert set(by_level["groups"]) == {"junior", "senior"}
    assert by_level["interaction_p"] > 0.01


def test_of_may_be_an_id_a_type_with_options_beside_it_or_an_object(grouped):
    inner = {"type": "mcnemar", "a": "A", "b": "B"}
    document = plan(
        inner,
        {"type": "subgroup", "by": "size", "of": "a0"},
        {"type": "subgroup", "by": "size", "of": "mcnemar", "a": "A", "b": "B"},
        {"type": "subgroup", "by": "size", "of": inner},
    )
    entries = run(*grouped, document)["analyses"]
    assert entries["a1"] == entries["a2"] == entries["a3"]


def test_a_subgroup_that_cannot_run_says_so_and_the_others_stand(grouped):
    rows, truth = grouped
    only_small = [row for row in rows if row["reader"] == "A" or row["case"] < "C060"]
    inner = {"type": "mcnemar", "a": "A", "b": "B"}
    found = entry(only_small, truth, {"type": "subgroup", "by": "size", "of": inner})
    assert found["groups"]["large"]["error"]["code"] == "no_readings"
    assert found["groups"]["small"]["n"] == 60
    assert found["interaction_p"] is None
    unknown = entry(rows, truth, {"type": "subgroup", "by": "colour", "of": inner})
    assert unknown["error"]["code"] == "unknown_stratum"
    with pytest.raises(InputError, match="plan:/analyses/0/of/variant"):
        run(rows, truth, plan({"type": "subgroup", "by": "size",
                               "of": {**inner, "variant": "x"}}))  # fmt: skip


def test_prevalence_samples_without_replacement_at_each_ratio():
    truth = ["malignant"] * 50 + ["benign"] * 50
    decisions = ["malignant"] * 45 + ["benign"] * 5 + ["benign"] * 30 + ["malignant"] * 20
    rows, cases = readings("R", decisions), reference(truth)
    analysis = {"type": "prevalence", "ratios": ["1:9", [5, 5], "9:1"], "size": 50,
                "repeats": 4000}  # fmt: skip
    found = entry(rows, cases, analysis)
    mixes = [(s["n_positive"], s["n_negative"]) for s in found["scenarios"]]
    assert mixes == [(5, 45), (25, 25), (45, 5)]
    for scenario, (positive, negative) in zip(found["scenarios"], mixes, strict=True):
        expected = (positive * 0.9 + negative * 0.6) / 50
        assert scenario["expected"] == pytest.approx(expected)
        assert scenario["accuracy"]["mean"] == pytest.approx(expected, abs=0.005)
        spread = sum(n**2 * p * (1 - p) / n * (50 - n) / 49
                     for n, p in ((positive, 0.9), (negative, 0.6)) if n) / 50**2  # fmt: skip
        assert scenario["accuracy"]["sd"] == pytest.approx(np.sqrt(spread), rel=0.06)
    assert found["p_value"] == pytest.approx(stats.fisher_exact([[45, 5], [30, 20]]).pvalue)
    everything = entry(rows, cases, {**analysis, "ratios": "5:5", "size": 100})
    assert everything["scenarios"][0]["accuracy"]["sd"] == 0
    too_many = entry(rows, cases, {**analysis, "size": 60})
    assert too_many["error"]["code"] == "too_few_cases"
    one_sided = entry(rows, cases, {**analysis, "subset_truth": "benign"})
    assert one_sided["error"]["code"] == "one_sided"


@pytest.mark.parametrize("ratios", ["1", ["1:2:3"], ["a:b"], ["-1:2"], ["0:0"], [], [[1, "inf"]]])
def test_ratios_that_are_none_are_refused(ratios):
    with pytest.raises(InputError, match="plan:/analyses/0/ratios"):
        run([], [], plan({"type": "prevalence", "ratios": ratios}))


def crossover(accuracy, n=40):
    """Readings with exactly these accuracies: {reader: (first arm, p first, p second)}."""
    truth = ["malignant"] * n
    rows = []
    for reader, (first, *shares) in accuracy.items():
        second = "aided" if first == "unaided" else "unaided"
        for period, (arm, share) in enumerate(zip((first, second), shares, strict=True), start=1):
            right = round(share * n)
            decisions = ["malignant"] * right + ["benign"] * (n - right)
            rows += readings(reader, decisions, arm=arm, period=[period] * n)
    return rows, reference(truth)


def test_period_and_carry_over_follow_grizzle():
    rows, truth = crossover({
        "A": ("unaided", 0.5, 0.8), "B": ("unaided", 0.55, 0.75), "C": ("unaided", 0.6, 0.9),
        "D": ("aided", 0.7, 0.6), "E": ("aided", 0.65, 0.65), "F": ("aided", 0.8, 0.6),
    })  # fmt: skip
    found = entry(rows, truth, {"type": "period_effect", "arms": ["unaided", "aided"]})
    first = np.array([[0.5, 0.8], [0.55, 0.75], [0.6, 0.9]])
    second = np.array([[0.7, 0.6], [0.65, 0.65], [0.8, 0.6]])
    period = ((first[:, 0] - first[:, 1]).mean() + (second[:, 0] - second[:, 1]).mean()) / 2
    assert found["period"]["estimate"] == pytest.approx(period)
    arm_difference = first[:, 0] - first[:, 1], second[:, 1] - second[:, 0]
    assert found["period"]["p_value"] == pytest.approx(stats.ttest_ind(*arm_difference).pvalue)
    sums = first.sum(axis=1), second.sum(axis=1)
    assert found["carry_over"]["estimate"] == pytest.approx(sums[0].mean() - sums[1].mean())
    assert found["carry_over"]["p_value"] == pytest.approx(stats.ttest_ind(*sums).pvalue)
    assert found["sequences"] == {
        "unaided then aided": ["A", "B", "C"], "aided then unaided": ["D", "E", "F"],
    }  # fmt: skip
    assert found["order"] == {"estimate": None, "p_value": None}
    turned = entry(rows, truth, {"type": "period_effect", "arms": ["aided", "unaided"]})
    assert turned["period"]["estimate"] == pytest.approx(period)
    assert turned["carry_over"]["estimate"] == pytest.approx(-found["carry_over"]["estimate"])


def test_a_fixed_order_cannot_tell_period_from_arm():
    rows, truth = crossover({"A": ("unaided", 0.5, 0.8), "B": ("unaided", 0.5, 0.7)})
    found = entry(rows, truth, {"type": "period_effect"})
    assert found["period"] == found["carry_over"] == {"estimate": None, "p_value": None}
    assert any("same sequence" in text for text in found["warnings"])
    same = readings("A", ["benign"], arm="x") + readings("A", ["benign"], arm="y")
    left_out = entry(same, reference(["benign"]), {"type": "period_effect"})
    assert "left out" in left_out["warnings"][0]
    one = entry(readings("A", ["benign"]), reference(["benign"]), {"type": "period_effect"})
    assert one["error"]["code"] == "two_arms_needed"


def test_order_is_the_trend_over_positions():
    rng = np.random.default_rng(3)
    n = 400
    truth = ["malignant"] * n
    rows = []
    for arm in ("x", "y"):
        position = rng.permutation(n)
        right = rng.random(n) < 0.9 - 0.4 * position / n
        decisions = [BOTH[int(flag)] for flag in right]
        rows += readings("A", decisions, arm=arm, position=position.tolist())
    found = entry(rows, reference(truth), {"type": "period_effect"}, task=BINARY)["order"]
    assert found["estimate"] == pytest.approx(-0.4, abs=0.15)
    assert found["p_value"] < 1e-4
