"""DeLong's test against readerstudy's, which is checked against published numbers."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from inference.evaluation.delong import compare_areas, compare_separate_areas
from readerstudy.statistics.mrmc.auc import delong_covariance, placements

RNG = np.random.default_rng(12)
POSITIVE = RNG.random(60) < 0.4
FIRST = np.round(RNG.normal(size=60) + POSITIVE, 1)  # rounded: with ties
SECOND = np.round(RNG.normal(size=60) + 0.4 * POSITIVE, 1)


def curve(positive: np.ndarray, scores: np.ndarray):
    return placements(scores[positive], scores[~positive])


def test_two_scores_of_the_same_cases() -> None:
    curves = [curve(POSITIVE, scores) for scores in (FIRST, SECOND)]
    covariance = delong_covariance(curves)
    z = (curves[0].auc - curves[1].auc) / math.sqrt(np.array([1, -1]) @ covariance @ [1, -1])
    found = compare_areas(POSITIVE, FIRST, SECOND)
    assert found["difference"] == pytest.approx(curves[0].auc - curves[1].auc, abs=1e-12)
    assert found["z"] == pytest.approx(z, abs=1e-12)
    assert found["p"] == pytest.approx(2 * norm.cdf(-abs(z)), abs=1e-12)


def test_scores_of_different_cases() -> None:
    left, right = np.arange(60) < 25, np.arange(60) >= 25
    sides = [(POSITIVE[side], FIRST[side]) for side in (left, right)]
    curves = [curve(*side) for side in sides]
    variance = sum(delong_covariance([own])[0, 0] for own in curves)
    z = (curves[0].auc - curves[1].auc) / math.sqrt(variance)
    assert compare_separate_areas(*sides)["z"] == pytest.approx(z, abs=1e-12)


def test_without_variance_there_is_no_test() -> None:
    same = compare_areas(POSITIVE, FIRST, FIRST)
    assert same == {"difference": 0.0, "z": None, "p": None}
    one_kind = compare_areas(np.ones(3, bool), FIRST[:3], SECOND[:3])
    assert one_kind["p"] is None
    single = compare_areas(np.array([True, False, False]), FIRST[:3], SECOND[:3])
    assert single["z"] is None and single["difference"] is not None
