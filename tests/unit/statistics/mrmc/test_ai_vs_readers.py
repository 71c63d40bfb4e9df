"""An AI against readers: DeLong for one reader, the t test for fixed cases, loops, null data."""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics.mrmc.against_ai import compare_with_ai
from readerstudy.statistics.mrmc.covariances import jackknife_covariance
from readerstudy.statistics.mrmc.obuchowski_rockette import Inference
from readerstudy.statistics.mrmc.two_sample import auc_metric

from .conftest import brute_auc, random_study
from .rows import entry, reading_rows, reference_rows

AI = {"reader": "R4"}
READERS = {"reader": ["R0", "R1", "R2", "R3"]}


def run(study, *, decide_at=None, readers=READERS, **options):
    ratings, positive = study
    rows = reading_rows(ratings, decide_at=decide_at)
    return entry(rows, reference_rows(positive), "ai_vs_readers", ai=AI, readers=readers, **options)


@pytest.fixture(scope="module")
def study():
    return random_study(31, n_arms=1, n_readers=5, n_cases=40)


def test_the_definition_by_loops(study):
    ratings, positive = study
    n = positive.size

    def differences(kept):
        areas = [brute_auc(cell[kept], positive[kept]) for cell in ratings[0]]
        return areas[-1] - np.array(areas[:-1])

    left_out = np.array([differences(np.arange(n) != k) for k in range(n)])
    covariance = (n - 1) ** 2 / n * np.cov(left_out, rowvar=False)
    cov2 = covariance[~np.eye(4, dtype=bool)].mean()
    own = differences(np.full(n, True))
    total = own.var(ddof=1) + 4 * max(cov2, 0)
    found = run(study)
    assert found["difference"]["estimate"] == pytest.approx(own.mean(), rel=1e-12)
    assert found["se"] == pytest.approx((total / 4) ** 0.5, rel=1e-9)
    assert found["df"] == pytest.approx(total**2 / (own.var(ddof=1) ** 2 / 3), rel=1e-9)
    t = own.mean() / (total / 4) ** 0.5
    assert found["p_value"] == pytest.approx(2 * stats.t.sf(abs(t), found["df"]), rel=1e-9)
    assert found["components"]["Cov2"] == pytest.approx(cov2, rel=1e-9)


def test_one_fixed_reader_is_delongs_test(study):
    found = run(study, readers={"reader": "R0"}, inference="FRRC", covariance="delong")
    rows, truth = reading_rows(study[0]), reference_rows(study[1])
    delong = entry(rows, truth, "delong", a=AI, b={"reader": "R0"})
    assert found["statistic"] == pytest.approx(delong["z"], rel=1e-9)
    assert found["p_value"] == pytest.approx(delong["p_value"], rel=1e-9)
    assert found["difference"]["ci_low"] == pytest.approx(delong["difference"]["ci_low"])


def test_with_the_cases_fixed_it_is_the_t_test_of_scipy(study):
    found = run(study, inference="RRFC")
    areas = list(found["values"].values())
    expected = stats.ttest_1samp(found["ai_value"] - np.array(areas), 0)
    assert found["statistic"] == pytest.approx(expected.statistic, rel=1e-9)
    assert found["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize("metric", ["accuracy", "sensitivity", "specificity"])
def test_proportions_by_decision(study, metric):
    found = run(study, decide_at=1, metric=metric)
    same = run(study, decide_at=1, metric=metric, threshold=1)
    assert found == same
    assert found["difference"]["estimate"] == pytest.approx(found["ai_value"] - found["mean"])


def test_type_one_error():
    """Readers vary about the AI's skill; all read the same cases."""
    rng = np.random.default_rng(12)
    studies, alpha, rejected = 300, 0.05, 0
    positive = np.arange(60) < 30
    for _ in range(studies):
        skill = 1.5 + np.append(rng.normal(0, 0.2, 5), 0.0)
        ratings = rng.normal(0, 0.7, 60) + rng.normal(0, 0.7, (6, 60))
        ratings += skill[:, None] * positive
        metric = auc_metric(ratings[None], positive)
        found = compare_with_ai(metric.values[0], jackknife_covariance(metric), Inference.RRRC)
        rejected += found.p_value <= alpha
    assert rejected / studies <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / studies)


def test_an_ai_may_be_tested_for_not_being_worse(study):
    found = run(study)
    rows, truth = reading_rows(study[0]), reference_rows(study[1])
    inner = {"type": "ai_vs_readers", "ai": AI, "readers": READERS}
    outer = entry(rows, truth, "non_inferiority", margin=0.2, of=inner)
    assert outer["difference"] == found["difference"]
    t = (found["difference"]["estimate"] + 0.2) / found["se"]
    assert outer["p_value"] == pytest.approx(stats.t.sf(t, found["df"]), rel=1e-9)
    assert outer["non_inferior"] == (found["difference"]["ci_low"] > -0.2)


def test_what_cannot_be_compared_says_why(study):
    ratings, positive = study
    among = run(study, readers={})
    assert among["error"]["code"] == "ai_among_readers"
    alone = run(study, readers={"reader": "R0"})
    assert alone["p_value"] is None
    assert any("at least 2 readers" in text for text in alone["warnings"])
    perfect = ratings.copy()
    perfect[0, 4] = positive
    found = run((perfect, positive))
    assert (found["ai_value"], found["p_value"], found["difference"]["ci_low"]) == (1, None, None)
    blank = ratings.copy()
    blank[0, 4] = np.nan
    assert run((blank, positive))["error"]["code"] == "no_readings"
    gone = ratings.copy()
    gone[0, 2, positive] = np.nan
    assert "R2" in run((gone, positive))["warnings"][1]
