"""Figures of merit that compare positive with negative ratings: AUC and its FROC relatives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .auc import BoolArray, FloatArray, IntArray, wins
from .metrics import by_cell
from .pair_products import PairProducts, pair_products

MAX_BLOCK = 2_000_000
"""Most doubles in one temporary array of the bootstrap."""


@dataclass(frozen=True)
class TwoSampleMetric:
    """Weighted share of won comparisons between positive marks and negative cases.

    With one mark of weight 1 per positive case this is the empirical AUC. In a FROC study a
    positive case has one mark per lesion. A mark that was not made is -infinity.

    Attributes
    ----------
    positive
        (n_arms, n_readers, n_marks) ratings; NaN = case not read.
    negative
        (n_arms, n_readers, n_negative) rating of each negative case; NaN = not read.
    owner
        (n_marks,) positive case, 0 to n_positive - 1 ascending, that the mark belongs to.
    weight
        (n_marks,) weight of each mark.
    positive_case, negative_case
        (n_positive,) and (n_negative,) place of each case in the study.

    Units are the positive cases in order, then the negative ones.
    """

    positive: FloatArray
    negative: FloatArray
    owner: IntArray
    weight: FloatArray
    positive_case: IntArray
    negative_case: IntArray

    def of_readers(self, chosen: BoolArray) -> "TwoSampleMetric":
        """Of these readers only, and of the cases that one of them has seen."""
        positive, negative = self.positive[:, chosen], self.negative[:, chosen]
        marks = ~np.isnan(positive).all(axis=(0, 1))
        cases = ~np.isnan(negative).all(axis=(0, 1))
        kept, owner = np.unique(self.owner[marks], return_inverse=True)
        return TwoSampleMetric(
            positive=positive[..., marks],
            negative=negative[..., cases],
            owner=owner,
            weight=self.weight[marks],
            positive_case=self.positive_case[kept],
            negative_case=self.negative_case[cases],
        )

    @property
    def n_positive(self) -> int:
        """Number of positive cases."""
        return len(self.positive_case)

    @property
    def case(self) -> IntArray:
        """(n_units,) place of each unit's case in the study."""
        return np.concatenate([self.positive_case, self.negative_case])

    @property
    def values(self) -> FloatArray:
        return self._components.value.reshape(self.positive.shape[:2])

    @property
    def seen(self) -> BoolArray:
        parts = self._components
        both = np.concatenate([parts.positive_weight > 0, parts.negative_seen], axis=1)
        return both.reshape(*self.positive.shape[:2], both.shape[1])

    @property
    def strata(self) -> BoolArray:
        return np.arange(self.n_positive + self.negative.shape[2]) < self.n_positive

    def leave_one_out(self) -> FloatArray:
        """Closed form from the placements: no area is computed again."""
        parts = self._components
        value = parts.value[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            total = parts.positive_weight.sum(axis=1, keepdims=True)
            without_positive = (total * value - parts.positive_weight * parts.positive_score) / (
                total - parts.positive_weight
            )
            n = parts.negative_seen.sum(axis=1, keepdims=True)
            without_negative = (n * value - parts.negative_score) / (n - 1)
        both = np.concatenate([without_positive, without_negative], axis=1)
        return np.where(self.seen.reshape(both.shape), both, value)

    def influence(self) -> FloatArray:
        parts = self._components
        value = parts.value[:, None]
        total = parts.positive_weight.sum(axis=1, keepdims=True)
        n_positive = (parts.positive_weight > 0).sum(axis=1, keepdims=True)
        n_negative = parts.negative_seen.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = parts.positive_weight / total * np.sqrt(n_positive / (n_positive - 1.0))
            from_positive = share * (parts.positive_score - value)
            from_negative = (parts.negative_score - value) / np.sqrt(
                n_negative * (n_negative - 1.0)
            )
        from_negative[~parts.negative_seen] = 0.0
        return np.concatenate([from_positive, from_negative], axis=1)

    def pairs(self) -> PairProducts:
        """Sums over pairs of cells for U-statistics.

        Raises
        ------
        ValueError
            If positive cases have different total weights, as in AFROC with several lesions:
            the figure of merit is then a ratio, not a U-statistic.
        """
        per_case = np.bincount(self.owner, self.weight)
        if not np.allclose(per_case, 1.0):
            raise ValueError("positive cases of unequal weight make no U-statistic")
        return pair_products(
            by_cell(self.positive), by_cell(self.negative), self.owner, self.weight
        )

    def unbiased(self) -> FloatArray:
        return self.pairs().covariance()

    def resampled(self, weights: FloatArray) -> FloatArray:
        rows = max(1, MAX_BLOCK // max(1, weights.shape[1]))
        return np.concatenate(
            [
                self._resampled_block(weights[start : start + rows])
                for start in range(0, len(weights), rows)
            ]
        )

    def _resampled_block(self, weights: FloatArray) -> FloatArray:
        positive_weights = weights[:, : self.n_positive][:, self.owner] * self.weight
        negative_weights = weights[:, self.n_positive :]
        columns = []
        for positive, negative in self._cell_ratings():
            marks, cases = ~np.isnan(positive), ~np.isnan(negative)
            order = np.argsort(negative[cases], kind="stable")
            ordered = negative[cases][order]
            cumulated = np.zeros((len(weights), len(ordered) + 1))
            np.cumsum(negative_weights[:, cases][:, order], axis=1, out=cumulated[:, 1:])
            below = cumulated[:, np.searchsorted(ordered, positive[marks], side="left")]
            below += cumulated[:, np.searchsorted(ordered, positive[marks], side="right")]
            own = positive_weights[:, marks]
            with np.errstate(divide="ignore", invalid="ignore"):
                won = np.einsum("bm,bm->b", own, below) / 2
                columns.append(won / (own.sum(axis=1) * cumulated[:, -1]))
        return np.stack(columns, axis=1)

    def _cell_ratings(self) -> list[tuple[FloatArray, FloatArray]]:
        return list(zip(by_cell(self.positive), by_cell(self.negative), strict=True))

    @cached_property
    def _components(self) -> "_Components":
        cells = [self._cell(positive, negative) for positive, negative in self._cell_ratings()]
        return _Components(
            value=np.array([cell.value for cell in cells]),
            positive_score=np.stack([cell.positive_score for cell in cells]),
            positive_weight=np.stack([cell.positive_weight for cell in cells]),
            negative_score=np.stack([cell.negative_score for cell in cells]),
            negative_seen=np.stack([cell.negative_seen for cell in cells]),
        )

    def _cell(self, positive: FloatArray, negative: FloatArray) -> "_Components":
        marks, cases = ~np.isnan(positive), ~np.isnan(negative)
        n_positive, n_negative = self.n_positive, int(cases.sum())
        weight, owner = self.weight[marks], self.owner[marks]
        case_weight = np.bincount(owner, weight, minlength=n_positive).astype(np.float64)
        total = float(case_weight.sum())
        negative_score = np.zeros(len(negative))
        if total == 0 or n_negative == 0:
            return _Components(
                np.array(np.nan), np.zeros(n_positive), case_weight, negative_score, cases
            )
        won = weight * wins(positive[marks], negative[cases])
        case_won = np.bincount(owner, won, minlength=n_positive)
        lost = total - wins(negative[cases], positive[marks], weight)
        negative_score[cases] = lost / total
        value = np.array(case_won.sum() / (total * n_negative))
        score = np.divide(
            case_won, case_weight * n_negative, out=np.zeros(n_positive), where=case_weight > 0
        )
        return _Components(value, score, case_weight, negative_score, cases)


@dataclass(frozen=True)
class _Components:
    """Structural components, of one cell or stacked over (n_cells, ...)."""

    value: FloatArray
    positive_score: FloatArray
    positive_weight: FloatArray
    negative_score: FloatArray
    negative_seen: BoolArray


def auc_metric(ratings: FloatArray, positive: BoolArray) -> TwoSampleMetric:
    """The empirical AUC of every cell.

    Parameters
    ----------
    ratings
        (n_arms, n_readers, n_cases), NaN = not read.
    positive
        (n_cases,) truth.
    """
    n_positive = int(positive.sum())
    return TwoSampleMetric(
        positive=ratings[:, :, positive],
        negative=ratings[:, :, ~positive],
        owner=np.arange(n_positive),
        weight=np.ones(n_positive),
        positive_case=np.flatnonzero(positive),
        negative_case=np.flatnonzero(~positive),
    )
