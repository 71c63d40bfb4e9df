"""McNemar, Cochran, Bowker, Stuart-Maxwell against statsmodels and published examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable, cochrans_q
from statsmodels.stats.contingency_tables import mcnemar as sm_mcnemar

from readerstudy.statistics.paired.cochran import cochran_q
from readerstudy.statistics.paired.proportions import (
    PairedTable,
    mcnemar_test,
    newcombe_difference,
)  # fmt: skip
from readerstudy.statistics.paired.square import bowker, stuart_maxwell
from tests.unit.statistics.studies import NOMINAL, draw, entry, readings, reference

BOTH = ("benign", "malignant")
MCNEMAR = {"type": "mcnemar", "a": "A", "b": "B"}
COUNTS = st.integers(0, 40)


@settings(max_examples=50, deadline=None)
@given(both=COUNTS, a=COUNTS, b=COUNTS, neither=COUNTS)
def test_mcnemar_is_that_of_statsmodels(both, a, b, neither):
    table = PairedTable(both, a, b, neither)
    square = [[both, a], [b, neither]]
    statistic, p = mcnemar_test(table, "exact")
    assert statistic is None
    if a + b == 0:
        assert (p, mcnemar_test(table, "mid-p")) == (1.0, (None, 1.0))
        assert mcnemar_test(table, "asymptotic") == (None, None)
        assert mcnemar_test(table, "asymptotic-cc") == (None, None)
        return
    assert p == pytest.approx(sm_mcnemar(square, exact=True).pvalue, abs=1e-12)
    for variant, correction in (("asymptotic", False), ("asymptotic-cc", True)):
        expected = sm_mcnemar(square, exact=False, correction=correction)
        assert mcnemar_test(table, variant) == pytest.approx(
            (expected.statistic, expected.pvalue), abs=1e-12
        )
    once = stats.binom.pmf(min(a, b), a + b, 0.5)
    assert mcnemar_test(table, "mid-p")[1] == pytest.approx(p - once if a != b else 1 - once)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:2635, example of table II, method 10
        (PairedTable(20, 12, 2, 16), 0.0562, 0.3292),
        # Altman et al, Statistics with Confidence (2000), table 6.2, printed 0.011 to 0.226
        (PairedTable(14, 5, 0, 22), 0.0115, 0.2265),
    ],
)
def test_newcombe_intervals_are_the_published_ones(table, low, high):
    found = newcombe_difference(table, 0.05)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=5e-5)


@settings(max_examples=50, deadline=None)
@given(both=COUNTS, a=COUNTS, b=COUNTS, neither=COUNTS)
def test_swapping_the_sides_turns_the_interval_round(both, a, b, neither):
    found = newcombe_difference(PairedTable(both, a, b, neither), 0.05)
    other = newcombe_difference(PairedTable(both, b, a, neither), 0.05)
    if both + a + b + neither == 0:
        assert found.estimate is None
        return
    assert found.estimate == pytest.approx(-other.estimate)
    assert found.ci_low == pytest.approx(-other.ci_high, abs=1e-12)
    assert -1 - 1e-12 <= found.ci_low <= found.estimate <= found.ci_high <= 1 + 1e-12


def test_exact_mcnemar_keeps_its_level_and_is_valid_under_the_null():
    rng = np.random.default_rng(2)
    splits = rng.binomial(30, 0.5, size=2000)
    p = [mcnemar_test(PairedTable(0, int(k), 30 - int(k), 0), "exact")[1] for k in splits]
    rejected = np.mean(np.array(p) <= 0.05)
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)


def test_the_entry_counts_cases_by_who_was_right():
    truth = ["malignant"] * 6
    a = ["malignant", "malignant", "malignant", "benign", None, "malignant"]
    b = ["malignant", "benign", None, "malignant", None, "malignant"]
    rows = readings("A", a) + readings("B", b)
    found = entry(rows, reference(truth), MCNEMAR)
    assert [found[key] for key in ("both", "n_a_only", "n_b_only", "neither")] == [2, 2, 1, 1]
    assert (found["n"], found["n_missing"]) == (6, 3)
    assert found["difference"]["estimate"] == pytest.approx(1 / 6)
    assert found["odds_ratio"] == 2
    excluded = entry(rows, reference(truth), {**MCNEMAR, "missing": "exclude"})
    assert [excluded[k] for k in ("both", "n_a_only", "n_b_only", "neither")] == [2, 1, 1, 0]
    assert (excluded["n"], excluded["n_missing"]) == (6, 3)
    assert excluded["difference"]["estimate"] == 0


def test_outcome_decision_compares_how_often_each_side_calls_positive():
    rows = readings("A", ["malignant", "malignant", "benign", "no_lesion"])
    rows += readings("B", ["benign", "malignant", "benign", None])
    found = entry(rows, reference(["benign"] * 4), {**MCNEMAR, "outcome": "decision"})
    assert [found[key] for key in ("both", "n_a_only", "n_b_only", "neither")] == [1, 1, 0, 2]
    assert found["odds_ratio"] is None


def test_sides_that_never_differ_have_nothing_to_test():
    rows = readings("A", ["benign"] * 3) + readings("B", ["benign"] * 3)
    for variant, p in (("exact", 1.0), ("asymptotic", None), ("asymptotic-cc", None)):
        found = entry(rows, reference(["benign"] * 3), {**MCNEMAR, "variant": variant})
        assert (found["statistic"], found["p_value"]) == (None, p)
        assert found["warnings"]


def test_a_side_is_one_reader_with_one_reading_per_case():
    rows = readings("A", ["benign"]) + readings("B", ["benign"], arm="x")
    rows += readings("B", ["benign"], arm="y")

    def fault(a, b):
        error = entry(rows, reference(["benign"]), {**MCNEMAR, "a": a, "b": b})["error"]
        return error["code"], error["path"]

    assert fault("A", "B") == ("several_readings", "/analyses/0/b")
    assert fault(["A", "B"], {"reader": "B", "arm": "x"}) == (
        "one_reader_needed", "/analyses/0/a",
    )  # fmt: skip
    assert fault("A", {"reader": "B", "arm": "z"}) == ("no_readings", "/analyses/0/b")


def test_unpaired_cases_are_left_out_with_a_warning():
    rows = readings("A", ["benign"] * 4) + readings("B", ["benign"] * 3)
    found = entry(rows, reference(["benign"] * 5), MCNEMAR)
    assert found["n"] == 3
    assert "1 case was read by one side only" in found["warnings"][0]
    apart = [*readings("A", ["benign"]), {**readings("B", ["benign"])[0], "case": "C001"}]
    found = entry(apart, reference(["benign"] * 2), MCNEMAR)
    assert (found["n"], found["p_value"], found["difference"]["estimate"]) == (0, None, None)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_cochran_is_that_of_statsmodels_and_with_two_raters_mcnemar(data):
    raters, cases = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 25))
    flags = st.lists(st.booleans(), min_size=raters * cases, max_size=raters * cases)
    outcomes = np.array(data.draw(flags)).reshape(cases, raters)
    q, df, p = cochran_q(outcomes)
    assert df == raters - 1
    if (outcomes == outcomes[:, :1]).all():
        assert (q, p) == (None, None)
        return
    expected = cochrans_q(outcomes.astype(int))
    assert (q, p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)
    if raters == 2:
        a, b = ((outcomes[:, 0] & ~outcomes[:, 1]).sum(), (~outcomes[:, 0] & outcomes[:, 1]).sum())
        assert mcnemar_test(PairedTable(0, int(a), int(b), 0), "asymptotic")[0] == pytest.approx(q)


def test_cochran_uses_the_cases_every_rater_has_read():
    rng = np.random.default_rng(1)
    truth = draw(rng, BOTH, 40)
    rows = [row for name in "ABC" for row in readings(name, draw(rng, BOTH, 40))][:-5]
    found = entry(rows, reference(truth), {"type": "cochran_q"})
    assert (found["n"], found["df"]) == (35, 2)
    assert "5 cases" in found["warnings"][0]
    one = entry(rows, reference(truth), {"type": "cochran_q", "select": "A"})
    assert one["error"]["code"] == "too_few_raters"


def tables(size):
    return st.lists(st.integers(1, 20), min_size=size**2, max_size=size**2).map(
        lambda cells: np.array(cells, dtype=float).reshape(size, size)
    )


@settings(max_examples=40, deadline=None)
@given(table=st.integers(2, 5).flatmap(tables))
def test_square_table_tests_are_those_of_statsmodels(table):
    square = SquareTable(table, shift_zeros=False)
    if (table == table.T).all():
        assert bowker(table)[0] == 0
        return
    expected = square.symmetry(method="bowker")
    assert bowker(table) == pytest.approx((expected.statistic, expected.df, expected.pvalue))
    expected = square.homogeneity(method="stuart_maxwell")
    found = stuart_maxwell(table)
    assert found == pytest.approx((expected.statistic, expected.df, expected.pvalue), abs=1e-9)


def test_the_vision_data_of_stuart_1955():
    # Stuart, Biometrika 1955;42:412: unaided distance vision of 7477 women, left and right eye;
    # statistics as in R's coin::mh_test and stats::mcnemar.test on the same table
    table = np.array([[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205],
                      [36, 82, 179, 492]], dtype=float)  # fmt: skip
    assert stuart_maxwell(table)[:2] == (pytest.approx(11.957, abs=5e-4), 3)
    assert bowker(table)[:2] == (pytest.approx(19.107, abs=5e-4), 6)


def test_unused_categories_do_not_break_marginal_homogeneity():
    table = np.array([[5, 3, 0, 0], [1, 6, 0, 0], [0, 0, 0, 0], [0, 0, 0, 4]], dtype=float)
    statistic, df, p = stuart_maxwell(table)
    assert (statistic, df) == (pytest.approx(1.0), 1)
    assert p == pytest.approx(stats.chi2.sf(1.0, 1))
    assert stuart_maxwell(np.diag([3.0, 4.0])) == (None, 0, None)


@pytest.mark.parametrize("kind", ["bowker", "stuart_maxwell"])
def test_square_entries_pair_decided_cases(kind):
    rng = np.random.default_rng(4)
    labels = NOMINAL["categories"]
    rows = readings("A", draw(rng, labels, 80, 0.1)) + readings("B", draw(rng, labels, 80, 0.1))
    found = entry(rows, reference(["HCC"] * 80), {"type": kind, "a": "A", "b": "B"}, task=NOMINAL)
    assert found["n"] == 80
    assert 0 < found["n_missing"] < 40
    assert 0 <= found["p_value"] <= 1
    same = readings("A", ["HCC"] * 3) + readings("B", ["HCC"] * 3)
    found = entry(same, reference(["HCC"] * 3), {"type": kind, "a": "A", "b": "B"}, task=NOMINAL)
    assert (found["statistic"], found["p_value"]) == (None, None)
    assert "nothing to test" in found["warnings"][0]
