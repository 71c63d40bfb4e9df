"""Agreement statistics against published tables and independent implementations."""

import csv

import krippendorff as oracle_alpha
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as sm_fleiss

from readerstudy.statistics.agreement.cohen import cohen_kappa
from readerstudy.statistics.agreement.counts import category_counts, weight_matrix
from readerstudy.statistics.agreement.fleiss import fleiss_kappa
from readerstudy.statistics.agreement.gwet import gwet_ac
from readerstudy.statistics.agreement.icc import MeanSquares, icc
from readerstudy.statistics.agreement.krippendorff import Coincidences
from readerstudy.statistics.paired.square import square_table
from tests.unit.statistics.studies import (
    BINARY,
    NOMINAL,
    ORDINAL,
    draw,
    entry,
    readings,
    reference,
)

BOTH = ("benign", "malignant")
LEVELS = ("nominal", "ordinal", "interval", "ratio")

# Krippendorff's example with missing values, also irrCAC's cac.raw4raters; published: alpha 0.743
# nominal, 0.815 ordinal, 0.849 interval, 0.797 ratio (Hayes & Krippendorff 2007); AC1 0.77544 with
# standard error 0.14295 (irrCAC 1.0, gwet.ac1.raw).
NO = np.nan
KRIPPENDORFF = np.array([
    [1, 1, NO, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [NO, 5, 5, 5], [NO, NO, 1, 1], [NO, NO, 3, NO],
])  # fmt: skip

# irrCAC's cont3x3abstractors: Cohen's kappa 0.7964094 with standard error 0.05891072.
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]], dtype=float)

# Shrout & Fleiss, Psychol Bull 1979;86:420, table 2: 6 targets, 4 judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
                   [6, 2, 4, 7]], dtype=float)  # fmt: skip


def study_of(values, categories):
    """Readings of one rater per column; NaN is no decision."""
    rows = []
    for column in range(values.shape[1]):
        decisions = [None if np.isnan(v) else categories[int(v)] for v in values[:, column]]
        rows += readings(f"R{column}", decisions)
    return rows, reference([categories[0]] * len(values))


def test_fleiss_1971_to_every_printed_digit(shared_data):
    with (shared_data / "statistics" / "fleiss1971_diagnoses.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    rows = [
        {"reader": rater, "arm": "x", "case": line["subject"], "task": "t", "decision": line[rater]}
        for line in table for rater in line if rater != "subject"
    ]  # fmt: skip
    names = ["Depression", "Personality Disorder", "Schizophrenia", "Neurosis", "Other"]
    truth = [{"case": line["subject"], "task": "t", "truth": None} for line in table]
    task = {"kind": "nominal", "categories": names}
    found = entry(rows, truth, {"type": "fleiss_kappa"}, task=task)
    assert round(found["kappa"]["estimate"], 7) == 0.4302445
    assert round(found["se0"], 6) == 0.024374
    assert round(found["z"], 3) == 17.652
    published = [0.244755, 0.244755, 0.520, 0.471127, 0.566118]
    assert [round(found["per_category"][n]["kappa"], 6) for n in names] == published
    assert found["per_category"]["Other"]["se0"] == pytest.approx(np.sqrt(2 / (30 * 6 * 5)))


def test_krippendorff_and_gwet_on_their_published_example():
    alphas = {
        level: float(Coincidences.prepare(KRIPPENDORFF).alpha(np.ones((1, 12)), level)[0, 0])
        for level in LEVELS
    }
    assert {level: round(alpha, 3) for level, alpha in alphas.items()} == {
        "nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797,
    }  # fmt: skip
    rows, truth = study_of(KRIPPENDORFF - 1, ORDINAL["categories"])
    found = entry(rows, truth, {"type": "gwet_ac1"}, task=ORDINAL)
    assert round(found["ac1"]["estimate"], 5) == 0.77544
    assert round(found["se"], 5) == 0.14295
    half = stats.t.isf(0.025, 11) * found["se"]
    assert found["ac1"]["ci_low"] == pytest.approx(found["ac1"]["estimate"] - half)
    assert (found["n"], found["n_missing"], found["n_rated"]) == (12, 7, 12)
    for level in LEVELS:
        analysis = {"type": "krippendorff_alpha", "level": level}
        found = entry(rows, truth, analysis, task=ORDINAL)
        assert found["alpha"]["estimate"] == pytest.approx(alphas[level])
        assert found["n_pairable"] == 11


def test_cohen_on_a_published_table():
    found = cohen_kappa(ABSTRACTORS, np.eye(3))
    assert round(found.kappa, 7) == 0.7964094
    assert round(found.se, 8) == 0.05891072
    assert found.agreement == pytest.approx(0.89)


