"""Bootstrap: seeded per analysis, vectorised over resamples, in blocks of bounded memory.

A resample is a row of counts, how often each unit (cluster, reader) was drawn; a statistic takes
such rows and returns one row of figures per resample. Figures that a resample leaves undefined are
NaN and are left out of the interval.
"""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray
from scipy import stats

from readerstudy.statistics.estimates import Estimate, point_only, undefined
from readerstudy.statistics.registry import Context

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Statistic = Callable[[FloatArray], FloatArray]
TwoWayStatistic = Callable[[FloatArray, FloatArray], FloatArray]

BLOCK_ELEMENTS = 1 << 21
"""Counts held at once: 16 MiB of float64."""


def stream(seed: int, identifier: str) -> Generator:
    """The random stream of one analysis, independent of the others and of their order."""
    digest = hashlib.sha256(identifier.encode()).digest()
    words = tuple(int(word) for word in np.frombuffer(digest, dtype="<u4"))
    return Generator(PCG64(SeedSequence(seed, spawn_key=words)))


def draws(rng: Generator, n_units: int, resamples: int) -> Iterator[FloatArray]:
    """Blocks (n_block, n_units) of how often each unit was drawn, ``resamples`` rows in all."""
    block = max(1, BLOCK_ELEMENTS // max(n_units, 1))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        chosen = rng.integers(0, n_units, size=(size, n_units))
        chosen += np.arange(size)[:, None] * n_units
        counts = np.bincount(chosen.ravel(), minlength=size * n_units)
        yield counts.reshape(size, n_units).astype(np.float64)


def bootstrap(statistic: Statistic, n_units: int, resamples: int, rng: Generator) -> FloatArray:
    """Resample units (clusters of cases) with replacement; a single unit gives only NaN.

    Parameters
    ----------
    statistic : callable
        (n_block, n_units) counts -> (n_block, n_figures).

    Returns
    -------
    (resamples, n_figures) float64
    """
    if n_units < 2:
        return np.full((resamples, statistic(np.ones((1, n_units))).shape[1]), np.nan)
    return np.concatenate([statistic(counts) for counts in draws(rng, n_units, resamples)])


def bootstrap_sums(
    statistic: Statistic, by_unit: FloatArray, resamples: int, rng: Generator
) -> FloatArray:
    """Resample units of which only sums matter, such as counts in the cells of a table.

    Units with equal rows are interchangeable: how often each distinct row is drawn is multinomial,
    which costs a draw per distinct row instead of one per unit, and does not depend on the order of
    the units.

    Parameters
    ----------
    statistic : callable
        (n_block, n_cells) sums of the drawn rows -> (n_block, n_figures).
    by_unit : (n_units, n_cells)
        A single unit gives only NaN.
    """
    n_units = len(by_unit)
    if n_units < 2:
        return np.full((resamples, statistic(by_unit.sum(axis=0)[None, :]).shape[1]), np.nan)
    rows, counts = np.unique(by_unit, axis=0, return_counts=True)
    block = max(1, BLOCK_ELEMENTS // max(rows.size, len(rows)))
    results = []
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.multinomial(n_units, counts / n_units, size=size)
        results.append(statistic(drawn @ rows))
    return np.concatenate(results)


def bootstrap_two_way(
    statistic: TwoWayStatistic, n_readers: int, n_units: int, resamples: int, rng: Generator
) -> FloatArray:
    """Resample readers and units independently: figures for new readers on new cases.

    ``statistic`` takes (n_block, n_readers) and (n_block, n_units) counts.
    """
    results = []
    for counts in draws(rng, n_units, resamples):
        readers = np.concatenate(list(draws(rng, n_readers, len(counts))))
        results.append(statistic(readers, counts))
    return np.concatenate(results)


def jackknife(statistic: Statistic, n_units: int) -> FloatArray:
    """(n_units, n_figures) the figures without each unit."""
    block = max(1, BLOCK_ELEMENTS // max(n_units, 1))
    results = []
    for start in range(0, n_units, block):
        counts = np.ones((min(block, n_units - start), n_units))
        rows = np.arange(len(counts))
        counts[rows, start + rows] = 0.0
        results.append(statistic(counts))
    return np.concatenate(results)


def sums_by_unit(unit: IntArray, cells: FloatArray) -> FloatArray:
    """Add up rows of the same unit: (n_rows, n_cells) -> (n_units, n_cells), no unit empty."""
    if not unit.size:
        return np.zeros((0, cells.shape[1]))
    order = np.argsort(unit, kind="stable")
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    return np.asarray(np.add.reduceat(cells[order], starts, axis=0))


def compact(unit: IntArray) -> tuple[IntArray, int]:
    """Renumber units 0..n-1 without gaps; returns them and n."""
    distinct, index = np.unique(unit, return_inverse=True)
    return index.astype(np.int64), int(distinct.size)


def percentile_limits(replicates: FloatArray, alpha: float) -> tuple[float, float]:
    """Type-7 quantiles alpha/2 and 1 - alpha/2 of (resamples,) replicates."""
    low, high = np.quantile(replicates, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)


def bca_limits(
    replicates: FloatArray, value: float, jackknife: FloatArray, alpha: float
) -> tuple[float, float]:
    """Bias-corrected and accelerated limits.

    Efron, J Am Stat Assoc 1987;82:171. doi:10.1080/01621459.1987.10478410

    Parameters
    ----------
    replicates : (resamples,)
    value : float
        The figure on the data.
    jackknife : (n_units,)
        The figure with each unit left out; with none defined the limits are percentiles.
    """
    if not jackknife.size:
        return percentile_limits(replicates, alpha)
    below = float((replicates < value).mean() + 0.5 * (replicates == value).mean())
    bias = float(stats.norm.ppf(min(max(below, 0.5 / replicates.size), 1 - 0.5 / replicates.size)))
    deviation = jackknife.mean() - jackknife
    spread = float((deviation**2).sum()) ** 1.5
    acceleration = float((deviation**3).sum()) / (6 * spread) if spread > 0 else 0.0
    z = bias + stats.norm.ppf([alpha / 2, 1 - alpha / 2])
    levels = np.asarray(stats.norm.cdf(bias + z / (1 - acceleration * z)))
    limits = np.quantile(replicates, levels)
    return float(limits[0]), float(limits[1])


def interval(
    value: float | None, replicates: FloatArray, context: Context, name: str,
    method: str = "bootstrap percentile", left_out: FloatArray | None = None,
) -> Estimate:  # fmt: skip
    """Estimate with the percentile interval of (resamples,) replicates.

    With ``left_out``, the figure without each unit, the interval is BCa. Undefined replicates are
    left out with a warning; without two defined ones there is no interval.
    """
    if value is None or not np.isfinite(value):
        return undefined(method)
    defined = replicates[np.isfinite(replicates)]
    if defined.size < 2:
        context.warn(f"{name}: too few cases to resample, so there is no interval.")
        return point_only(value, method)
    lost = replicates.size - defined.size
    if lost:
        context.warn(f"{name}: {lost} of {replicates.size} resamples were undefined, left out.")
    if left_out is None:
        low, high = percentile_limits(defined, context.alpha)
    else:
        known = left_out[np.isfinite(left_out)]
        low, high = bca_limits(defined, value, known, context.alpha)
    return Estimate(float(value), low, high, method)
