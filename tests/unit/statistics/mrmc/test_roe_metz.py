"""The Roe-Metz model: exact moments against scipy and against simulated studies."""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics.mrmc.roe_metz import (
    RoeMetz,
    exact_moments,
    obuchowski_rockette_parameters,
    simulate,
)
from readerstudy.statistics.mrmc.two_sample import auc_metric
from readerstudy.statistics.mrmc.ustat import crossed_coefficients

MODEL = RoeMetz(
    mu=1.5, delta=0.4, var_r=0.02, var_c=0.3, var_tr=0.01, var_tc=0.1, var_rc=0.2, var_e=0.5
)


def test_moments_are_bivariate_normal_probabilities():
    """Shared variances written out by hand for every moment of two arms."""
    r, c, rc = MODEL.var_r, MODEL.var_c, MODEL.var_rc
    shared = [2 * (r + c + rc), 2 * r + c + rc, 2 * r + c + rc, 2 * r, 2 * c, c, c, 0.0]
    total = 2 * (0.02 + 0.3 + 0.01 + 0.1 + 0.2 + 0.5)
    upper = np.array([1.5, 1.9]) / np.sqrt(total)
    expected = [
        stats.multivariate_normal(cov=[[1, s / total], [s / total, 1]]).cdf(upper) for s in shared
    ]
    np.testing.assert_allclose(
        exact_moments(MODEL, same_arm=False, arms=(0, 1)), expected, atol=1e-8
    )


def test_moments_of_one_arm_start_at_its_auc_and_end_at_its_square():
    moments = exact_moments(MODEL, same_arm=True, arms=(1, 1))
    auc = MODEL.aucs[1]
    assert moments[0] == pytest.approx(auc, abs=1e-12)
    assert moments[7] == pytest.approx(auc**2, abs=1e-15)
    assert (np.diff(moments[:4]) <= 1e-15).all()


def test_obuchowski_rockette_parameters_give_the_same_variance():
    """Var(difference) from the OR model equals that from the moments [Hillis 2018, sec. 3]."""
    var_tr, error = obuchowski_rockette_parameters(MODEL, 20, 30)
    moments = (
        exact_moments(MODEL, same_arm=True, arms=(0, 0))
        + exact_moments(MODEL, same_arm=True, arms=(1, 1))
        - 2 * exact_moments(MODEL, same_arm=False, arms=(0, 1))
    )
    variance = crossed_coefficients(4, 20, 30) @ moments
    modelled = 2 / 4 * (var_tr + error.var - error.cov1 + 3 * (error.cov2 - error.cov3))
    assert modelled == pytest.approx(variance, rel=1e-12)


def test_simulated_areas_have_the_exact_mean_and_variance():
    rng = np.random.default_rng(11)
    studies = 300
    areas = np.array(
        [
            auc_metric(*simulate(MODEL, n_readers=3, n_positive=15, n_negative=15, rng=rng)).values
            for _ in range(studies)
        ]
    )
    means = areas.mean(axis=2)
    error = means.std(axis=0, ddof=1) / np.sqrt(studies)
    assert (np.abs(means.mean(axis=0) - MODEL.aucs) < 4 * error).all()
    exact = crossed_coefficients(3, 15, 15) @ exact_moments(MODEL, same_arm=True, arms=(0, 0))
    assert means[:, 0].var(ddof=1) == pytest.approx(exact, rel=0.35)


def test_with_effect_moves_the_second_arm_by_that_much():
    first, second = MODEL.with_effect(0.05).aucs
    assert second - first == pytest.approx(0.05, abs=1e-14)
    assert first == MODEL.aucs[0]
    with pytest.raises(ValueError, match="cannot be reached"):
        MODEL.with_effect(0.5)


def test_simulation_is_seeded():
    def draw(seed):
        rng = np.random.default_rng(seed)
        return simulate(MODEL, n_readers=2, n_positive=3, n_negative=4, rng=rng)

    ratings, positive = draw(1)
    assert ratings.shape == (2, 2, 7)
    assert positive.tolist() == [True] * 3 + [False] * 4
    np.testing.assert_array_equal(ratings, draw(1)[0])
    assert (ratings != draw(2)[0]).all()
