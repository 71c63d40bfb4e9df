"""Readers against AI: scipy's exact Mann-Whitney test without ties, enumeration with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from readerstudy.statistics.mrmc.rank_test import readers_against_ai

figures = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=9)


@settings(deadline=None, max_examples=50)
@given(st.permutations(range(1, 8)), st.integers(1, 7))
def test_without_ties_as_scipy(order, n):
    readers, ai = np.array(order[:n], dtype=float), 4.5
    expected = mannwhitneyu(readers, [ai], method="exact")
    found = readers_against_ai(readers, ai)
    assert found.statistic == expected.statistic
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-15)


@settings(deadline=None, max_examples=50)
@given(figures, st.integers(0, 6).map(float))
def test_with_ties_by_enumeration(readers, ai):
    pooled = [*readers, ai]

    def statistic(place):
        others = [value for index, value in enumerate(pooled) if index != place]
        return sum((value > pooled[place]) + (value == pooled[place]) / 2 for value in others)

    everywhere = [abs(statistic(place) - len(readers) / 2) for place in range(len(pooled))]
    found = readers_against_ai(np.array(readers), ai)
    assert found.statistic == statistic(len(readers))
    assert found.p_value == np.mean([value >= everywhere[-1] for value in everywhere])


def test_an_extreme_ai_cannot_be_more_significant_than_two_in_n_plus_one():
    assert readers_against_ai(np.linspace(0, 1, 236), 2.0).p_value == 2 / 237
    assert readers_against_ai(np.ones(5), 1.0).p_value == 1.0
