"""Error rates of tests and coverage of intervals, exactly where it can be counted, else simulated.

A simulated rate may stray by 3 standard errors. Under the null a p value is uniform only where the
statistic is continuous; of the others only the level is asked.
"""

import itertools

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics.agreement.cohen import cohen_kappa
from readerstudy.statistics.agreement.fleiss import fleiss_kappa
from readerstudy.statistics.agreement.gwet import gwet_ac
from readerstudy.statistics.agreement.icc import MeanSquares, icc
from readerstudy.statistics.estimates import (
    clopper_pearson_limits,
    normal,
    student,
    wilson_limits,
)
from readerstudy.statistics.models.glmm import fit_glmm
from readerstudy.statistics.models.logistic import fit_logistic
from readerstudy.statistics.mrmc.obuchowski_rockette import (
    Covariances,
    Inference,
    arms_test,
    mean_squares,
)
from readerstudy.statistics.mrmc.rank_test import readers_against_ai
from readerstudy.statistics.paired.cochran import cochran_q
from readerstudy.statistics.paired.differences import paired_t, wilcoxon
from readerstudy.statistics.paired.proportions import (
    PairedTable,
    mcnemar_test,
    newcombe_difference,
)

ALPHA = 0.05


def stray(studies):
    """3 standard errors of a simulated rate of alpha."""
    return 3 * np.sqrt(ALPHA * (1 - ALPHA) / studies)


