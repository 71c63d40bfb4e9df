"""Diagnostic tables against scikit-learn, and the contract's rules on missing decisions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from readerstudy.statistics import InputError
from tests.unit.statistics.studies import (
    BINARY,
    NOMINAL,
    ORDINAL,
    draw,
    entry,
    readings,
    reference,
)  # fmt: skip

BOTH = ("benign", "malignant")
DIAGNOSTIC = {"type": "diagnostic"}
FIGURES = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "f1", "youden", "mcc")


def value(found, name):
    return found[name]["estimate"]


@pytest.fixture
def binary():
    rng = np.random.default_rng(3)
    return draw(rng, BOTH, 90), draw(rng, BOTH, 90)


def test_binary_figures_are_those_of_scikit_learn(binary):
    truth, decisions = binary
    found = entry(readings("R", decisions), reference(truth), DIAGNOSTIC)
    matrix = metrics.confusion_matrix(truth, decisions, labels=BOTH).ravel().tolist()
    assert [found[name] for name in ("tn", "fp", "fn", "tp")] == matrix
    options = {"pos_label": "malignant"}
    expected = {
        "accuracy": metrics.accuracy_score(truth, decisions),
        "sensitivity": metrics.recall_score(truth, decisions, **options),
        "specificity": metrics.recall_score(truth, decisions, pos_label="benign"),
        "ppv": metrics.precision_score(truth, decisions, **options),
        "npv": metrics.precision_score(truth, decisions, pos_label="benign"),
        "f1": metrics.f1_score(truth, decisions, **options),
        "youden": metrics.balanced_accuracy_score(truth, decisions, adjusted=True),
        "mcc": metrics.matthews_corrcoef(truth, decisions),
    }
    for name, number in expected.items():
        assert value(found, name) == pytest.approx(number, abs=1e-12), name
    assert found["warnings"] == []


@pytest.mark.parametrize(("ci", "oracle"), [("wilson", "wilson"), ("clopper-pearson", "beta")])
def test_intervals_of_proportions_are_those_of_statsmodels(binary, ci, oracle):
    truth, decisions = binary
    analysis = {**DIAGNOSTIC, "ci": ci}
    found = entry(readings("R", decisions), reference(truth), analysis, alpha=0.1)
    right = sum(t == d for t, d in zip(truth, decisions, strict=True))
    low, high = proportion_confint(right, 90, alpha=0.1, method=oracle)
    assert found["accuracy"]["ci_low"] == pytest.approx(low, abs=1e-12)
    assert found["accuracy"]["ci_high"] == pytest.approx(high, abs=1e-12)
    assert found["accuracy"]["ci_method"] == ci


def test_extreme_proportions_have_limits_of_exactly_zero_and_one():
    for ci in ("wilson", "clopper-pearson"):
        found = entry(readings("R", ["malignant"] * 5), reference(BOTH + ("malignant",) * 3),
                      {**DIAGNOSTIC, "ci": ci})  # fmt: skip
        assert found["sensitivity"]["ci_high"] == 1
        assert found["specificity"]["ci_low"] == 0


def test_a_reading_without_decision_is_wrong_and_stays_in_the_denominator():
    truth = ["malignant", "malignant", "malignant", "benign", "benign"]
    decisions = ["malignant", None, "benign", "benign", "benign;malignant"]
    found = entry(readings("R", decisions), reference(truth), DIAGNOSTIC)
    assert (found["n"], found["n_missing"], found["n_contradictory"]) == (5, 2, 1)
    assert [found[name] for name in ("tp", "fp", "fn", "tn")] == [1, 0, 1, 1]
    assert value(found, "accuracy") == 2 / 5
    assert value(found, "sensitivity") == pytest.approx(1 / 3)
    assert value(found, "specificity") == 1 / 2
    assert value(found, "ppv") == 1
    assert value(found, "npv") == 1 / 2
    assert value(found, "f1") == pytest.approx(2 / (2 + 0 + 3 - 1))
    assert value(found, "youden") == pytest.approx(1 / 3 + 1 / 2 - 1)
    assert value(found, "mcc") == pytest.approx(1 / np.sqrt(1 * 2 * 1 * 2))


def test_missing_can_be_left_out_but_is_still_counted():
    truth = ["malignant", "malignant", "benign", "benign"]
    decisions = ["malignant", None, "benign", "benign;malignant"]
    analysis = {**DIAGNOSTIC, "missing": "exclude"}
    found = entry(readings("R", decisions), reference(truth), analysis)
    assert (found["n"], found["n_missing"], found["n_contradictory"]) == (4, 2, 1)
    assert value(found, "accuracy") == value(found, "sensitivity") == 1


def test_special_words_are_decisions_but_right_only_where_the_truth_says_so():
    truth = ["malignant", "benign", "no_lesion", "no_lesion", "benign"]
    decisions = ["no_lesion", "cannot_assess", "no_lesion", "benign", "benign"]
    found = entry(readings("R", decisions), reference(truth), DIAGNOSTIC)
    assert (found["n_missing"], found["n_no_lesion"], found["n_cannot_assess"]) == (0, 2, 1)
    assert [found[name] for name in ("tp", "fp", "fn", "tn")] == [0, 0, 0, 3]
    assert value(found, "accuracy") == 3 / 5
    assert value(found, "specificity") == 3 / 4
    rows = readings("R", ["no_lesion", "HCC", "ICC", None])
    cases = reference(["HCC", "HCC", "no_lesion", "ICC"])
    nominal = entry(rows, cases, DIAGNOSTIC, task=NOMINAL)
    assert nominal["columns"] == ["HCC", "ICC", "MET", "FNH", "no_lesion", "missing"]
    assert nominal["rows"] == ["HCC", "ICC", "MET", "FNH", "no_lesion"]
    assert nominal["confusion"][0] == [1, 0, 0, 0, 1, 0]
    assert nominal["confusion"][4] == [0, 1, 0, 0, 0, 0]
    assert value(nominal, "accuracy") == 1 / 4


def test_nominal_figures_are_those_of_scikit_learn():
    rng = np.random.default_rng(8)
    labels = NOMINAL["categories"]
    truth, decisions = draw(rng, labels, 200), draw(rng, labels, 200)
    found = entry(readings("R", decisions), reference(truth), DIAGNOSTIC, task=NOMINAL)
    matrix = metrics.confusion_matrix(truth, decisions, labels=labels)
    assert [row[:-1] for row in found["confusion"]] == matrix.tolist()
    assert found["rows"] == labels
    assert found["columns"] == [*labels, "missing"]
    per_class = metrics.precision_recall_fscore_support(truth, decisions, labels=labels)
    for index, label in enumerate(labels):
        row = found["per_class"][label]
        ours = (row["precision"], row["recall"], row["f1"])
        assert ours == pytest.approx([part[index] for part in per_class[:3]], abs=1e-12)
        one = [t == label for t in truth]
        called = [d == label for d in decisions]
        assert row["specificity"] == pytest.approx(
            metrics.recall_score(one, called, pos_label=False)
        )
        assert row["npv"] == pytest.approx(metrics.precision_score(one, called, pos_label=False))
        for figure, number in row.items():
            assert found["per_class_ci"][label][figure]["estimate"] == number
    macro = metrics.precision_recall_fscore_support(truth, decisions, average="macro")
    ours = [value(found, f"macro_{name}") for name in ("precision", "recall", "f1")]
    assert ours == pytest.approx(macro[:3], abs=1e-12)


def test_nominal_missing_decisions_count_against_recall_and_specificity_only():
    truth, decisions = ["HCC", "HCC", "ICC", "ICC"], ["HCC", None, "ICC", "HCC;ICC"]
    found = entry(readings("R", decisions), reference(truth), DIAGNOSTIC, task=NOMINAL)
    assert found["confusion"][:2] == [[1, 0, 0, 0, 1], [0, 1, 0, 0, 1]]
    assert found["per_class"]["HCC"] == {
        "recall": 0.5, "precision": 1, "specificity": 0.5, "npv": 1, "f1": pytest.approx(2 / 3),
    }  # fmt: skip
    assert found["per_class"]["MET"]["recall"] is None
    assert value(found, "macro_recall") == 0.5
    assert any("recall is undefined for MET, FNH" in text for text in found["warnings"])


def test_one_sided_data_leave_figures_undefined_with_a_warning():
    found = entry(readings("R", ["benign"] * 4), reference(["benign"] * 4), DIAGNOSTIC)
    undefined = {name for name in FIGURES if value(found, name) is None}
    assert undefined == {"sensitivity", "ppv", "f1", "youden", "mcc"}
    assert "sensitivity, ppv, f1, youden, mcc" in found["warnings"][0]
    assert found["accuracy"]["ci_high"] == 1


def test_one_case_and_no_decision_at_all():
    found = entry(readings("R", [None]), reference(["benign"]), DIAGNOSTIC)
    assert value(found, "accuracy") == 0
    assert value(found, "npv") is None
    excluded = {**DIAGNOSTIC, "missing": "exclude"}
    found = entry(readings("R", [None]), reference(["benign"]), excluded)
    assert [value(found, name) for name in FIGURES] == [None] * 8


def test_pooling_readers_is_told_and_groups_keep_them_apart(binary):
    truth, decisions = binary
    rows = readings("R1", decisions) + readings("R2", truth, arm="aided")
    pooled = entry(rows, reference(truth), DIAGNOSTIC)
    assert pooled["n"] == 180
    assert "2 raters are pooled" in pooled["warnings"][0]
    grouped = entry(rows, reference(truth), {**DIAGNOSTIC, "by": ["reader", "arm"]})
    assert (grouped["n"], grouped["warnings"]) == (180, [])
    first, second = grouped["groups"]
    assert (first["reader"], first["arm"], first["n"]) == ("R1", "unaided", 90)
    assert (second["reader"], second["arm"], value(second, "accuracy")) == ("R2", "aided", 1)
    alone = entry(rows, reference(truth), {**DIAGNOSTIC, "select": {"reader": "R1"}})
    assert {name: value(alone, name) for name in FIGURES} == {
        name: value(first, name) for name in FIGURES
    }


def test_selection_strata_and_subsets_narrow_the_readings():
    truth = ["malignant", "benign"] * 10
    rows = readings("R1", truth, level=["junior"] * 20) + readings(
        "R1", ["benign"] * 20, level=["junior"] * 20, repeat=[1] * 20)  # fmt: skip
    size = ["small", "large", "large", "small"] * 5
    cases = reference(truth, size=size)

    def n(analysis):
        return entry(rows, cases, {**DIAGNOSTIC, **analysis}).get("n")

    assert n({}) == 20
    assert n({"select": {"repeat": 1}}) == n({"select": {"repeat": "1"}}) == 20
    assert n({"select": {"repeat": [0, 1]}}) == 40
    assert n({"select": {"level": "junior"}}) == 20
    assert n({"where": {"size": "small"}}) == 10
    assert n({"where": {"size": ["small", "large"]}}) == 20
    assert n({"subset_truth": ["malignant"]}) == 10
    assert n({"where": {"size": "small"}, "subset_truth": "malignant"}) == 5
    missing = entry(rows, cases, {**DIAGNOSTIC, "where": {"colour": "red"}})
    assert missing["error"]["code"] == "unknown_stratum"
    assert missing["error"]["path"] == "/analyses/0/where/colour"


def test_bootstrap_resamples_clusters_not_readings():
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(20), 5)
    right = np.repeat(rng.random(20) < 0.6, 5)
    truth = ["malignant"] * 100
    decisions = [BOTH[int(ok)] for ok in right]
    analysis = {**DIAGNOSTIC, "ci": "bootstrap"}

    def width(**columns):
        found = entry(readings("R", decisions), reference(truth, **columns), analysis,
                      resamples=1000)  # fmt: skip
        return found["accuracy"]["ci_high"] - found["accuracy"]["ci_low"]

    clustered, independent = width(cluster=patient.tolist()), width()
    assert clustered / independent == pytest.approx(np.sqrt(5), rel=0.25)
    wilson = entry(readings("R", decisions), reference(truth, cluster=patient.tolist()), DIAGNOSTIC)
    assert any("clusters" in text for text in wilson["warnings"])


def test_an_ordinal_task_gets_a_confusion_table_in_the_order_of_the_plan():
    found = entry(readings("R", ["1", "5"]), reference(["1", "4"]), DIAGNOSTIC, task=ORDINAL)
    assert found["rows"] == ["1", "2", "3", "4", "5"]
    assert value(found, "accuracy") == 0.5


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_permuting_cases_and_renaming_categories_changes_nothing(data):
    n = data.draw(st.integers(2, 12))
    codes = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    truth, decisions = data.draw(codes), data.draw(codes)
    order = data.draw(st.permutations(range(n)))
    labels = NOMINAL["categories"]
    renamed = {"kind": "nominal", "categories": ["d", "c", "b", "a"]}

    def figures(task, sequence):
        names = task["categories"]
        rows = readings("R", [names[decisions[i]] for i in sequence])
        found = entry(rows, reference([names[truth[i]] for i in sequence]), DIAGNOSTIC, task=task,
                      resamples=2)  # fmt: skip
        macro = [value(found, key) for key in found if key.startswith("macro")]
        return [value(found, "accuracy"), *macro], found["confusion"]

    usual, table = figures(NOMINAL, range(n))
    assert figures(NOMINAL, order) == (pytest.approx(usual, nan_ok=True), table)
    assert figures(renamed, range(n))[1] == table
    assert labels == NOMINAL["categories"]
    assert BINARY["positive"] == ["malignant"]


def test_bca_limits_are_those_of_scipy(binary):
    truth, decisions = binary
    found = entry(readings("R", decisions), reference(truth), {**DIAGNOSTIC, "ci": "bca"},
                  resamples=20_000)  # fmt: skip
    pairs = np.array([[t == "malignant", d == "malignant"]
                      for t, d in zip(truth, decisions, strict=True)])  # fmt: skip

    def f1(sample):
        return metrics.f1_score(pairs[sample, 0], pairs[sample, 1])

    expected = stats.bootstrap(
        (np.arange(90),), f1, n_resamples=2000, method="BCa", vectorized=False, rng=1
    ).confidence_interval
    ours = (found["f1"]["ci_low"], found["f1"]["ci_high"])
    assert ours == pytest.approx((expected.low, expected.high), abs=0.02)
    assert found["f1"]["ci_method"] == found["accuracy"]["ci_method"] == "bootstrap BCa"


def test_resampling_readers_widens_the_interval_by_their_spread():
    rng = np.random.default_rng(6)
    truth = draw(rng, BOTH, 150)
    rows = []
    for reader, skill in enumerate(np.linspace(0.55, 0.95, 8)):
        decisions = [t if rng.random() < skill else BOTH[t == "benign"] for t in truth]
        rows += readings(f"R{reader}", decisions)
    analysis = {**DIAGNOSTIC, "ci": "bootstrap"}
    widths = {}
    for how in ("cases", "readers", "both"):
        found = entry(rows, reference(truth), {**analysis, "resample": how}, resamples=2000)
        widths[how] = found["accuracy"]["ci_high"] - found["accuracy"]["ci_low"]
    assert widths["cases"] < widths["readers"] < widths["both"]
    both = np.hypot(widths["cases"], widths["readers"])
    assert widths["both"] == pytest.approx(both, rel=0.15)


def test_readers_can_be_resampled_only_where_there_are_several(binary):
    truth, decisions = binary
    rows, analysis = readings("R", decisions), {**DIAGNOSTIC, "resample": "readers"}
    assert entry(rows, reference(truth), analysis)["error"]["code"] == "too_few_readers"
    two = entry(rows + readings("S", truth), reference(truth), analysis)
    assert any("too optimistic" in text for text in two["warnings"])
    with pytest.raises(InputError, match="plan:/analyses/0/ci"):
        entry(rows, reference(truth), {**DIAGNOSTIC, "ci": "bca", "resample": "both"})
