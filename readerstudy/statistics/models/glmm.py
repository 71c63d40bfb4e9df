"""Logistic regression with crossed random readers and cases, by Laplace's approximation.

logit P(y = 1) = X b + s_reader u[reader] + s_case v[case] with independent standard normal u and v.
For given b and s the joint density is maximised over u and v by Newton's method; the curvature
there replaces the integral. b and s maximise the approximated likelihood, their covariance is the
inverse of its numerical curvature.

References
----------
.. [1] Breslow NE, Clayton DG. Approximate inference in generalized linear mixed models. J Am Stat
   Assoc 1993;88:9-25. doi:10.1080/01621459.1993.10594284
.. [2] Bates D et al. Fitting linear mixed-effects models using lme4. J Stat Softw 2015;67(1).
   doi:10.18637/jss.v067.i01 (``glmer`` with ``nAGQ = 1`` is this fit)
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import expit

from readerstudy.statistics.models.logistic import NoFit, fit_logistic

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LARGEST_SD = 15.0
"""A larger standard deviation means cases that are all right or all wrong: no maximum."""
NO_SD = 1e-4
"""A smaller one is reported as 0."""
GRADIENT_STEP, CURVATURE_STEP = 1e-5, 1e-3
MAX_STEPS = 100
SMALLEST_STEP = 1e-9
ROUNDING = 1e-11


@dataclass(frozen=True)
class GlmmFit:
    """Coefficients (n_columns,), their covariance, and standard deviations of random effects."""

    coefficients: FloatArray
    covariance: FloatArray
    sd_reader: float
    sd_case: float
    log_likelihood: float


def fit_glmm(outcome: FloatArray, design: FloatArray, reader: IntArray, case: IntArray) -> GlmmFit:
    """Fit by maximum (Laplace-approximated) likelihood.

    Parameters
    ----------
    outcome : (n,)
        0 or 1.
    design : (n, n_columns)
    reader, case : (n,)
        Indices 0..; a grouping with one level is given no variance.

    Raises
    ------
    NoFit
        Collinear columns, separated outcomes, or no finite maximum.
    """
    surface = _Surface(outcome, design, reader, case)
    start = fit_logistic(design, outcome).coefficients
    columns = start.size
    free = [np.unique(groups).size > 1 for groups in (reader, case)]

    def deviance(parameters: FloatArray) -> float:
        sds = np.zeros(2)
        sds[free] = parameters[columns:]
        return surface.deviance(parameters[:columns], sds[0], sds[1])

    def slope(parameters: FloatArray) -> FloatArray:
        return _gradient(deviance, parameters)

    found = optimize.minimize(
        deviance,
        np.concatenate([start, np.full(sum(free), 0.5)]).astype(np.float64),
        jac=slope,
        method="L-BFGS-B",
        bounds=[(-np.inf, np.inf)] * columns + [(0.0, LARGEST_SD)] * sum(free),
        tol=1e-12,
    )
    best = np.asarray(found.x, dtype=np.float64)
    best[columns:][best[columns:] < NO_SD] = 0.0
    if (best[columns:] >= LARGEST_SD).any():
        raise NoFit("a random effect without bound")
    sds = np.zeros(2)
    sds[free] = best[columns:]
    return GlmmFit(
        coefficients=best[:columns],
        covariance=_covariance(deviance, best, columns),
        sd_reader=float(sds[0]),
        sd_case=float(sds[1]),
        log_likelihood=-deviance(best) / 2,
    )


class _Surface:
    """-2 log likelihood; the random effects found last are where the next search begins."""

    def __init__(
        self, outcome: FloatArray, design: FloatArray, reader: IntArray, case: IntArray
    ) -> None:
        self.outcome, self.design, self.reader, self.case = outcome, design, reader, case
        self.n_readers, self.n_cases = int(reader.max()) + 1, int(case.max()) + 1
        self.cell = reader * self.n_cases + case
        self.u, self.v = np.zeros(self.n_readers), np.zeros(self.n_cases)

    def deviance(self, coefficients: FloatArray, sd_reader: float, sd_case: float) -> float:
        """Laplace's approximation, with the mode of the random effects by damped Newton steps."""
        fixed = self.design @ coefficients
        value = self._penalised(fixed, sd_reader, sd_case, self.u, self.v)
        for _ in range(MAX_STEPS):
            step_u, step_v, log_det = self._newton(fixed, sd_reader, sd_case)
            if max(np.abs(step_u).max(), np.abs(step_v).max()) < SMALLEST_STEP:
                break
            size, current = 1.0, value
            while size > SMALLEST_STEP:
                u, v = self.u + size * step_u, self.v + size * step_v
                value = self._penalised(fixed, sd_reader, sd_case, u, v)
                if value <= current + ROUNDING:
                    break
                size /= 2
            self.u, self.v = u, v
        return 2 * value + log_det

    def _predictor(
        self, fixed: FloatArray, sd_reader: float, sd_case: float, u: FloatArray, v: FloatArray
    ) -> FloatArray:
        return np.asarray(fixed + sd_reader * u[self.reader] + sd_case * v[self.case])

    def _penalised(
        self, fixed: FloatArray, sd_reader: float, sd_case: float, u: FloatArray, v: FloatArray
    ) -> float:
        """- log density of outcomes and random effects, without its constant."""
        eta = self._predictor(fixed, sd_reader, sd_case, u, v)
        return float(np.logaddexp(0, eta).sum() - self.outcome @ eta + (u @ u + v @ v) / 2)

    def _newton(
        self, fixed: FloatArray, sd_reader: float, sd_case: float
    ) -> tuple[FloatArray, FloatArray, float]:
        """Newton steps of u and v, and the log determinant of the curvature.

        Cases are eliminated first, their block being diagonal; a readers x readers system is left.
        """
        p = expit(self._predictor(fixed, sd_reader, sd_case, self.u, self.v))
        weight, residual = p * (1 - p), self.outcome - p
        slope_u = sd_reader * self._by(self.reader, residual, self.n_readers) - self.u
        slope_v = sd_case * self._by(self.case, residual, self.n_cases) - self.v
        block_u = 1 + sd_reader**2 * self._by(self.reader, weight, self.n_readers)
        block_v = 1 + sd_case**2 * self._by(self.case, weight, self.n_cases)
        cells = self._by(self.cell, weight, self.n_readers * self.n_cases)
        mixed = sd_reader * sd_case * cells.reshape(self.n_readers, self.n_cases)
        left = np.diag(block_u) - (mixed / block_v) @ mixed.T
        step_u = np.asarray(
            np.linalg.solve(left, slope_u - (mixed / block_v) @ slope_v), dtype=np.float64
        )
        step_v = (slope_v - mixed.T @ step_u) / block_v
        return step_u, step_v, float(np.log(block_v).sum() + np.linalg.slogdet(left)[1])

    def _by(self, groups: IntArray, values: FloatArray, n: int) -> FloatArray:
        return np.bincount(groups, values, minlength=n).astype(np.float64)


def _gradient(function: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Central differences."""
    steps = GRADIENT_STEP * np.eye(at.size)
    return np.array([(function(at + step) - function(at - step)) for step in steps]) / (
        2 * GRADIENT_STEP
    )


def _covariance(
    deviance: Callable[[FloatArray], float], best: FloatArray, columns: int
) -> FloatArray:
    """Of the coefficients: from the inverse curvature in all parameters that are not 0 for good.

    Raises
    ------
    NoFit
        If the deviance does not curve upwards in every direction.
    """
    moving = np.flatnonzero((np.arange(best.size) < columns) | (best > 0))
    steps = CURVATURE_STEP * np.eye(best.size)[moving]
    curvature = np.array([
        [
            deviance(best + i + j) - deviance(best + i - j)
            - deviance(best - i + j) + deviance(best - i - j)
            for j in steps
        ]
        for i in steps
    ]) / (4 * CURVATURE_STEP**2)  # fmt: skip
    values = np.linalg.eigvalsh((curvature + curvature.T) / 2)
    if not values.min() > 0:
        raise NoFit("a flat likelihood")
    return np.asarray(np.linalg.inv(curvature / 2)[:columns, :columns])
