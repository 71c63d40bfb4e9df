"""Sums of products of comparisons over pairs of cells: the raw material of U-statistics.

Cell a compares positive case i with negative case j: s_a(i, j) is 1, 1/2 or 0. The expectation
of s_a(i, j) s_b(i', j') depends on what the two comparisons share. Four sums per pair of cells,
each with its count, give every moment of Gallas' one-shot variance.

References
----------
.. [1] Gallas BD. One-shot estimate of MRMC variance: AUC. Acad Radiol 2006;13:353-362.
   doi:10.1016/j.acra.2005.11.030
.. [2] Gallas BD, Bandos A, Samuelson FW, Wagner RF. A framework for random-effects ROC analysis:
   biases with the bootstrap and other variance estimators. Commun Stat Theory Methods
   2009;38:2586-2603. doi:10.1080/03610920802610084
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .auc import FloatArray, IntArray

MAX_BLOCK = 250_000
"""Most comparisons held in memory at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class PairProducts:
    """Sums over all pairs of comparisons of two cells, by what the comparisons share.

    Attributes
    ----------
    sums, counts
        (4, n_cells, n_cells): sum of s_a s_b, and number of terms, over comparisons that share
        the positive and the negative case, (at least) the positive case, (at least) the negative
        case, or anything.
    won, made
        (n_cells,) comparisons won and made.
    """

    sums: FloatArray
    counts: FloatArray
    won: FloatArray
    made: FloatArray

    def covariance(self) -> FloatArray:
        """(n_cells, n_cells) unbiased covariance over cases, for fixed readers.

        The product of two areas less the mean product of comparisons that share no case. NaN
        where no such pair of comparisons exists.
        """
        products, counts = disjoint(self.sums)[3], disjoint(self.counts)[3]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(counts > 0, products / counts, np.nan)
            area = self.won / self.made
            return np.asarray(np.outer(area, area) - mean)


def disjoint(nested: FloatArray) -> FloatArray:
    """Sums over sharing *exactly* both cases, positive, negative, none, from nested sums.

    Parameters
    ----------
    nested
        (4, ...) sums over sharing both, at least positive, at least negative, anything.
    """
    both, positive, negative, anything = nested
    return np.stack([both, positive - both, negative - both, anything - positive - negative + both])


def pair_products(
    positive: FloatArray, negative: FloatArray, owner: IntArray, weight: FloatArray
) -> PairProducts:
    """Pair sums of every two cells.

    Parameters
    ----------
    positive, negative
        (n_cells, n_marks) and (n_cells, n_negative) ratings; NaN = not read.
    owner, weight
        (n_marks,) positive case of each mark, ascending, and weight; 1 in total per case.
    """
    n_cells = len(positive)
    starts = np.searchsorted(owner, np.arange(int(owner[-1]) + 1 if len(owner) else 0))
    seen_positive = (~np.isnan(positive[:, starts])).astype(np.float64)
    seen_negative = (~np.isnan(negative)).astype(np.float64)
    both = np.zeros((n_cells, n_cells))
    by_positive, by_negative = np.zeros_like(seen_positive), np.zeros_like(seen_negative)
    for cases, scores in _blocks(positive, negative, starts, weight):
        flat = scores.reshape(n_cells, -1)
        both += flat @ flat.T
        by_positive[:, cases] = scores.sum(axis=2)
        by_negative += scores.sum(axis=1)
    total = by_positive.sum(axis=1)
    n_positive, n_negative = seen_positive.sum(axis=1), seen_negative.sum(axis=1)
    common_positive, common_negative = (
        seen_positive @ seen_positive.T,
        seen_negative @ seen_negative.T,
    )
    return PairProducts(
        sums=np.stack(
            [
                both,
                by_positive @ by_positive.T,
                by_negative @ by_negative.T,
                np.outer(total, total),
            ]
        ),
        counts=np.stack(
            [
                common_positive * common_negative,
                common_positive * np.outer(n_negative, n_negative),
                common_negative * np.outer(n_positive, n_positive),
                np.outer(n_positive * n_negative, n_positive * n_negative),
            ]
        ),
        won=total,
        made=n_positive * n_negative,
    )


def _blocks(
    positive: FloatArray, negative: FloatArray, starts: IntArray, weight: FloatArray
) -> Iterator[tuple[slice, FloatArray]]:
    """Comparisons (n_cells, cases of the block, n_negative), 0 where not read, block by block."""
    n_cells, n_marks = positive.shape
    n_cases = len(starts)
    marks_per_case = max(1, -(-n_marks // max(1, n_cases)))
    step = max(1, MAX_BLOCK // max(1, n_cells * negative.shape[1] * marks_per_case))
    ends = np.append(starts[1:], n_marks)
    opponents = negative[:, None, :]
    for first in range(0, n_cases, step):
        cases = slice(first, min(first + step, n_cases))
        begin, end = int(starts[cases.start]), int(ends[cases.stop - 1])
        ratings = positive[:, begin:end, None]
        scores = ((ratings > opponents).astype(np.float64) + (ratings >= opponents)) / 2
        if n_marks > n_cases:
            scores *= weight[begin:end, None]
            scores = np.add.reduceat(scores, starts[cases] - begin, axis=1)
        yield cases, scores