def tables(size):
    return st.lists(st.integers(0, 15), min_size=size**2, max_size=size**2).map(
        lambda cells: np.array(cells, dtype=float).reshape(size, size)
    )


@settings(max_examples=50, deadline=None)
@given(table=st.integers(2, 5).flatmap(tables), weights=st.sampled_from(["linear", "quadratic"]))
def test_cohen_is_that_of_statsmodels_weighted_or_not(table, weights):
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if table.sum() == 0 or ((rows > 0) & (columns > 0)).sum() == (rows + columns > 0).sum() == 1:
        assert np.isnan(cohen_kappa(table, np.eye(len(table))).kappa)
        return
    for ours, options in (
        (cohen_kappa(table, np.eye(len(table))), {}),
        (cohen_kappa(table, weight_matrix(len(table), weights)), {"wt": weights}),
    ):
        expected = cohens_kappa(table, **options)
        assert ours.kappa == pytest.approx(expected.kappa, abs=1e-9)
        if 1 in ((rows > 0).sum(), (columns > 0).sum()):
            assert (ours.se, ours.se0) == (0, 0)  # exactly; statsmodels leaves rounding noise
            continue
        assert ours.se == pytest.approx(expected.std_kappa, abs=1e-9, nan_ok=True)
        assert ours.se0 == pytest.approx(expected.std_kappa0, abs=1e-9)


def test_cohen_entry_follows_scikit_learn_and_deletes_pairwise():
    rng = np.random.default_rng(6)
    labels = ORDINAL["categories"]
    a, b = draw(rng, labels, 100, 0.1), draw(rng, labels, 100, 0.1)
    rows, truth = readings("A", a) + readings("B", b), reference(["1"] * 100)
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x and y]
    for weights in ("none", "linear", "quadratic"):
        analysis = {"type": "cohen_kappa", "a": "A", "b": "B", "weights": weights}
        found = entry(rows, truth, analysis, task=ORDINAL)
        expected = cohen_kappa_score(
            *zip(*pairs, strict=True), labels=labels, weights=None if weights == "none" else weights
        )
        assert found["kappa"]["estimate"] == pytest.approx(expected, abs=1e-12)
        assert found["z"] == pytest.approx(found["kappa"]["estimate"] / found["se0"])
        assert (found["n"], found["n_missing"]) == (100, a.count(None) + b.count(None))
        assert found["percent_agreement"] == np.mean([x == y for x, y in pairs])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_fleiss_is_that_of_statsmodels_and_its_se_a_jackknife(data):
    raters, cases, k = data.draw(st.integers(2, 5)), data.draw(st.integers(2, 20)), 3
    size = raters * cases
    codes = np.array(data.draw(st.lists(st.integers(0, k - 1), min_size=size, max_size=size)))
    counts = category_counts(codes.reshape(cases, raters), k)
    found = fleiss_kappa(counts)
    if np.unique(codes).size == 1:
        assert np.isnan(found.kappa)
        return
    assert found.kappa == pytest.approx(sm_fleiss(counts), abs=1e-9)
    order = data.draw(st.permutations(range(k)))
    renamed = fleiss_kappa(counts[:, order])
    assert (renamed.kappa, renamed.se, renamed.se0) == pytest.approx(
        (found.kappa, found.se, found.se0), abs=1e-12
    )


def test_the_linearised_standard_errors_agree_with_the_jackknife_on_many_cases():
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 3, 400)
    codes = np.where(rng.random((400, 4)) < 0.7, truth[:, None], rng.integers(0, 3, (400, 4)))
    counts = category_counts(codes, 3)
    for function, found in (
        (lambda part: fleiss_kappa(part).kappa, fleiss_kappa(counts).se),
        (lambda part: gwet_ac(part, np.eye(3)).coefficient, gwet_ac(counts, np.eye(3)).se),
    ):
        left_out = np.array([function(np.delete(counts, i, axis=0)) for i in range(400)])
        jackknife = np.sqrt(399 / 400 * ((left_out - left_out.mean()) ** 2).sum())
        assert found == pytest.approx(jackknife, rel=0.01)


def test_a_side_that_never_varies_leaves_nothing_to_test():
    rows = readings("A", ["malignant"] * 7) + readings("B", ["malignant"] * 5 + ["benign"] * 2)
    analysis = {"type": "cohen_kappa", "a": "A", "b": "B"}
    found = entry(rows, reference(["benign"] * 7), analysis)
    assert (found["kappa"]["estimate"], found["se0"], found["z"]) == (pytest.approx(0), 0, None)
    assert found["p_value"] is None
    assert "z, p_value" in found["warnings"][0]


