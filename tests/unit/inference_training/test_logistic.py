"""Logistic regression against statsmodels, its exact attributions, and Youden's cut-off."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.training.logistic import fit_logistic, sigmoid, youden_cut_off


def made(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    table = np.column_stack([rng.normal(50, 12, n), rng.random(n) < 0.4, rng.normal(0, 1, n)])
    odds = -4 + 0.06 * table[:, 0] + 1.5 * table[:, 1] - 0.8 * table[:, 2]
    return table, rng.random(n) < sigmoid(odds)


def test_without_ridge_it_is_maximum_likelihood() -> None:
    table, positive = made(1)
    model = fit_logistic(table, positive, ridge=0)
    reference = sm.Logit(positive.astype(float), sm.add_constant(table)).fit(disp=False)
    assert model.coefficients == pytest.approx(reference.params[1:], rel=1e-6)
    assert model.intercept == pytest.approx(reference.params[0], rel=1e-6)
    assert model.errors == pytest.approx(reference.bse[1:], rel=1e-5)


def test_separated_classes_keep_finite_coefficients() -> None:
    table = np.arange(10.0)[:, None]
    model = fit_logistic(table, table[:, 0] > 4.5)
    assert np.isfinite(model.coefficients).all() and model.coefficients[0] > 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_contributions_are_complete(seed: int) -> None:
    table, positive = made(seed, 80)
    model = fit_logistic(table, positive)
    mean = model.log_odds(model.means[None])[0]
    for row in table[:5]:
        assert model.contributions(row).sum() + mean == pytest.approx(model.log_odds(row[None])[0])


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        fit_logistic(np.zeros((3, 1)), np.ones(3, bool))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=4, max_size=30))
def test_no_cut_off_has_a_larger_youden_index(pairs: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in pairs], float)
    positive = np.array([label for _, label in pairs])
    if positive.all() or not positive.any():
        return

    def index(cut: float) -> float:
        called = scores >= cut
        return float(called[positive].mean() - called[~positive].mean())

    found = index(youden_cut_off(positive, scores))
    assert found == pytest.approx(max(index(cut) for cut in np.arange(-0.5, 9)))
