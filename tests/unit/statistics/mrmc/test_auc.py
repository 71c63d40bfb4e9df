"""AUC and DeLong against scikit-learn and against their definitions."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from readerstudy.statistics.mrmc.auc import (
    delong_covariance,
    delong_variance,
    empirical_auc,
    placements,
    wins,
)

from .conftest import win

ratings = st.lists(st.integers(-3, 3).map(float), min_size=2, max_size=15).map(np.array)


@settings(deadline=None, max_examples=50)
@given(ratings, ratings)
def test_auc_is_that_of_scikit_learn(positive, negative):
    truth = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    expected = roc_auc_score(truth, np.r_[positive, negative])
    assert empirical_auc(positive, negative) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(ratings, ratings)
def test_monotone_transform_and_reversal(positive, negative):
    auc = empirical_auc(positive, negative)
    assert empirical_auc(np.exp(positive), np.exp(negative)) == auc
    assert empirical_auc(-positive, -negative) == pytest.approx(1 - auc, abs=1e-15)


@settings(deadline=None, max_examples=50)
@given(ratings, ratings)
def test_structural_components_are_the_definition(positive, negative):
    matrix = np.array([[win(x, y) for y in negative] for x in positive])
    found = placements(positive, negative)
    np.testing.assert_allclose(found.positive, matrix.mean(axis=1), atol=1e-15)
    np.testing.assert_allclose(found.negative, matrix.mean(axis=0), atol=1e-15)


def test_delong_covariance_is_the_definition():
    rng = np.random.default_rng(5)
    positive, negative = rng.integers(0, 5, (2, 9)) + 1.0, rng.integers(0, 5, (2, 12)) + 0.0
    curves = [placements(x, y) for x, y in zip(positive, negative, strict=True)]
    s10 = np.cov([curve.positive for curve in curves])
    s01 = np.cov([curve.negative for curve in curves])
    np.testing.assert_allclose(delong_covariance(curves), s10 / 9 + s01 / 12, rtol=1e-12)


def test_delong_by_hand():
    """Positives 3, 2; negatives 1, 2: V10 = V01 = 1, 3/4, so the variance is (1/32)/2 twice."""
    curve = placements(np.array([3.0, 2.0]), np.array([1.0, 2.0]))
    assert curve.auc == 0.875
    assert delong_variance(curve) == pytest.approx(1 / 32, abs=1e-16)


def test_degenerate_ratings():
    apart = placements(np.array([4.0, 5.0]), np.array([1.0, 2.0]))
    assert (apart.auc, delong_variance(apart)) == (1.0, 0.0)
    constant = placements(np.ones(3), np.ones(4))
    assert (constant.auc, delong_variance(constant)) == (0.5, 0.0)
    single = placements(np.array([2.0]), np.array([1.0, 3.0]))
    assert single.auc == 0.5
    assert delong_variance(single) is None
    with pytest.raises(ValueError, match="at least one positive"):
        empirical_auc(np.array([]), np.array([1.0]))


def test_infinite_ratings_tie_with_each_other():
    low = np.array([-np.inf, 0.0])
    assert empirical_auc(low, low) == 0.5


def test_weighted_wins_are_repeated_wins():
    rng = np.random.default_rng(2)
    own, opponents = rng.integers(0, 4, 6) * 1.0, rng.integers(0, 4, 5) * 1.0
    weights = np.array([1.0, 2.0, 3.0, 1.0, 2.0])
    expected = wins(own, np.repeat(opponents, weights.astype(int)))
    np.testing.assert_array_equal(wins(own, opponents, weights), expected)
    pairs = list(itertools.product(own, opponents))
    assert wins(own, opponents).sum() == sum(win(x, y) for x, y in pairs)
