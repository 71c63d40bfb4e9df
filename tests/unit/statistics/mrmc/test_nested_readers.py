"""Readers nested in arms, against the definition by loops, scipy's tests and simulation.

The formulas are those of Hillis SL, Stat Med 2014;33:330 (reader-nested-within-test split plot);
no published figures of such a study with its data are known to us.
"""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics.mrmc.analysis import OrSettings, analyse
from readerstudy.statistics.mrmc.covariances import CovarianceMethod
from readerstudy.statistics.mrmc.designs import Design
from readerstudy.statistics.mrmc.obuchowski_rockette import Inference
from readerstudy.statistics.mrmc.roe_metz import RoeMetz, simulate
from readerstudy.statistics.mrmc.two_sample import auc_metric

from .conftest import brute_auc, random_study
from .rows import entry, reading_rows, reference_rows

DESIGNS = {
    "readers": Design.READERS_NESTED_IN_ARM,
    "readers and cases": Design.READERS_AND_CASES_NESTED_IN_ARM,
    "everything": Design.FULLY_NESTED,
}


def nest(ratings, positive, arm_of, share="readers"):
    """Keep each reader's readings of one arm; cases become the arm's or the reader's own."""
    n_arms, n_readers, n_cases = ratings.shape
    copies = {"readers": 1, "readers and cases": n_arms, "everything": n_readers}[share]
    nested = np.full((n_arms, n_readers, copies * n_cases), np.nan)
    for reader, arm in enumerate(arm_of):
        copy = {"readers": 0, "readers and cases": arm, "everything": reader}[share]
        cases = slice(copy * n_cases, (copy + 1) * n_cases)
        nested[arm, reader, cases] = ratings[arm, reader]
    return nested, np.tile(positive, copies)


def run(ratings, positive, inference=Inference.RRRC, covariance="jackknife"):
    settings = OrSettings(CovarianceMethod(covariance), inference, resamples=400)
    return analyse(auc_metric(ratings, positive), settings, rng=np.random.default_rng(1))


def areas_of(ratings, positive, arm_of):
    return np.array([brute_auc(ratings[arm, j], positive) for j, arm in enumerate(arm_of)])


def by_loops(ratings, positive, arm_of):
    """F, denominator df and the standard error of two arms, from the definitions."""
    arm_of = np.array(arm_of)
    areas = areas_of(ratings, positive, arm_of)
    n = len(positive)
    left_out = np.array([
        areas_of(np.delete(ratings, k, axis=2), np.delete(positive, k), arm_of) for k in range(n)
    ])  # fmt: skip
    covariance = (n - 1) ** 2 / n * np.cov(left_out, rowvar=False)
    pairs = [(j, k) for j in range(len(arm_of)) for k in range(len(arm_of)) if j != k]
    cov2 = np.mean([covariance[j, k] for j, k in pairs if arm_of[j] == arm_of[k]])
    cov3 = np.mean([covariance[j, k] for j, k in pairs if arm_of[j] != arm_of[k]])
    groups = [areas[arm_of == arm] for arm in (0, 1)]
    df = sum(len(group) - 1 for group in groups)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / df
    variance = within * sum(1 / len(group) for group in groups) + 2 * max(cov2 - cov3, 0)
    own = within * sum(1 / len(group) for group in groups)
    difference = groups[0].mean() - groups[1].mean()
    return difference**2 / variance, df * (variance / own) ** 2, variance**0.5


@pytest.mark.parametrize("arm_of", [(0, 0, 0, 1, 1, 1), (0, 0, 1, 1, 1, 1)])
def test_the_definition_by_loops(arm_of):
    study = nest(*random_study(3, n_readers=6, n_cases=20), arm_of)
    found = run(*study)
    statistic, df2, se = by_loops(*study, arm_of)
    assert found.design is Design.READERS_NESTED_IN_ARM
    assert found.test.statistic == pytest.approx(statistic, rel=1e-9)
    assert found.test.df2 == pytest.approx(df2, rel=1e-9)
    assert found.test.p_value == pytest.approx(stats.f.sf(statistic, 1, df2), rel=1e-9)
    assert found.spread.se == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize("arm_of", [(0, 0, 0, 1, 1, 1), (0, 0, 0, 1, 1), (0, 0, 1, 1, 2, 2)])
def test_with_the_cases_fixed_it_is_the_analysis_of_variance_of_scipy(arm_of):
    n_arms = max(arm_of) + 1
    study = nest(*random_study(4, n_arms=n_arms, n_readers=len(arm_of), n_cases=24), arm_of)
    areas = areas_of(*study, arm_of)
    groups = [areas[np.array(arm_of) == arm] for arm in range(n_arms)]
    found = run(*study, Inference.RRFC)
    expected = stats.f_oneway(*groups)
    assert found.test.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert found.test.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    if n_arms == 2:
        student = stats.ttest_ind(*groups).confidence_interval(0.95)
        limits = [found.difference.ci_low, found.difference.ci_high]
        assert limits == pytest.approx([student.low, student.high], rel=1e-9)


