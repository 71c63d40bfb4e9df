"""U-statistic variance against Gallas' definition written out as loops, and against theory."""

import itertools

import numpy as np
import pytest

from readerstudy.statistics.mrmc.roe_metz import RoeMetz, exact_moments, simulate
from readerstudy.statistics.mrmc.two_sample import auc_metric
from readerstudy.statistics.mrmc.ustat import compare_arms, crossed_coefficients

from .conftest import random_study, win


def run(ratings, positive):
    n_readers = ratings.shape[1]
    cells = np.arange(2 * n_readers)
    products = auc_metric(ratings, positive).pairs()
    return compare_arms(products, cells[:n_readers], cells[n_readers:])


def brute_moments(ratings, positive, arm_a, arm_b):
    """Pooled areas and M1 to M8 by looping over all pairs of comparisons."""

    def comparisons(arm):
        return [
            (r, i, j, win(cell[i], cell[j]))
            for r, cell in enumerate(ratings[arm])
            for i in np.flatnonzero(positive & ~np.isnan(cell))
            for j in np.flatnonzero(~positive & ~np.isnan(cell))
        ]

    kinds = {key: [] for key in itertools.product([1, 0], [1, 0], [1, 0])}
    first, second = comparisons(arm_a), comparisons(arm_b)
    for (r, i, j, s), (q, k, m, u) in itertools.product(first, second):
        kinds[int(r == q), int(i == k), int(j == m)].append(s * u)
    areas = [np.mean([entry[3] for entry in side]) for side in (first, second)]
    return areas, [np.mean(products) if products else np.nan for products in kinds.values()]


@pytest.mark.parametrize(("seed", "missing"), [(1, 0.0), (2, 0.4), (3, 0.6)])
def test_moments_and_variance_by_loops(seed, missing):
    ratings, positive = random_study(seed, n_readers=3, n_cases=9, missing=missing)
    found = run(ratings, positive)
    for moments, arms in [
        (found.moments_a, (0, 0)),
        (found.moments_b, (1, 1)),
        (found.moments_ab, (0, 1)),
    ]:
        areas, expected = brute_moments(ratings, positive, *arms)
        np.testing.assert_allclose(moments.values, expected, atol=1e-13)
        covariance = areas[0] * areas[1] - expected[7]
        assert moments.covariance == pytest.approx(covariance, abs=1e-13)


def test_readers_with_their_own_cases():
    ratings, positive = random_study(5, n_readers=2, n_cases=16)
    ratings[:, 0, 8:], ratings[:, 1, :8] = np.nan, np.nan
    found = run(ratings, positive)
    assert np.isnan(found.moments_a.values[4:7]).all()
    _, expected = brute_moments(ratings, positive, 0, 1)
    assert found.moments_ab.values[7] == pytest.approx(expected[7], abs=1e-13)
    assert found.var_difference is not None


def test_one_reader_has_no_variance_over_readers():
    found = run(*random_study(6, n_readers=1))
    assert found.moments_a.covariance is None
    assert found.var_difference is None


def test_swapping_arms_and_shuffling():
    ratings, positive = random_study(7, n_readers=3, missing=0.2)
    plain = run(ratings, positive)
    order = np.random.default_rng(1).permutation(len(positive))
    swapped = run(ratings[::-1][:, :, order], positive[order])
    assert (swapped.auc_a, swapped.auc_b) == (plain.auc_b, plain.auc_a)
    assert swapped.var_difference == pytest.approx(plain.var_difference, rel=1e-10)


def test_van_dyke_estimates(van_dyke):
    """The pooled areas equal the reader means in a complete crossing; crossed coefficients."""
    ratings, positive = van_dyke()
    found = run(ratings, positive)
    assert found.auc_a == pytest.approx(0.89703704, abs=5e-9)
    assert found.auc_b == pytest.approx(0.94083736, abs=5e-9)
    expected = crossed_coefficients(5, 45, 69)
    np.testing.assert_allclose(found.moments_ab.coefficients, expected, atol=1e-15)
    variance = expected @ found.difference_moments
    assert found.var_difference == pytest.approx(variance, abs=1e-15)


def test_unbiased_on_roe_metz_data():
    """The mean variance estimate is the exact variance within 4 standard errors."""
    model = RoeMetz(1.0, 0.3, 0.02, 0.3, 0.02, 0.1, 0.2, 0.4)
    rng = np.random.default_rng(7)
    estimates = [
        run(*simulate(model, n_readers=3, n_positive=10, n_negative=12, rng=rng)).var_difference
        for _ in range(400)
    ]
    moments = (
        exact_moments(model, same_arm=True, arms=(0, 0))
        + exact_moments(model, same_arm=True, arms=(1, 1))
        - 2 * exact_moments(model, same_arm=False, arms=(0, 1))
    )
    exact = crossed_coefficients(3, 10, 12) @ moments
    standard_error = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - exact) < 4 * standard_error


def test_blocks_do_not_change_sums(monkeypatch):
    ratings, positive = random_study(8, n_cases=20, missing=0.1)
    whole = run(ratings, positive)
    monkeypatch.setattr("readerstudy.statistics.mrmc.pair_products.MAX_BLOCK", 1)
    assert run(ratings, positive).var_difference == pytest.approx(whole.var_difference, abs=1e-16)
