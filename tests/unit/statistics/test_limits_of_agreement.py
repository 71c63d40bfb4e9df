"""Limits of agreement: Bland and Altman, a three-way analysis of variance, simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from readerstudy.statistics.agreement.limits import (
    between_readers,
    between_readers_and_arms,
    two_way,
)
from tests.unit.statistics.studies import entry, readings, reference

ARMS, READERS = ("x", "y"), ("A", "B", "C")


def drawn(rng: np.random.Generator, n_readers: int, n_cases: int) -> np.ndarray:
    """(2, n_readers, n_cases) values with every random effect of the model."""
    return (
        np.array([0.0, 0.4])[:, None, None]
        + rng.normal(0, 0.5, (n_readers, 1)) + rng.normal(0, 2.0, n_cases)
        + rng.normal(0, 0.3, (2, n_readers, 1)) + rng.normal(0, 0.6, (2, 1, n_cases))
        + rng.normal(0, 0.7, (n_readers, n_cases)) + rng.normal(0, 0.4, (2, n_readers, n_cases))
    )  # fmt: skip


def three_way(values: np.ndarray) -> dict[str, float]:
    """Variances of differences from mean squares that statsmodels computes."""
    i, j, k = values.shape
    table = pd.DataFrame(
        [{"t": a, "r": b, "c": c, "x": value} for (a, b, c), value in np.ndenumerate(values)]
    )
    fit = ols("x ~ C(t) + C(r) + C(c) + C(t):C(r) + C(t):C(c) + C(r):C(c)", table).fit()
    ms = (lambda found: found["sum_sq"] / found["df"])(anova_lm(fit))
    error, tr, tc, rc = ms["Residual"], ms["C(t):C(r)"], ms["C(t):C(c)"], ms["C(r):C(c)"]
    var_tr, var_tc, var_rc = (tr - error) / k, (tc - error) / j, (rc - error) / i
    var_r = (ms["C(r)"] - tr - rc + error) / (i * k)
    return {
        "one reader": 2 * (var_tr + var_tc + error),
        "within": 2 * (var_r + var_tr + var_rc + error),
        "between": 2 * (var_r + var_tr + var_tc + var_rc + error),
    }


def rows_of(values: np.ndarray, readers=READERS, **columns) -> list:
    """Readings of values (n_arms, n_readers, n_cases)."""
    return [
        row
        for arm, of_arm in zip(ARMS, values, strict=True)
        for reader, own in zip(readers, of_arm, strict=True)
        for row in readings(reader, arm=arm, n=own.size, rating=own.tolist(), **columns)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_variances_are_those_of_a_three_way_analysis_of_variance(seed):
    values = drawn(np.random.default_rng(seed), 3, 7)

    expected = three_way(values)

    assert two_way(values[0] - values[1]).total == pytest.approx(expected["one reader"], rel=1e-9)
    within = np.mean([between_readers(own) for own in values])
    assert within == pytest.approx(expected["within"], rel=1e-9)
    assert between_readers_and_arms(*values) == pytest.approx(expected["between"], rel=1e-9)


def test_variances_are_right_on_average():
    rng = np.random.default_rng(11)
    draws = [drawn(rng, 5, 12) for _ in range(600)]

    within = [between_readers(values[0]) for values in draws]
    between = [between_readers_and_arms(*values) for values in draws]

    truth = 2 * (0.5**2 + 0.3**2 + 0.7**2 + 0.4**2)
    assert np.mean(within) == pytest.approx(truth, abs=4 * stats.sem(within))
    assert np.mean(between) == pytest.approx(truth + 2 * 0.6**2, abs=4 * stats.sem(between))


def test_one_reader_gives_bland_and_altman():
    values = drawn(np.random.default_rng(5), 1, 30)
    difference = (values[0] - values[1])[0]

    found = entry(rows_of(values, ("A",)), reference(["benign"] * 30),
                  {"type": "limits_of_agreement"})  # fmt: skip

    limits = found["limits"]["within_reader_between_arms"]
    half = stats.norm.isf(0.025) * difference.std(ddof=1)
    assert limits["lower"] == pytest.approx(difference.mean() - half)
    assert limits["upper"] == pytest.approx(difference.mean() + half)
    low, high = stats.t.interval(0.95, 29, difference.mean(), stats.sem(difference))
    assert limits["bias"]["ci_low"] == pytest.approx(low)
    assert limits["bias"]["ci_high"] == pytest.approx(high)
    assert found["between_readers_within_arm"] == {}
    assert set(found["limits"]) == {"within_reader_between_arms"}
    assert "this reader only" in found["warnings"][0]


def test_swapping_arms_flips_the_signs():
    rows = rows_of(drawn(np.random.default_rng(6), 3, 9))
    truth = reference(["benign"] * 9)

    one, other = (
        entry(rows, truth, {"type": "limits_of_agreement", "arms": arms})
        for arms in (["x", "y"], ["y", "x"])
    )

    for key in ("within_reader_between_arms", "between_readers_between_arms"):
        assert one["limits"][key]["lower"] == pytest.approx(-other["limits"][key]["upper"])
        assert one["limits"][key]["variance"] == pytest.approx(other["limits"][key]["variance"])


def test_incomplete_cases_are_counted_and_left_out():
    values = drawn(np.random.default_rng(7), 3, 9)
    rows = rows_of(values)
    rows[0]["rating"] = None

    found = entry(rows, reference(["benign"] * 9), {"type": "limits_of_agreement"})

    assert (found["n"], found["n_complete"], found["n_missing"]) == (9, 8, 1)
    expected = two_way((values[0] - values[1])[:, 1:]).total
    assert found["limits"]["within_reader_between_arms"]["variance"] == pytest.approx(expected)


def test_repeated_readings_have_limits_of_their_own():
    rng = np.random.default_rng(8)
    values = drawn(rng, 3, 9)
    again = values + rng.normal(0, 0.2, values.shape)
    rows = rows_of(values) + [row | {"repeat": 1} for row in rows_of(again)][:20]

    found = entry(rows, reference(["benign"] * 9), {"type": "limits_of_agreement"})

    differences = (values - again).reshape(-1)[:20]
    limits = found["limits"]["within_reader_within_arm"]
    assert limits["bias"]["estimate"] == pytest.approx(differences.mean())
    assert limits["variance"] == pytest.approx(differences.var(ddof=1))


def test_a_negative_variance_has_no_limits():
    only_interaction = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]])
    rows = rows_of(np.stack([only_interaction, -only_interaction]), ("A", "B"))

    found = entry(rows, reference(["benign"] * 3), {"type": "limits_of_agreement"})

    limits = found["limits"]["between_readers_between_arms"]
    assert limits["variance"] == pytest.approx(-4 / 3)
    assert (limits["lower"], limits["upper"]) == (None, None)
    assert any("negative" in warning for warning in found["warnings"])


def test_three_arms_and_single_cases_are_refused_by_a_sentence():
    rows = rows_of(drawn(np.random.default_rng(9), 3, 9))
    third = [row | {"arm": "z"} for row in rows[:9]]

    many = entry([*rows, *third], reference(["benign"] * 9), {"type": "limits_of_agreement"})
    few = entry(rows_of(drawn(np.random.default_rng(9), 3, 1)), reference(["benign"]),
                {"type": "limits_of_agreement"})  # fmt: skip

    assert many["error"]["code"] == "two_arms_at_most"
    assert few["error"]["code"] == "too_few_cases"