@pytest.mark.parametrize("share", sorted(DESIGNS))
def test_what_cells_cannot_share_has_no_covariance(share):
    arm_of = (0, 0, 0, 1, 1, 1)
    found = run(*nest(*random_study(5, n_readers=6, n_cases=20), arm_of, share))
    assert found.design is DESIGNS[share]
    errors = found.covariances
    assert errors.cov1 == 0
    assert (errors.cov2 == 0) == (share == "everything")
    assert (errors.cov3 == 0) == (share != "readers")
    assert found.var_r == pytest.approx(found.mean_squares.readers - errors.var + errors.cov2)
    if share == "everything":
        alone = run(*nest(*random_study(5, n_readers=6, n_cases=20), arm_of), Inference.RRFC)
        assert found.test.p_value == pytest.approx(alone.test.p_value, rel=1e-9)


def test_with_the_readers_fixed_only_the_cases_vary():
    """Variance of the difference of two fixed means, summed up over the whole matrix."""
    arm_of = np.array((0, 0, 0, 1, 1, 1))
    ratings, positive = nest(*random_study(7, n_readers=6, n_cases=30), arm_of)
    found = run(ratings, positive, Inference.FRRC, "delong")
    errors = found.covariances
    own = (errors.var + 2 * errors.cov2) / 3
    assert errors.cov2 > errors.cov3
    assert found.spread.se == pytest.approx((2 * own - 2 * errors.cov3) ** 0.5, rel=1e-12)
    z = found.difference.estimate / found.spread.se
    assert found.test.statistic == pytest.approx(z**2, rel=1e-9)
    assert (found.test.distribution, found.test.df2) == ("chi2", None)


@pytest.mark.parametrize("covariance", ["delong", "unbiased", "bootstrap"])
def test_all_covariances_come_near_the_jackknife(covariance):
    model = RoeMetz(1.2, 0.3, 0.02, 0.3, 0.01, 0.15, 0.2, 0.35)
    rng = np.random.default_rng(8)
    ratings, positive = simulate(model, n_readers=6, n_positive=60, n_negative=60, rng=rng)
    study = nest(ratings, positive, (0, 0, 0, 1, 1, 1))
    jackknife, other = run(*study).covariances, run(*study, covariance=covariance).covariances
    assert other.var == pytest.approx(jackknife.var, rel=0.25)
    assert other.cov2 == pytest.approx(jackknife.cov2, rel=0.35)


@pytest.mark.parametrize(
    ("arm_of", "delta"),
    [((0,) * 4 + (1,) * 4, 0.0), ((0,) * 4 + (1,) * 4, 0.5), ((0,) * 3 + (1,) * 6, 0.0)],
)
def test_type_one_error_and_coverage(arm_of, delta):
    """Roe-Metz data: intervals miss the difference of the arms as often as alpha says.

    Without a difference that is the type I error: at most alpha + 3 standard errors.
    """
    model = RoeMetz(1.5, delta, 0.02, 0.3, 0.01, 0.2, 0.2, 0.3)
    truth = model.aucs[0] - model.aucs[1]
    rng = np.random.default_rng(20240504)
    studies, alpha = 250, 0.05
    missed = 0
    for _ in range(studies):
        drawn = simulate(model, n_readers=len(arm_of), n_positive=25, n_negative=25, rng=rng)
        found = run(*nest(*drawn, arm_of))
        missed += not found.difference.ci_low <= truth <= found.difference.ci_high
        assert (found.test.p_value <= alpha) == (
            not found.difference.ci_low <= 0 <= found.difference.ci_high
        )
    assert missed / studies <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / studies)


def entry_of(study, **options):
    ratings, positive = study
    return entry(reading_rows(ratings), reference_rows(positive), "mrmc_or", **options)


def test_the_entry_says_what_was_compared():
    study = nest(*random_study(3, n_readers=6, n_cases=20), (0, 0, 0, 1, 1, 1))
    found = entry_of(study, arms=["A0", "A1"])
    assert found["design"] == "readers_nested_in_arm"
    assert found["p_value"] == pytest.approx(run(*study).test.p_value, rel=1e-12)
    assert (found["auc"]["A0"]["R3"], found["auc"]["A1"]["R0"]) == (None, None)
    assert (found["components"]["MS_TR"], found["components"]["Var_TR"]) == (None, None)
    assert any("one arm only" in text for text in found["warnings"])
    assert entry_of(study, design="readers_nested_in_arm")["p_value"] == found["p_value"]
    assert entry_of(study, design="crossed")["error"]["code"] == "design_mismatch"


def test_an_arm_with_one_reader_has_no_random_reader_inference():
    study = nest(*random_study(3, n_readers=4, n_cases=20), (0, 1, 1, 1))
    found = entry_of(study)
    assert (found["p_value"], found["difference"]["ci_low"]) == (None, None)
    assert any("2 readers in every arm" in text for text in found["warnings"])
    assert entry_of(study, inference="FRRC")["p_value"] > 0


def test_arms_of_unequal_size_rest_on_equal_spread():
    found = entry_of(nest(*random_study(3, n_readers=6, n_cases=20), (0, 0, 0, 0, 1, 1)))
    assert any("vary alike" in text for text in found["warnings"])


def test_two_readers_an_arm_are_few():
    study = nest(*random_study(3, n_readers=4, n_cases=20), (0, 0, 1, 1))
    found = entry_of(study)
    assert found["p_value"] > 0
    assert "An arm has only 2 readers." in found["warnings"]
