"""Published numbers of the Van Dyke study, and what must hold in every study.

Van Dyke CW et al. 1993, ratings as distributed with Iowa's OR-DBM MRMC 2.51 (sample output),
MRMCaov and RJafroc (dataset02). In R:
``library(MRMCaov); summary(mrmc(empirical_auc(truth, rating), treatment, reader, case,
data = VanDyke))``; ``method = DeLong`` or ``unbiased``; ``case2``, ``case3`` for the nested ones;
``binary_sens(truth, rating >= 3)``. FRRC with Iowa's max(Cov2 - Cov3, 0).
"""

import numpy as np
import pytest

from readerstudy.statistics.mrmc.covariances import (
    delong_covariance,
    jackknife_covariance,
    unbiased_covariance,
)
from readerstudy.statistics.mrmc.dbm import dbm_test
from readerstudy.statistics.mrmc.designs import Design, detect_design
from readerstudy.statistics.mrmc.metrics import ProportionMetric
from readerstudy.statistics.mrmc.obuchowski_rockette import (
    Covariances,
    Inference,
    MeanSquares,
    arm_spread,
    arms_test,
    average_covariances,
    mean_squares,
    variance_components,
)
from readerstudy.statistics.mrmc.roe_metz import RoeMetz, simulate
from readerstudy.statistics.mrmc.two_sample import auc_metric

from .conftest import random_study


def run(metric, covariance=jackknife_covariance, inference=Inference.RRRC):
    t, r = metric.values.shape
    error = average_covariances(covariance(metric), t, r, detect_design(metric.seen))
    return arms_test(mean_squares(metric.values), error, t, r, inference)


@pytest.mark.parametrize(
    ("inference", "statistic", "df2", "p_value"),
    [
        (Inference.RRRC, 4.456318693157, 15.259674589142, 0.051665685819),
        (Inference.FRRC, 5.475953242477, None, 0.019279843071),
        (Inference.RRFC, 8.704000000000, 4.0, 0.041958752495),
    ],
)
def test_van_dyke_jackknife(van_dyke, inference, statistic, df2, p_value):
    test, _ = run(auc_metric(*van_dyke()), inference=inference)
    assert test.statistic == pytest.approx(statistic, abs=5e-13)
    assert test.df2 == (None if df2 is None else pytest.approx(df2, abs=5e-13))
    assert test.p_value == pytest.approx(p_value, abs=5e-13)
    assert (test.df1, test.distribution) == (1, "chi2" if df2 is None else "F")


def test_van_dyke_areas_and_interval(van_dyke):
    metric = auc_metric(*van_dyke())
    means = metric.values.mean(axis=1)
    np.testing.assert_allclose(means, [0.89703704, 0.94083736], atol=5e-9)
    _, spread = run(metric)
    low, high = spread.interval(means[0] - means[1], alpha=0.05)
    assert low == pytest.approx(-0.087959498567, abs=5e-13)
    assert high == pytest.approx(0.000358854444, abs=5e-13)


@pytest.mark.parametrize(
    ("covariance", "statistic", "df2", "p_value"),
    [
        (delong_covariance, 4.48485, 15.066, 0.05123),
        (unbiased_covariance, 4.48961, 15.034, 0.05116),
    ],
)
def test_van_dyke_other_covariances(van_dyke, covariance, statistic, df2, p_value):
    test, _ = run(auc_metric(*van_dyke()), covariance)
    assert test.statistic == pytest.approx(statistic, abs=5e-6)
    assert test.df2 == pytest.approx(df2, abs=5e-4)
    assert test.p_value == pytest.approx(p_value, abs=5e-6)


def test_van_dyke_sensitivity_at_three(van_dyke):
    ratings, positive = van_dyke()
    correct = (ratings[:, :, positive] >= 3).astype(float)
    test, _ = run(ProportionMetric(correct, np.ones(45, dtype=bool), np.arange(45)))
    assert test.statistic == pytest.approx(6.68949, abs=5e-6)
    assert test.df2 == pytest.approx(15.71732, abs=5e-6)
    assert test.p_value == pytest.approx(0.02008822, abs=5e-9)


@pytest.mark.parametrize(
    ("column", "design", "statistic", "df2", "p_value"),
    [
        ("case2", Design.CASES_NESTED_IN_READER, 8.704, 4.0, 0.04196),
        ("case3", Design.CASES_NESTED_IN_ARM, 2.10449, 68.423, 0.15144),
    ],
)
def test_van_dyke_nested(van_dyke, column, design, statistic, df2, p_value):
    metric = auc_metric(*van_dyke(column))
    assert detect_design(metric.seen) is design
    test, _ = run(metric)
    assert test.statistic == pytest.approx(statistic, abs=5e-6)
    assert test.df2 == pytest.approx(df2, abs=5e-4)
    assert test.p_value == pytest.approx(p_value, abs=5e-6)