def test_fleiss_uses_complete_cases_and_counts_the_rest():
    rng = np.random.default_rng(2)
    labels = NOMINAL["categories"]
    columns = [draw(rng, labels, 50, 0.1) for _ in range(3)]
    rows = [row for i, column in enumerate(columns) for row in readings(f"R{i}", column)]
    found = entry(rows, reference(["HCC"] * 50), {"type": "fleiss_kappa"}, task=NOMINAL)
    complete = [case for case in zip(*columns, strict=True) if None not in case]
    counts = np.array([[case.count(label) for label in labels] for case in complete])
    assert found["n_complete"] == len(complete) < found["n"] == 50
    assert found["n_missing"] == sum(column.count(None) for column in columns)
    assert found["kappa"]["estimate"] == pytest.approx(sm_fleiss(counts), abs=1e-12)
    half = stats.t.isf(0.025, len(complete) - 1) * found["se"]
    assert found["kappa"]["ci_high"] == pytest.approx(found["kappa"]["estimate"] + half)
    assert "left out" in found["warnings"][0]


def test_perfect_agreement_is_one_and_unanimity_on_one_category_undefined():
    truth = [BOTH[i % 2] for i in range(10)]
    both = readings("A", truth) + readings("B", truth)
    flat = readings("A", ["benign"] * 10) + readings("B", ["benign"] * 10)
    pair = {"a": "A", "b": "B"}
    for kind, key, options in (
        ("fleiss_kappa", "kappa", {}), ("cohen_kappa", "kappa", pair),
        ("krippendorff_alpha", "alpha", {}),
    ):  # fmt: skip
        analysis = {"type": kind, **options}
        assert entry(both, reference(truth), analysis)[key]["estimate"] == pytest.approx(1)
        found = entry(flat, reference(truth), analysis)
        assert found[key]["estimate"] is None
        assert "undefined" in found["warnings"][0]
    assert entry(both, reference(truth), {"type": "gwet_ac1"})["ac1"]["estimate"] == 1
    assert entry(flat, reference(truth), {"type": "gwet_ac1"})["ac1"]["estimate"] == 1
    never = entry(flat, reference(truth), {"type": "fleiss_kappa"})["per_category"]
    assert never["malignant"] == {"kappa": None, "se0": None, "z": None, "p_value": None}


@pytest.mark.parametrize("kind", ["fleiss_kappa", "gwet_ac1", "krippendorff_alpha"])
def test_one_case_one_rater_and_no_decision_at_all(kind):
    one = readings("A", ["benign"]) + readings("B", ["malignant"])
    found = entry(one, reference(["benign"]), {"type": kind})
    assert found["n"] == 1
    assert found["warnings"]
    nothing = readings("A", [None, None]) + readings("B", [None, None])
    found = entry(nothing, reference(["benign"] * 2), {"type": kind})
    assert found["n_missing"] == 4
    figure = next(value for value in found.values() if isinstance(value, dict))
    assert figure["estimate"] is None
    alone = entry(readings("A", ["benign"]), reference(["benign"]), {"type": kind})
    assert alone["error"]["code"] == "too_few_raters"


@settings(max_examples=30, deadline=None)
@given(data=st.data(), level=st.sampled_from(LEVELS))
def test_alpha_is_that_of_the_krippendorff_package(data, level):
    cases, raters = data.draw(st.integers(2, 10)), data.draw(st.integers(2, 4))
    cell = st.one_of(st.none(), st.integers(0, 4))
    size = cases * raters
    cells = data.draw(st.lists(cell, min_size=size, max_size=size))
    values = np.array([np.nan if c is None else c for c in cells]).reshape(cases, raters)
    pairable = values[np.isfinite(values).sum(axis=1) > 1]
    found = None
    if np.isfinite(values).any():
        found = float(Coincidences.prepare(values).alpha(np.ones((1, cases)), level)[0, 0])
    if np.unique(pairable[np.isfinite(pairable)]).size < 2:
        assert found is None or np.isnan(found)
        return
    expected = oracle_alpha.alpha(reliability_data=values.T, level_of_measurement=level)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_resampled_alpha_is_alpha_of_the_resample(level):
    rng = np.random.default_rng(3)
    values = rng.integers(0, 6, (15, 3)).astype(float)
    values[rng.random((15, 3)) < 0.15] = np.nan
    drawn = rng.integers(0, 3, (5, 15)).astype(float)
    found = Coincidences.prepare(values).alpha(drawn, level)[:, 0]
    expected = [
        oracle_alpha.alpha(
            reliability_data=np.repeat(values, times.astype(int), axis=0).T,
            level_of_measurement=level,
        )
        for times in drawn
    ]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_alpha_of_ratings_and_of_categories_that_are_no_numbers():
    rng = np.random.default_rng(7)
    scores = rng.integers(0, 100, (20, 2))
    rows = readings("A", n=20, rating=scores[:, 0].tolist())
    rows += readings("B", n=20, rating=scores[:, 1].tolist())
    truth = reference(["benign"] * 20)
    found = entry(rows, truth, {"type": "krippendorff_alpha", "value": "rating"})
    expected = oracle_alpha.alpha(reliability_data=scores.T, level_of_measurement="interval")
    assert (found["level"], found["alpha"]["estimate"]) == ("interval", pytest.approx(expected))
    words = readings("A", ["benign"]) + readings("B", ["benign"])
    found = entry(words, truth, {"type": "krippendorff_alpha", "level": "interval"})
    assert found["error"]["code"] == "not_numeric"
    negative = readings("A", rating=[-1, 2]) + readings("B", rating=[1, 2])
    analysis = {"type": "krippendorff_alpha", "level": "ratio", "value": "rating"}
    assert entry(negative, truth, analysis)["error"]["code"] == "negative_value"


