"""Logistic regression by Newton's method, with model-based and cluster-robust variances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAX_STEPS = 50
TOLERANCE = 1e-10
UNBOUNDED = 30.0
"""A linear predictor beyond this means fitted probabilities of 0 or 1: the data are separated."""


class NoFit(Exception):
    """There is no finite maximum of the likelihood, or the columns are collinear."""


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients (n_columns,) and what variances are made of.

    ``bread`` (n_columns, n_columns) is the inverse information, the model-based covariance;
    ``scores`` (n, n_columns) are the contributions of the rows to the gradient.
    """

    coefficients: FloatArray
    bread: FloatArray
    scores: FloatArray

    def robust_covariance(self, cluster: IntArray) -> FloatArray:
        """Sandwich covariance with scores added up within clusters, without correction.

        Liang & Zeger, Biometrika 1986;73:13. doi:10.1093/biomet/73.1.13: with independence as
        working correlation these are the estimates and variances of their equations.
        """
        n_clusters = int(cluster.max(initial=-1)) + 1
        sums = np.zeros((n_clusters, self.scores.shape[1]))
        np.add.at(sums, cluster, self.scores)
        return np.asarray(self.bread @ (sums.T @ sums) @ self.bread)


def fit_logistic(
    design: FloatArray, outcome: FloatArray, offset: FloatArray | None = None
) -> LogisticFit:
    """Maximum likelihood fit of (n,) 0/1 outcomes on (n, n_columns) predictors.

    Raises
    ------
    NoFit
        Collinear columns, or complete or quasi-complete separation.
    """
    fixed = np.zeros(len(outcome)) if offset is None else offset
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NoFit("collinear columns")
    coefficients = np.zeros(design.shape[1])
    for _ in range(MAX_STEPS):
        probability = np.asarray(expit(design @ coefficients + fixed))
        residual = outcome - probability
        weight = probability * (1 - probability)
        information = design.T @ (design * weight[:, None])
        step = np.asarray(np.linalg.solve(information, design.T @ residual))
        if np.abs(step).max() < TOLERANCE:
            bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
            return LogisticFit(coefficients, bread, design * residual[:, None])
        coefficients = _ascend(design, outcome, fixed, coefficients, step)
        if np.abs(design @ coefficients).max(initial=0.0) > UNBOUNDED + np.abs(fixed).max():
            raise NoFit("separated outcomes")
    raise NoFit("no convergence")


def _ascend(
    design: FloatArray, outcome: FloatArray, fixed: FloatArray, start: FloatArray, step: FloatArray
) -> FloatArray:
    """The Newton step, halved until the likelihood does not fall."""

    def likelihood(coefficients: FloatArray) -> float:
        predictor = design @ coefficients + fixed
        return float((outcome * predictor - np.logaddexp(0, predictor)).sum())

    current = likelihood(start)
    for _ in range(MAX_STEPS):
        if likelihood(start + step) >= current - TOLERANCE:
            break
        step = step / 2
    return start + step
