"""Linear mixed model with two crossed random effects, by restricted maximum likelihood.

y = X b + u[reader] + v[case] + e with independent normal u, v, e. The likelihood is profiled over b
and the residual variance.

Bates et al, J Stat Softw 2015;67(1), section 3.4. doi:10.18637/jss.v067.i01
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LOG_RATIO_BOUND = 12.0
"""Variance ratios are searched between exp(-12), taken as 0, and exp(12)."""


@dataclass(frozen=True)
class MixedFit:
    """Coefficients (n_columns,), their covariance, and the three variances."""

    coefficients: FloatArray
    covariance: FloatArray
    var_reader: float
    var_case: float
    var_residual: float


@dataclass(frozen=True)
class _Sums:
    """Sums of columns (predictors, then outcome) over readers and cases, and their products.

    With W the columns (n, m): ``reader`` (n_readers, m), ``case`` (n_cases, m), ``product`` W'W;
    ``table`` (n_readers, n_cases) counts observations.
    """

    reader: FloatArray
    case: FloatArray
    product: FloatArray
    table: FloatArray
    n: int

    def whitened(self, ratio_reader: float, ratio_case: float) -> tuple[FloatArray, float]:
        """(W' V^-1 W, log det V) for V = I + r_reader Zr Zr' + r_case Zc Zc'.

        Cases are eliminated first (their block is diagonal), then a readers x readers system is
        left: Woodbury's identity.
        """
        case_diagonal = 1 + ratio_case * self.table.sum(axis=0)
        shrink = ratio_case / case_diagonal
        within = self.product - self.case.T @ (self.case * shrink[:, None])
        mixed = self.reader - self.table @ (self.case * shrink[:, None])
        readers = np.diag(self.table.sum(axis=1)) - self.table @ (self.table * shrink).T
        system = np.eye(len(self.reader)) + ratio_reader * readers
        correction = mixed.T @ np.linalg.solve(system, ratio_reader * mixed)
        log_det = np.log(case_diagonal).sum() + np.linalg.slogdet(system)[1]
        return within - correction, float(log_det)


def fit_crossed(
    outcome: FloatArray, design: FloatArray, reader: IntArray, case: IntArray
) -> MixedFit:
    """REML fit.

    Parameters
    ----------
    outcome : (n,)
    design : (n, n_columns), of full rank
    reader, case : (n,)
        Indices 0..; a grouping with one level is given no variance.

    Raises
    ------
    numpy.linalg.LinAlgError
        Collinear columns.
    """
    sums = _sums(outcome, design, reader, case)
    columns = design.shape[1]
    free = [np.unique(reader).size > 1, np.unique(case).size > 1]

    def ratios(log_ratios: FloatArray) -> list[float]:
        values = iter(np.where(log_ratios <= -LOG_RATIO_BOUND, 0.0, np.exp(log_ratios)))
        return [float(next(values)) if use else 0.0 for use in free]

    def criterion(log_ratios: FloatArray) -> float:
        moments, log_det = sums.whitened(*ratios(log_ratios))
        cross, rss = _residual(moments, columns)
        dof = sums.n - columns
        return float(log_det + np.linalg.slogdet(cross)[1] + dof * np.log(max(rss, 1e-300) / dof))

    start = np.zeros(sum(free))
    found = optimize.minimize(
        criterion,
        start,
        method="L-BFGS-B",
        bounds=[(-LOG_RATIO_BOUND, LOG_RATIO_BOUND)] * len(start),
    )
    ratio_reader, ratio_case = ratios(np.asarray(found.x))
    moments, _ = sums.whitened(ratio_reader, ratio_case)
    cross, rss = _residual(moments, columns)
    residual = rss / (sums.n - columns)
    return MixedFit(
        coefficients=np.asarray(np.linalg.solve(cross, moments[:columns, columns])),
        covariance=residual * np.linalg.inv(cross),
        var_reader=residual * ratio_reader,
        var_case=residual * ratio_case,
        var_residual=residual,
    )


def _residual(moments: FloatArray, columns: int) -> tuple[FloatArray, float]:
    """(X' V^-1 X, residual sum of squares) from the moments of (X, y)."""
    cross, right = moments[:columns, :columns], moments[:columns, columns]
    return cross, float(moments[columns, columns] - right @ np.linalg.solve(cross, right))


def _sums(outcome: FloatArray, design: FloatArray, reader: IntArray, case: IntArray) -> _Sums:
    columns = np.column_stack([design, outcome])
    n_readers, n_cases = int(reader.max()) + 1, int(case.max()) + 1
    by_reader = np.zeros((n_readers, columns.shape[1]))
    by_case = np.zeros((n_cases, columns.shape[1]))
    table = np.zeros((n_readers, n_cases))
    np.add.at(by_reader, reader, columns)
    np.add.at(by_case, case, columns)
    np.add.at(table, (reader, case), 1.0)
    return _Sums(by_reader, by_case, columns.T @ columns, table, len(outcome))
