"""The report of a reader study as one would write it with scikit-learn and statsmodels.

One function per part, each returning plain lists of numbers to be compared with ours. Nothing is
vectorised over readers or resamples; a resample is an array of answers handed to scikit-learn.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint


@dataclass(frozen=True)
class Answers:
    """``truth`` (n_cases,) 0/1; ``rating`` and ``decision`` (n_arms, n_readers, n_cases)."""

    truth: np.ndarray
    rating: np.ndarray
    decision: np.ndarray


def diagnostic(answers: Answers, streams: list[np.random.Generator], resamples: int) -> list[float]:
    """Accuracy and sensitivity (Wilson), F1, Youden and MCC (bootstrap) of each reader and arm."""
    numbers = []
    arms, readers = answers.decision.shape[:2]
    cells = [(arm, reader) for reader in range(readers) for arm in range(arms)]
    for (arm, reader), rng in zip(cells, streams, strict=True):
        called, truth = answers.decision[arm, reader], answers.truth
        right = called == truth
        for hits in (right, right[truth == 1]):
            numbers += [hits.mean(), *proportion_confint(hits.sum(), hits.size, method="wilson")]
        replicates = [composites(*resample(truth, called, rng)) for _ in range(resamples)]
        limits = np.quantile(replicates, [0.025, 0.975], axis=0)
        for value, low, high in zip(composites(truth, called), *limits, strict=True):
            numbers += [value, low, high]
    return numbers


def composites(truth: np.ndarray, called: np.ndarray) -> list[float]:
    """F1, Youden's J, Matthews' correlation."""
    return [
        f1_score(truth, called),
        balanced_accuracy_score(truth, called, adjusted=True),
        matthews_corrcoef(truth, called),
    ]


def resample(
    truth: np.ndarray, called: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Cases drawn with replacement, by how often each kind of case comes up."""
    kinds = np.array([(0, 0), (1, 0), (0, 1), (1, 1)])
    counts = np.array([((truth == t) & (called == c)).sum() for t, c in kinds])
    present = counts > 0
    times = np.zeros(4, dtype=int)
    times[present] = rng.multinomial(truth.size, counts[present] / truth.size)
    drawn = np.repeat(kinds, times, axis=0)
    return drawn[:, 0], drawn[:, 1]


def paired(answers: Answers) -> list[float]:
    """McNemar (exact) and Cohen's kappa of each reader between arms, Fleiss' kappa of each arm."""
    numbers = []
    right = answers.decision == answers.truth
    for reader in range(right.shape[1]):
        a, b = right[1, reader], right[0, reader]
        square = [[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]
        numbers.append(mcnemar(square, exact=True).pvalue)
        table = np.zeros((2, 2))
        np.add.at(table, (answers.decision[1, reader], answers.decision[0, reader]), 1)
        kappa = cohens_kappa(table)
        numbers += [kappa.kappa, kappa.kappa_low, kappa.kappa_upp]
    for arm in range(2):
        positive = answers.decision[arm].sum(axis=0)
        counts = np.stack([answers.decision.shape[1] - positive, positive], axis=1)
        numbers.append(fleiss_kappa(counts))
    return numbers


def roc(answers: Answers) -> list[float]:
    """Area, DeLong's standard error and the curve, reader by reader, arm by arm."""
    numbers = []
    for reader in range(answers.rating.shape[1]):
        for arm in range(2):
            rating = answers.rating[arm, reader]
            v10, v01 = components(answers.truth, rating)
            variance = v10.var(ddof=1) / v10.size + v01.var(ddof=1) / v01.size
            numbers += [roc_auc_score(answers.truth, rating), np.sqrt(variance)]
            fpr, tpr, _ = roc_curve(answers.truth, rating, drop_intermediate=False)
            numbers += [*fpr, *tpr]
    return numbers


def components(truth: np.ndarray, rating: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """DeLong's structural components from the table of all pairs."""
    positive, negative = rating[truth == 1], rating[truth == 0]
    won = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    return won.mean(axis=1), won.mean(axis=0)


def delong(answers: Answers) -> list[float]:
    """DeLong's test of each reader between the arms."""
    numbers = []
    for reader in range(answers.rating.shape[1]):
        parts = [components(answers.truth, answers.rating[arm, reader]) for arm in (1, 0)]
        difference = parts[0][0].mean() - parts[1][0].mean()
        variance = sum(
            (one - other).var(ddof=1) / one.size for one, other in zip(*parts, strict=True)
        )
        z = difference / np.sqrt(variance)
        numbers += [difference, z, 2 * stats.norm.sf(abs(z))]
    return numbers


def obuchowski_rockette(answers: Answers) -> list[float]:
    """F, denominator degrees of freedom and p of the arms, readers and cases random."""
    arms, readers, n = answers.rating.shape
    cells = answers.rating.reshape(arms * readers, n)
    areas = np.array([roc_auc_score(answers.truth, cell) for cell in cells]).reshape(arms, readers)
    left_out = np.array([
        [roc_auc_score(np.delete(answers.truth, case), np.delete(cell, case)) for case in range(n)]
        for cell in cells
    ])  # fmt: skip
    covariance = (n - 1) ** 2 / n * np.cov(left_out)
    blocks = covariance.reshape(arms, readers, arms, readers)
    cov2 = np.mean([
        blocks[arm, j, arm, k] for arm in range(arms)
        for j in range(readers) for k in range(readers) if j != k
    ])  # fmt: skip
    cov3 = np.mean([blocks[0, j, 1, k] for j in range(readers) for k in range(readers) if j != k])
    means, by_reader = areas.mean(axis=1), areas.mean(axis=0)
    ms_t = readers * ((means - areas.mean()) ** 2).sum() / (arms - 1)
    residual = areas - means[:, None] - by_reader[None, :] + areas.mean()
    ms_tr = (residual**2).sum() / ((arms - 1) * (readers - 1))
    denominator = ms_tr + readers * max(cov2 - cov3, 0)
    f = ms_t / denominator
    df2 = denominator**2 / (ms_tr**2 / ((arms - 1) * (readers - 1)))
    return [f, df2, stats.f.sf(f, arms - 1, df2)]


def u_statistic(answers: Answers) -> list[float]:
    """Difference of the arms' mean areas and its unbiased variance, readers and cases random."""
    truth, readers = answers.truth, answers.rating.shape[1]

    def kernel(arm: int, reader: int) -> np.ndarray:
        rating = answers.rating[arm, reader]
        positive, negative = rating[truth == 1], rating[truth == 0]
        return (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)

    won = [[kernel(arm, reader) for reader in range(readers)] for arm in (1, 0)]
    means = [np.mean(side) for side in won]

    def covariance(first: int, second: int) -> float:
        products = []
        for r in range(readers):
            for q in range(readers):
                if r != q:
                    s, u = won[first][r], won[second][q]
                    apart = s.sum() * u.sum() + (s * u).sum()
                    apart -= s.sum(axis=1) @ u.sum(axis=1) + s.sum(axis=0) @ u.sum(axis=0)
                    n1, n0 = s.shape
                    products.append(apart / (n1 * (n1 - 1) * n0 * (n0 - 1)))
        return float(means[first] * means[second] - np.mean(products))

    variance = covariance(0, 0) + covariance(1, 1) - 2 * covariance(0, 1)
    return [means[0] - means[1], variance]