def test_dbm_is_the_same_test(van_dyke):
    metric = auc_metric(*van_dyke())
    test, _ = run(metric)
    dbm = dbm_test(metric)
    assert dbm.statistic == pytest.approx(test.statistic, rel=1e-11)
    assert dbm.df2 == pytest.approx(test.df2, rel=1e-11)
    assert dbm.p_value == pytest.approx(test.p_value, rel=1e-11)


@pytest.mark.parametrize("seed", range(4))
def test_dbm_is_the_same_test_with_three_arms(seed):
    metric = auc_metric(*random_study(seed, n_arms=3, n_readers=4, n_cases=30))
    test, dbm = run(metric)[0], dbm_test(metric)
    assert dbm.statistic == pytest.approx(test.statistic, rel=1e-9)
    assert dbm.df2 == pytest.approx(test.df2, rel=1e-9)


@pytest.mark.parametrize("inference", list(Inference))
def test_order_of_arms_readers_and_cases_does_not_matter(inference):
    ratings, positive = random_study(11, n_readers=4, n_cases=30)
    expected, spread = run(auc_metric(ratings, positive), inference=inference)
    rng = np.random.default_rng(0)
    readers, cases = rng.permutation(4), rng.permutation(30)
    shuffled = auc_metric(ratings[::-1][:, readers][:, :, cases], positive[cases])
    found, same_spread = run(shuffled, inference=inference)
    assert found.p_value == pytest.approx(expected.p_value, rel=1e-10)
    assert same_spread.se == pytest.approx(spread.se, rel=1e-10)


def test_monotone_transform_of_ratings_changes_nothing():
    ratings, positive = random_study(12, n_readers=4, n_cases=30)
    plain, _ = run(auc_metric(ratings, positive))
    curved, _ = run(auc_metric(np.exp(ratings / 3), positive))
    assert plain == curved


def test_f_of_two_arms_is_the_square_of_its_t():
    metric = auc_metric(*random_study(13, n_readers=5, n_cases=40))
    test, spread = run(metric)
    difference = float(np.subtract(*metric.values.mean(axis=1)))
    assert (difference / spread.se) ** 2 == pytest.approx(test.statistic, rel=1e-12)
    assert 2 * spread.upper_tail(abs(difference) / spread.se) == pytest.approx(test.p_value)


def test_identical_arms_have_no_f():
    ratings, positive = random_study(14)
    metric = auc_metric(np.stack([ratings[0], ratings[0]]), positive)
    test, spread = run(metric)
    assert (test.statistic, test.p_value, spread) == (None, None, None)


def test_infinite_degrees_of_freedom_become_a_normal_law():
    ms, error = MeanSquares(0.02, 0.01, 0.0), Covariances(0.004, 0.001, 0.002, 0.001)
    test, spread = arms_test(ms, error, 2, 4, Inference.RRRC)
    assert (test.df2, spread.df) == (None, None)
    assert test.statistic == pytest.approx(0.02 / (4 * 0.001))
    assert test.p_value == pytest.approx(0.0253473186774683)  # chi2.sf(5, 1)


def test_single_arm_spreads_by_hand():
    values, error = np.array([0.8, 0.9, 0.85]), Covariances(0.004, 0.0, 0.001, 0.0)
    readers = 0.0025
    total = readers + 3 * 0.001
    both = arm_spread(values, error, Inference.RRRC)
    assert both.se == pytest.approx((total / 3) ** 0.5)
    assert both.df == pytest.approx(total**2 / (readers**2 / 2))
    assert arm_spread(values, error, Inference.RRFC).se == pytest.approx((readers / 3) ** 0.5)
    fixed = arm_spread(values, error, Inference.FRRC)
    assert (fixed.se, fixed.df) == (pytest.approx((0.006 / 3) ** 0.5), None)
    nothing = Covariances(0.0, 0.0, 0.0, 0.0)
    assert arm_spread(np.ones(3), nothing, Inference.RRRC) is None


def test_variance_components_are_not_truncated():
    ms, error = MeanSquares(0.0, 0.001, 0.002), Covariances(0.01, 0.002, 0.001, 0.0005)
    var_r, var_tr = variance_components(ms, error, 2)
    assert var_r == pytest.approx(-0.002)
    assert var_tr == pytest.approx(0.002 - 0.01 + 0.002 + 0.0005)


def test_type_one_error_of_rrrc_under_the_null():
    """Roe-Metz null data: at most alpha + 3 standard errors of the simulation reject."""
    null = RoeMetz(1.5, 0.0, 0.02, 0.3, 0.01, 0.2, 0.2, 0.3)
    rng = np.random.default_rng(20240501)
    studies, alpha = 400, 0.05
    p_values = [
        run(auc_metric(*simulate(null, n_readers=4, n_positive=25, n_negative=25, rng=rng)))[
            0
        ].p_value
        for _ in range(studies)
    ]
    rejected = np.mean(np.array(p_values, dtype=float) <= alpha)
    assert rejected <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / studies)
