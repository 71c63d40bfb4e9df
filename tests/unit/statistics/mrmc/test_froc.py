"""FROC figures of merit against a literal reading of their definitions."""

import itertools

import numpy as np
import pytest

from readerstudy.statistics.mrmc.covariances import delong_covariance, jackknife_covariance
from readerstudy.statistics.mrmc.froc import (
    FALSE_POSITIVE,
    FigureOfMerit,
    Lesions,
    Marks,
    froc_metric,
)
from readerstudy.statistics.mrmc.two_sample import auc_metric

from .conftest import win

N_CASES = 12
POSITIVE = np.arange(N_CASES) < 6
LESIONS = Lesions(
    case=np.array([4, 0, 0, 1, 2, 2, 2, 3, 5]),
    weight=np.array([1.0, 3.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 5.0]),
)


def study(seed, n_arms=2, n_readers=3):
    """Random marks, several on one lesion, with some cases not read at all."""
    rng = np.random.default_rng(seed)
    read = rng.random((n_arms, n_readers, N_CASES)) < 0.85
    read[:, :, [0, 1, 6, 7]] = True
    rows = []
    for arm, reader, case in zip(*np.nonzero(read), strict=True):
        own = np.flatnonzero(LESIONS.case == case)
        for lesion in [*own, *own, FALSE_POSITIVE]:
            if rng.random() < 0.6:
                rows.append((arm, reader, case, lesion, int(rng.integers(1, 6))))
    arm, reader, case, lesion, rating = np.array(rows).T
    return Marks(arm, reader, case, lesion, rating.astype(float)), read


def brute(marks, read, figure, arm, reader, left_out=None):
    """One cell's figure of merit from its definition."""
    mine = (marks.arm == arm) & (marks.reader == reader)

    def highest(chosen):
        ratings = marks.rating[mine & chosen]
        return ratings.max() if len(ratings) else -np.inf

    cases = [case for case in range(N_CASES) if read[arm, reader, case] and case != left_out]
    negatives, positives = [c for c in cases if not POSITIVE[c]], [c for c in cases if POSITIVE[c]]
    is_false = marks.lesion == FALSE_POSITIVE
    if figure is FigureOfMerit.HRAUC:
        pairs = itertools.product(positives, negatives)
        return np.mean([win(highest(marks.case == p), highest(marks.case == n)) for p, n in pairs])
    if figure is FigureOfMerit.LROC:
        return np.mean([
            highest((marks.case == p) & ~is_false) > highest((marks.case == p) & is_false)
            and win(highest(marks.case == p), highest(marks.case == n))
            for p, n in itertools.product(positives, negatives)
        ])  # fmt: skip
    total = weights = 0.0
    for case, lesion in itertools.product(positives, range(len(LESIONS.case))):
        if LESIONS.case[lesion] != case:
            continue
        weight = 1.0
        if figure is FigureOfMerit.WAFROC:
            weight = LESIONS.weight[lesion] / LESIONS.weight[LESIONS.case == case].sum()
        found = highest(marks.lesion == lesion)
        against = [win(found, highest((marks.case == n) & is_false)) for n in negatives]
        total, weights = total + weight * np.mean(against), weights + weight
    return total / weights


@pytest.mark.parametrize("figure", list(FigureOfMerit))
@pytest.mark.parametrize("seed", [1, 2])
def test_value_and_jackknife_by_definition(figure, seed):
    marks, read = study(seed)
    metric = froc_metric(marks, LESIONS, read=read, positive=POSITIVE, figure=figure)
    cells = list(itertools.product(range(2), range(3)))
    expected = [brute(marks, read, figure, *cell) for cell in cells]
    np.testing.assert_allclose(metric.values.ravel(), expected, atol=1e-14)
    left_out = [[brute(marks, read, figure, *cell, k) for k in range(N_CASES)] for cell in cells]
    np.testing.assert_allclose(metric.leave_one_out(), left_out, atol=1e-14)
    scatter = (N_CASES - 1) / N_CASES * N_CASES * np.cov(left_out, ddof=0)
    np.testing.assert_allclose(jackknife_covariance(metric), scatter, atol=1e-14)


def test_one_mark_per_case_is_an_ordinary_auc():
    rng = np.random.default_rng(3)
    ratings = rng.integers(1, 6, (2, 3, N_CASES)).astype(float)
    arm, reader, case = (axis.ravel() for axis in np.indices(ratings.shape))
    lesion = np.where(POSITIVE[case], case, FALSE_POSITIVE)
    marks = Marks(arm, reader, case, lesion, ratings.ravel())
    lesions = Lesions(case=np.arange(6), weight=np.ones(6))
    plain = auc_metric(ratings, POSITIVE)
    read = np.ones(ratings.shape, dtype=bool)
    for figure in FigureOfMerit:
        metric = froc_metric(marks, lesions, read=read, positive=POSITIVE, figure=figure)
        np.testing.assert_allclose(metric.values, plain.values, atol=1e-15)
        np.testing.assert_allclose(delong_covariance(metric), delong_covariance(plain), atol=1e-15)
        np.testing.assert_allclose(metric.unbiased(), plain.unbiased(), atol=1e-15)


def test_no_mark_anywhere_is_chance_and_no_localisation():
    empty = np.array([], dtype=np.int64)
    marks = Marks(empty, empty, empty, empty, np.array([]))
    read = np.ones((1, 1, N_CASES), dtype=bool)
    for figure in FigureOfMerit:
        metric = froc_metric(marks, LESIONS, read=read, positive=POSITIVE, figure=figure)
        assert metric.values[0, 0] == (0.0 if figure is FigureOfMerit.LROC else 0.5)


def test_a_highest_mark_in_the_wrong_place_is_a_miss():
    case, none = np.array([0, 0, 6]), np.zeros(3, dtype=np.int64)
    lesions = Lesions(case=np.array([0]), weight=np.ones(1))
    read = np.zeros((1, 1, N_CASES), dtype=bool)
    read[..., [0, 6]] = True

    def area(on_lesion, elsewhere, negative):
        marks = Marks(none, none, case, np.array([0, FALSE_POSITIVE, FALSE_POSITIVE]),
                      np.array([on_lesion, elsewhere, negative], dtype=float))  # fmt: skip
        figure = FigureOfMerit.LROC
        return froc_metric(marks, lesions, read=read, positive=POSITIVE, figure=figure).values[0, 0]

    assert [area(3, 1, 2), area(3, 1, 3), area(3, 1, 4)] == [1.0, 0.5, 0.0]
    assert [area(3, 4, 2), area(3, 3, 2)] == [0.0, 0.0]


def test_weighted_cases_allow_a_u_statistic_and_equal_lesions_do_not():
    marks, read = study(4)
    weighted = froc_metric(
        marks, LESIONS, read=read, positive=POSITIVE, figure=FigureOfMerit.WAFROC
    )
    variances = np.diag(weighted.unbiased())
    np.testing.assert_allclose(variances, np.diag(delong_covariance(weighted)), rtol=0.25)
    equal = froc_metric(marks, LESIONS, read=read, positive=POSITIVE, figure=FigureOfMerit.AFROC)
    with pytest.raises(ValueError, match="unequal weight"):
        equal.unbiased()


def test_a_lesion_in_a_negative_case_is_refused():
    marks, read = study(5)
    lesions = Lesions(case=np.array([7]), weight=np.ones(1))
    with pytest.raises(ValueError, match="negative"):
        froc_metric(marks, lesions, read=read, positive=POSITIVE, figure=FigureOfMerit.AFROC)
