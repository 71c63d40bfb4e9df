"""The bootstrap: streams, blocks, intervals."""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics import resampling
from readerstudy.statistics.frame import Frame
from readerstudy.statistics.registry import Context


def mean_of(values):
    def statistic(drawn):
        return (drawn @ values / drawn.sum(axis=1))[:, None]

    return statistic


def context(alpha=0.05):
    return Context(alpha, 100, resampling.stream(1, "x"), Frame({}))


def test_streams_are_reproducible_and_differ_by_seed_and_name():
    def first(seed, name):
        return resampling.stream(seed, name).integers(0, 2**60)

    assert first(1, "a") == first(1, "a")
    assert len({first(1, "a"), first(2, "a"), first(1, "b"), first(0, "")}) == 4


def test_every_row_of_draws_adds_up_to_the_number_of_units(monkeypatch):
    monkeypatch.setattr(resampling, "BLOCK_ELEMENTS", 50)
    blocks = list(resampling.draws(resampling.stream(1, "x"), 20, 7))
    assert [len(block) for block in blocks] == [2, 2, 2, 1]
    assert all((block.sum(axis=1) == 20).all() for block in blocks)


def test_blocks_do_not_change_the_numbers(monkeypatch):
    values = np.arange(30.0)
    whole = resampling.bootstrap(mean_of(values), 30, 64, resampling.stream(3, "x"))
    monkeypatch.setattr(resampling, "BLOCK_ELEMENTS", 100)
    blocks = resampling.bootstrap(mean_of(values), 30, 64, resampling.stream(3, "x"))
    assert np.array_equal(whole, blocks)


def test_the_spread_of_a_resampled_mean_is_its_standard_error():
    values = np.random.default_rng(0).normal(size=200)
    replicates = resampling.bootstrap(mean_of(values), 200, 4000, resampling.stream(1, "x"))
    assert replicates.std() == pytest.approx(values.std() / np.sqrt(200), rel=0.05)


def test_two_way_resampling_adds_the_spread_of_readers():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(10, 1)) + rng.normal(size=(10, 100))

    def statistic(readers, cases):
        return (np.einsum("br,rc,bc->b", readers, table, cases) / 1000)[:, None]

    both = resampling.bootstrap_two_way(statistic, 10, 100, 3000, resampling.stream(1, "x"))
    rows = table.mean(axis=1).var() / 10
    columns = table.mean(axis=0).var() / 100
    assert both.var() == pytest.approx(rows + columns, rel=0.25)


def test_percentile_interval_leaves_undefined_resamples_out_and_says_so():
    own = context()
    replicates = np.array([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0])
    found = resampling.interval(3.0, replicates, own, "figure")
    assert (found.ci_low, found.ci_high) == tuple(np.quantile([1, 2, 3, 4, 5], [0.025, 0.975]))
    assert own.warnings == ["figure: 1 of 6 resamples were undefined, left out."]
    nothing = resampling.interval(3.0, np.full(5, np.nan), own, "other")
    assert (nothing.estimate, nothing.ci_low) == (3.0, None)
    assert resampling.interval(None, replicates, own, "x").estimate is None


def test_bca_is_that_of_scipy():
    rng = np.random.default_rng(5)
    values = rng.exponential(size=40)
    result = stats.bootstrap((values,), np.mean, n_resamples=999, method="BCa", random_state=rng)
    jackknife = np.array([np.delete(values, i).mean() for i in range(40)])
    low, high = resampling.bca_limits(
        result.bootstrap_distribution, float(values.mean()), jackknife, 0.05
    )
    interval = result.confidence_interval
    assert (low, high) == pytest.approx((interval.low, interval.high), rel=1e-6)


def test_percentile_intervals_cover_a_proportion():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(200):
        values = (rng.random(80) < 0.7).astype(float)
        replicates = resampling.bootstrap(mean_of(values), 80, 200, rng)[:, 0]
        low, high = resampling.percentile_limits(replicates, 0.05)
        hits += low <= 0.7 <= high
    assert abs(hits / 200 - 0.95) <= 0.03 + 3 * np.sqrt(0.95 * 0.05 / 200)


def test_leaving_out_each_unit_in_blocks(monkeypatch):
    monkeypatch.setattr(resampling, "BLOCK_ELEMENTS", 20)
    values = np.arange(7.0)
    expected = [np.delete(values, i).mean() for i in range(7)]
    assert resampling.jackknife(mean_of(values), 7)[:, 0].tolist() == pytest.approx(expected)


def test_sums_by_unit_add_rows_of_the_same_unit():
    cells = np.array([[1.0, 0], [0, 1], [2, 2]])
    assert resampling.sums_by_unit(np.array([1, 0, 1]), cells).tolist() == [[0, 1], [3, 2]]
    assert resampling.sums_by_unit(np.zeros(0, dtype=int), np.zeros((0, 2))).shape == (0, 2)


def test_resampling_distinct_rows_is_resampling_units():
    rng = np.random.default_rng(4)
    by_unit = rng.integers(0, 3, (60, 2)).astype(float)
    sums = resampling.bootstrap_sums(lambda drawn: drawn, by_unit, 5000, resampling.stream(1, "x"))
    units = resampling.bootstrap(lambda drawn: drawn @ by_unit, 60, 5000, resampling.stream(2, "x"))
    assert sums.mean(axis=0) == pytest.approx(units.mean(axis=0), rel=0.01)
    assert np.cov(sums.T) == pytest.approx(np.cov(units.T), rel=0.15, abs=1)