def test_special_words_are_a_category_without_order_and_missing_on_a_scale():
    rows = readings("A", ["1", "no_lesion", "2", "3"]) + readings("B", ["1", "no_lesion", "2", "1"])
    truth = reference(["1"] * 4)
    nominal = entry(rows, truth, {"type": "fleiss_kappa"}, task=ORDINAL)
    assert "no_lesion" in nominal["per_category"]
    assert nominal["n_complete"] == 4
    weighted = {"type": "gwet_ac1", "weights": "linear"}
    found = entry(rows, truth, weighted, task=ORDINAL)
    assert found["n_rated"] == 3
    assert "no_lesion" in found["warnings"][0]


def test_gwet_weights_follow_their_definition():
    counts = category_counts(np.array([[0, 1], [2, 2], [0, 2], [1, 1]]), 3)
    weights = weight_matrix(3, "linear")
    agreement = (0.5 + 1 + 0 + 1) / 4
    share = np.array([2, 3, 3]) / 8
    expected = weights.sum() / 6 * (share * (1 - share)).sum()
    assert gwet_ac(counts, weights).coefficient == pytest.approx(
        (agreement - expected) / (1 - expected)
    )


@pytest.mark.parametrize(
    ("form", "published"),
    [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71), ("1,k", 0.44), ("2,k", 0.62), ("3,k", 0.91)],
)
def test_icc_of_shrout_and_fleiss(form, published):
    rows = [
        row for judge in range(4)
        for row in readings(f"J{judge}", n=6, rating=JUDGES[:, judge].tolist())
    ]  # fmt: skip
    truth = reference(["benign"] * 6)
    found = entry(rows, truth, {"type": "icc", "form": form})
    assert round(found["icc"]["estimate"], 2) == published
    assert found["form"] == form
    for alias in (f"ICC({form})", f"ICC{form.replace(',', '')}", f"icc{form[0]},{form[2]}"):
        assert entry(rows, truth, {"type": "icc", "form": alias}) == found


def test_icc_intervals_and_tests_are_those_of_the_published_example():
    # psych::ICC on the same data prints F 11.03, df 5 and 15, p 0.00013; ICC2 0.019 to 0.76,
    # ICC3 0.34 to 0.95, ICC1 -0.13 to 0.72
    squares = MeanSquares.of(JUDGES)
    two, three = (icc(squares, model, False, 0.05) for model in ("2", "3"))
    one = icc(squares, "1", False, 0.05)
    assert (round(two.f, 2), two.df1, two.df2, round(two.p_value, 5)) == (11.03, 5, 15, 0.00013)
    assert (round(two.low, 3), round(two.high, 2)) == (0.019, 0.76)
    assert (round(three.low, 2), round(three.high, 2)) == (0.34, 0.95)
    assert (round(one.low, 2), round(one.high, 2)) == (-0.13, 0.72)


def test_icc_of_constant_or_perfectly_equal_values():
    truth = reference(["benign"] * 4)
    same = readings("A", rating=[3] * 4) + readings("B", rating=[3] * 4)
    found = entry(same, truth, {"type": "icc"})
    assert (found["icc"]["estimate"], found["F"], found["p_value"]) == (None, None, None)
    equal = readings("A", rating=[1, 2, 3, 4]) + readings("B", rating=[1, 2, 3, 4])
    for form in ("1,1", "2,1", "3,1", "2,k"):
        found = entry(equal, truth, {"type": "icc", "form": form})
        assert found["icc"]["estimate"] == pytest.approx(1)
        assert (found["icc"]["ci_low"], found["p_value"]) == (None, None)
        assert found["warnings"]
    few = readings("A", rating=[1, None]) + readings("B", rating=[2, 3])
    assert entry(few, truth, {"type": "icc"})["error"]["code"] == "too_few_cases"


def test_square_table_counts_pairs():
    assert square_table(np.array([0, 1, 1]), np.array([1, 1, 0]), 2).tolist() == [[0, 1], [1, 1]]
    assert BINARY["kind"] == "binary"