def is_uniform(p_values):
    return stats.kstest(p_values, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("discordant", [1, 5, 10, 17, 30, 60])
def test_exact_mcnemar_keeps_every_level(discordant):
    splits = np.arange(discordant + 1)
    p = np.array([
        mcnemar_test(PairedTable(0, int(k), int(discordant - k), 0), "exact")[1] for k in splits
    ])  # fmt: skip
    chance = stats.binom.pmf(splits, discordant, 0.5)
    for level in p:
        assert chance[p <= level * (1 + 1e-9)].sum() <= level * (1 + 1e-9)


@pytest.mark.parametrize("n", [3, 5, 8, 20])
def test_readers_against_the_ai_keep_every_level(n):
    """Under the null the AI's rank among readers is any of n + 1."""
    figures = np.linspace(0.6, 0.9, n + 1)
    p = np.array(
        [readers_against_ai(np.delete(figures, k), figures[k]).p_value for k in range(n + 1)]
    )
    for level in p:
        assert (p <= level + 1e-12).mean() <= level + 1e-12


@pytest.mark.parametrize("n", [6, 9])
def test_wilcoxon_keeps_every_level(n):
    sizes = np.arange(1.0, n + 1)
    p = np.array([
        wilcoxon(sizes * signs)[1] for signs in itertools.product([-1, 1], repeat=n)
    ])  # fmt: skip
    for level in np.unique(p):
        assert (p <= level + 1e-12).mean() <= level + 1e-9


def test_p_values_of_normal_differences_are_uniform():
    rng = np.random.default_rng(1)
    p = [paired_t(rng.normal(size=8))[1] for _ in range(500)]
    assert is_uniform(p)


@pytest.mark.parametrize(("t", "r"), [(2, 4), (3, 5)])
def test_p_values_with_the_cases_fixed_are_uniform(t, r):
    """RRFC is the analysis of variance of arms and readers, exact for normal figures of merit."""
    rng = np.random.default_rng(2)
    none = Covariances(0.0, 0.0, 0.0, 0.0)
    p = []
    for _ in range(500):
        values = rng.normal(0.8, 0.03, (1, r)) + rng.normal(0, 0.02, (t, r))
        p.append(arms_test(mean_squares(values), none, t, r, Inference.RRFC)[0].p_value)
    assert is_uniform(p)


def test_cochran_q_keeps_its_level_on_many_cases():
    rng = np.random.default_rng(3)
    studies, rejected = 400, 0
    for _ in range(studies):
        ease = rng.uniform(0.3, 0.95, (200, 1))
        rejected += cochran_q(rng.random((200, 4)) < ease)[2] <= ALPHA
    assert rejected / studies <= ALPHA + stray(studies)


@pytest.mark.parametrize("n", [5, 20, 50])
def test_coverage_of_a_proportion_counted_over_all_outcomes(n):
    """Clopper-Pearson never below the level; Wilson about it on average."""
    limits = {
        name: np.array([function(k, n, ALPHA) for k in range(n + 1)])
        for name, function in (("exact", clopper_pearson_limits), ("wilson", wilson_limits))
    }
    truths = np.linspace(0.02, 0.98, 97)
    chances = stats.binom.pmf(np.arange(n + 1), n, truths[:, None])
    covered = {
        name: (chances * ((low <= truths[:, None]) & (truths[:, None] <= high))).sum(axis=1)
        for name, (low, high) in ((key, pair.T) for key, pair in limits.items())
    }
    assert covered["exact"].min() >= 1 - ALPHA - 1e-12
    assert covered["wilson"].mean() == pytest.approx(1 - ALPHA, abs=0.015)


@pytest.mark.parametrize(
    "shares", [(0.7, 0.1, 0.05, 0.15), (0.5, 0.2, 0.2, 0.1), (0.9, 0.06, 0.02, 0.02)]
)
def test_coverage_of_a_paired_difference(shares):
    rng = np.random.default_rng(4)
    studies, truth, hits = 600, shares[1] - shares[2], 0
    for counts in rng.multinomial(60, shares, size=studies):
        found = newcombe_difference(PairedTable(*map(int, counts)), ALPHA)
        hits += found.ci_low <= truth <= found.ci_high
    assert hits / studies >= 1 - ALPHA - stray(studies)


def two_raters(rng, n):
    """Table of two raters who know a third of the cases and guess the others; kappa is 1/3."""
    known = rng.random(n) < 1 / 3
    a, b = rng.integers(0, 3, n), rng.integers(0, 3, n)
    table = np.zeros((3, 3))
    np.add.at(table, (a, np.where(known, a, b)), 1.0)
    return table


def test_coverage_of_cohens_kappa():
    rng = np.random.default_rng(5)
    studies, hits = 500, 0
    for _ in range(studies):
        found = cohen_kappa(two_raters(rng, 200), np.eye(3))
        limits = normal(found.kappa, found.se, ALPHA)
        hits += limits.ci_low <= 1 / 3 <= limits.ci_high
    assert hits / studies >= 1 - ALPHA - stray(studies)


def test_kappa_of_guesses_is_called_agreement_as_rarely_as_alpha_says():
    rng = np.random.default_rng(6)
    studies, cohen, fleiss = 500, 0, 0
    for _ in range(studies):
        guesses = rng.integers(0, 3, (150, 4))
        table = np.zeros((3, 3))
        np.add.at(table, (guesses[:, 0], guesses[:, 1]), 1.0)
        two = cohen_kappa(table, np.eye(3))
        cohen += abs(two.kappa / two.se0) > stats.norm.isf(ALPHA / 2)
        four = fleiss_kappa(np.stack([(guesses == k).sum(axis=1) for k in range(3)], axis=1) * 1.0)
        fleiss += abs(four.kappa / four.se0) > stats.norm.isf(ALPHA / 2)
    assert cohen / studies <= ALPHA + stray(studies)
    assert fleiss / studies <= ALPHA + stray(studies)


def test_coverage_of_fleiss_kappa_and_ac1():
    """Four raters see the same signal in 60 % of their readings and else guess."""
    rng = np.random.default_rng(7)
    studies, n, hits = 400, 120, np.zeros(2)
    truth = 0.6**2  # two raters agree beyond chance when both see it; categories equally frequent
    for _ in range(studies):
        signal = rng.integers(0, 3, (n, 1))
        seen = np.where(rng.random((n, 4)) < 0.6, signal, rng.integers(0, 3, (n, 4)))
        counts = np.stack([(seen == k).sum(axis=1) for k in range(3)], axis=1) * 1.0
        fleiss, gwet = fleiss_kappa(counts), gwet_ac(counts, np.eye(3))
        for index, (value, se) in enumerate(
            [(fleiss.kappa, fleiss.se), (gwet.coefficient, gwet.se)]
        ):
            limits = student(value, se, n - 1, ALPHA)
            hits[index] += limits.ci_low <= truth <= limits.ci_high
    assert (hits / studies >= 1 - ALPHA - stray(studies)).all()


@pytest.mark.parametrize(("model", "raters"), [("1", 0.0), ("3", 0.5), ("2", 0.05)])
def test_coverage_of_intraclass_correlations(model, raters):
    """Models 1 and 3 are exact for normal values, 2 is good where raters differ little."""
    rng = np.random.default_rng(8)
    studies, hits, case, rater, error = 400, 0, 1.0, raters, 0.5
    truth = case / (case + error + (rater if model == "2" else 0))
    for _ in range(studies):
        values = rng.normal(0, case**0.5, (30, 1)) + rng.normal(0, rater**0.5, (1, 5))
        found = icc(
            MeanSquares.of(values + rng.normal(0, error**0.5, (30, 5))), model, False, ALPHA
        )
        hits += found.low <= truth <= found.high
    assert hits / studies >= 1 - ALPHA - stray(studies)


def test_coverage_of_the_effect_in_both_regressions():
    """No arm effect, few readers: a marginal and a mixed model both cover the odds ratio of 1."""
    rng = np.random.default_rng(9)
    reader, case, arm = (a.ravel() for a in np.meshgrid(
        np.arange(4), np.arange(50), [0.0, 1.0], indexing="ij"))  # fmt: skip
    design = np.column_stack([np.ones(arm.size), arm])
    studies, hits = 60, np.zeros(2)
    for _ in range(studies):
        eta = 1 + rng.normal(0, 0.4, 4)[reader] + rng.normal(0, 1, 50)[case]
        right = (rng.random(eta.size) < 1 / (1 + np.exp(-eta))).astype(float)
        marginal, mixed = fit_logistic(design, right), fit_glmm(right, design, reader, case)
        spreads = (marginal.robust_covariance(case)[1, 1], mixed.covariance[1, 1])
        effects = (marginal.coefficients[1], mixed.coefficients[1])
        for index, (effect, variance) in enumerate(zip(effects, spreads, strict=True)):
            hits[index] += abs(effect) <= stats.norm.isf(ALPHA / 2) * variance**0.5
    assert (hits / studies >= 1 - ALPHA - stray(studies)).all()
