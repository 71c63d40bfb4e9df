"""Intervals cover the truth: simulated Roe-Metz studies with a known difference.

Each bound is 1 - alpha less 3 standard errors of the simulation. The U-statistic interval is
normal although it rests on few readers, so that it is asked for 0.90 only.
"""

import numpy as np
import pytest

from readerstudy.statistics.estimates import normal
from readerstudy.statistics.mrmc.analysis import OrSettings, analyse
from readerstudy.statistics.mrmc.auc import delong_variance, placements
from readerstudy.statistics.mrmc.covariances import CovarianceMethod
from readerstudy.statistics.mrmc.obuchowski_rockette import Inference
from readerstudy.statistics.mrmc.roe_metz import RoeMetz, simulate
from readerstudy.statistics.mrmc.two_sample import auc_metric
from readerstudy.statistics.mrmc.ustat import compare_arms

MODEL = RoeMetz(1.2, 0.4, 0.02, 0.3, 0.01, 0.15, 0.2, 0.35)
STUDIES, ALPHA = 300, 0.05
LEAST = 1 - ALPHA - 3 * np.sqrt(ALPHA * (1 - ALPHA) / STUDIES)
SECOND, FIRST = MODEL.aucs


@pytest.fixture(scope="module")
def studies():
    rng = np.random.default_rng(20240502)
    return [
        auc_metric(*simulate(MODEL, n_readers=5, n_positive=30, n_negative=30, rng=rng))
        for _ in range(STUDIES)
    ]


def covers(estimate, truth):
    return estimate.ci_low <= truth <= estimate.ci_high


@pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
def test_obuchowski_rockette(studies, covariance):
    settings = OrSettings(CovarianceMethod(covariance), Inference.RRRC, alpha=ALPHA)
    found = [analyse(study, settings, rng=np.random.default_rng()) for study in studies]
    truth = SECOND - FIRST
    assert np.mean([covers(one.difference, truth) for one in found]) >= LEAST
    assert np.mean([covers(one.arm_means[0], SECOND) for one in found]) >= LEAST


def test_u_statistics(studies):
    inside = []
    for study in studies:
        found = compare_arms(study.pairs(), np.arange(5), np.arange(5, 10))
        if found.var_difference > 0:
            interval = normal(found.auc_a - found.auc_b, found.var_difference**0.5, ALPHA)
            inside.append(covers(interval, SECOND - FIRST))
    assert len(inside) > 0.9 * STUDIES
    assert np.mean(inside) >= 0.90


def test_delong():
    rng = np.random.default_rng(20240503)
    shift = 1.0
    truth = 0.7602499389065233  # norm.cdf(1 / sqrt(2))
    inside = []
    for _ in range(STUDIES):
        curve = placements(rng.normal(shift, 1, 80), rng.normal(0, 1, 80))
        inside.append(covers(normal(curve.auc, delong_variance(curve) ** 0.5, ALPHA), truth))
    assert np.mean(inside) >= LEAST
