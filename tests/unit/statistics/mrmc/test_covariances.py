"""Every covariance method against a slow, literal computation, with ties and missing readings."""

import itertools

import numpy as np
import pytest

from readerstudy.statistics.mrmc.covariances import (
    bootstrap_covariance,
    delong_covariance,
    jackknife_covariance,
    resample_weights,
    unbiased_covariance,
)
from readerstudy.statistics.mrmc.metrics import ProportionMetric
from readerstudy.statistics.mrmc.two_sample import auc_metric

from .conftest import brute_auc, random_study, win

STUDIES = [random_study(seed, missing=missing) for seed, missing in [(1, 0.0), (2, 0.3), (3, 0.5)]]


def cells(ratings):
    return ratings.reshape(-1, ratings.shape[2])


def proportion_study(seed):
    rng = np.random.default_rng(seed)
    correct = (rng.random((2, 3, 11)) < 0.7).astype(float)
    correct[rng.random(correct.shape) < 0.2] = np.nan
    return ProportionMetric(correct, np.arange(11) < 5, np.arange(11))


@pytest.mark.parametrize(("ratings", "positive"), STUDIES)
def test_jackknife_by_recomputing_every_area(ratings, positive):
    metric = auc_metric(ratings, positive)
    order = np.r_[np.flatnonzero(positive), np.flatnonzero(~positive)]
    left_out = np.empty((len(cells(ratings)), len(order)))
    for (row, cell), (column, case) in itertools.product(
        enumerate(cells(ratings)), enumerate(order)
    ):
        kept = cell.copy()
        kept[case] = np.nan
        left_out[row, column] = brute_auc(kept, positive)
    np.testing.assert_allclose(metric.leave_one_out(), left_out, atol=1e-14)
    n = len(order)
    expected = (n - 1) / n * n * np.cov(left_out, ddof=0)
    np.testing.assert_allclose(jackknife_covariance(metric), expected, atol=1e-14)


@pytest.mark.parametrize(("ratings", "positive"), STUDIES)
def test_unbiased_covariance_by_explicit_loops(ratings, positive):
    found = unbiased_covariance(auc_metric(ratings, positive))
    comparisons = [
        {
            (i, j): win(cell[i], cell[j])
            for i in np.flatnonzero(positive & ~np.isnan(cell))
            for j in np.flatnonzero(~positive & ~np.isnan(cell))
        }
        for cell in cells(ratings)
    ]
    for (a, first), (b, second) in itertools.product(enumerate(comparisons), repeat=2):
        apart = [
            s * u
            for (i, j), s in first.items()
            for (k, m), u in second.items()
            if i != k and j != m
        ]
        product = np.mean(list(first.values())) * np.mean(list(second.values()))
        assert found[a, b] == pytest.approx(product - np.mean(apart), abs=1e-13)


def test_delong_of_complete_cells_is_the_published_estimator():
    ratings, positive = STUDIES[0]
    metric = auc_metric(ratings, positive)
    wins = np.array(
        [[[win(x, y) for y in cell[~positive]] for x in cell[positive]] for cell in cells(ratings)]
    )
    s10, s01 = np.cov(wins.mean(axis=2)), np.cov(wins.mean(axis=1))
    expected = s10 / positive.sum() + s01 / (~positive).sum()
    np.testing.assert_allclose(delong_covariance(metric), expected, atol=1e-15)


def test_cells_without_common_cases_are_uncorrelated():
    ratings, positive = random_study(4, n_arms=1, n_readers=2, n_cases=16)
    ratings[0, 0, 8:], ratings[0, 1, :8] = np.nan, np.nan
    metric = auc_metric(ratings, positive)
    assert delong_covariance(metric)[0, 1] == 0
    assert unbiased_covariance(metric)[0, 1] == pytest.approx(0, abs=1e-16)


@pytest.mark.parametrize("seed", range(3))
def test_proportions_by_recomputing(seed):
    metric = proportion_study(seed)
    flat = metric.correct.reshape(6, -1)
    left_out = np.array(
        [[np.nanmean(np.delete(cell, unit)) for unit in range(11)] for cell in flat]
    )
    np.testing.assert_allclose(metric.values.ravel(), np.nanmean(flat, axis=1))
    np.testing.assert_allclose(metric.leave_one_out(), left_out, atol=1e-15)
    variances = np.nanvar(flat, axis=1, ddof=1) / (~np.isnan(flat)).sum(axis=1)
    np.testing.assert_allclose(np.diag(delong_covariance(metric)), variances)
    np.testing.assert_allclose(np.diag(unbiased_covariance(metric)), variances)


def test_all_methods_agree_on_complete_proportions():
    rng = np.random.default_rng(8)
    correct = (rng.random((2, 3, 20)) < 0.6).astype(float)
    metric = ProportionMetric(correct, np.ones(20, dtype=bool), np.arange(20))
    expected = np.cov(metric.correct.reshape(6, -1)) / 20
    for method in (jackknife_covariance, delong_covariance, unbiased_covariance):
        np.testing.assert_allclose(method(metric), expected, atol=1e-15)


def test_bootstrap_values_are_areas_of_the_resampled_cases():
    ratings, positive = random_study(6, missing=0.2)
    metric = auc_metric(ratings, positive)
    rng = np.random.default_rng(0)
    weights = resample_weights(metric.strata, np.arange(14), 5, rng)
    assert (weights[:, :7].sum(axis=1) == 7).all()
    values = metric.resampled(weights)
    order = np.r_[np.flatnonzero(positive), np.flatnonzero(~positive)]
    for row, counts in enumerate(weights.astype(int)):
        drawn = np.repeat(order, counts)
        for column, cell in enumerate(cells(ratings)):
            expected = brute_auc(cell[drawn], positive[drawn])
            assert values[row, column] == pytest.approx(expected, abs=1e-14)


def test_bootstrap_draws_whole_clusters():
    strata = np.array([True, True, False, False, True, False])
    clusters = np.array([0, 0, 1, 1, 2, 2])
    weights = resample_weights(strata, clusters, 50, np.random.default_rng(1))
    assert (weights[:, [0, 2, 4]] == weights[:, [1, 3, 5]]).all()
    assert (weights == 1).all(), "each kind of cluster occurs once, so each is drawn once"


def test_bootstrap_covariance_is_close_to_delong_and_seeded():
    ratings, positive = random_study(7, n_cases=80)
    metric = auc_metric(ratings, positive)

    def run(seed):
        return bootstrap_covariance(metric, resamples=2000, rng=np.random.default_rng(seed))

    (found, undefined), (again, _) = run(3), run(3)
    assert undefined == 0
    np.testing.assert_array_equal(found, again)
    assert np.trace(found) == pytest.approx(np.trace(delong_covariance(metric)), rel=0.15)


def test_bootstrap_counts_resamples_without_an_area():
    ratings = np.array([[[3.0, np.nan, 1.0, 2.0], [4.0, 2.0, 1.0, 3.0]]])
    metric = auc_metric(ratings, np.array([True, True, False, False]))
    _, undefined = bootstrap_covariance(metric, resamples=200, rng=np.random.default_rng(0))
    assert 0 < undefined < 200


def test_a_cell_with_one_positive_case_has_no_covariance():
    ratings, positive = random_study(9)
    ratings[0, 0, np.flatnonzero(positive)[1:]] = np.nan
    metric = auc_metric(ratings, positive)
    for method in (jackknife_covariance, delong_covariance, unbiased_covariance):
        assert np.isnan(method(metric)[0, 0])
        assert not np.isnan(method(metric)[1, 1])
