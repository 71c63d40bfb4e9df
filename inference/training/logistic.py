"""Logistic regression by iteratively reweighted least squares (McCullagh and Nelder 1989, 2.5).

A small ridge on the standardised coefficients keeps them finite where a table separates the
classes; the intercept isn't penalised.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS = 100
TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Logistic:
    """A fitted model: P(positive) = 1 / (1 + exp(-(intercept + x . coefficients))).

    Parameters
    ----------
    coefficients, intercept
        (k,) and a number, in log odds per unit of the variable.
    means
        (k,) of the variables over the cases it was fitted to.
    errors
        (k,) standard errors of the coefficients.
    """

    coefficients: Floats
    intercept: float
    means: Floats
    errors: Floats

    def log_odds(self, table: Floats) -> Floats:
        """Return the log odds (n,) of rows (n, k)."""
        return np.asarray(table @ self.coefficients + self.intercept)

    def probability(self, table: Floats) -> Floats:
        """Return the probability (n,) of rows (n, k)."""
        return sigmoid(self.log_odds(table))

    def contributions(self, row: Floats) -> Floats:
        """Return the exact SHAP values (k,) of one row, in log odds.

        For a linear model they are coefficient times distance from the mean (Lundberg and Lee
        2017, corollary 1), and sum to the row's log odds minus those of the mean case.
        """
        return self.coefficients * (row - self.means)


def fit_logistic(table: Floats, positive: NDArray[np.bool_], *, ridge: float = 0.5) -> Logistic:
    """Fit a logistic regression.

    Parameters
    ----------
    table
        (n, k) variables.
    positive
        (n,) classes; both have to occur.
    ridge
        Penalty on half the squared coefficients of the standardised variables; 0 for none.

    Raises
    ------
    ValueError
        If a class doesn't occur.
    """
    if positive.all() or not positive.any():
        raise ValueError("logistic regression needs both classes")
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales = np.where(scales > 0, scales, 1.0)
    design = np.column_stack([np.ones(len(table)), (table - means) / scales])
    penalty = np.diag([0.0, *np.full(table.shape[1], ridge)])
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        fitted = sigmoid(design @ weights)
        slope = design.T @ (positive - fitted) - penalty @ weights
        curvature = design.T @ (design * np.maximum(fitted * (1 - fitted), 1e-9)[:, None]) + penalty
        step = np.linalg.solve(curvature, slope)
        weights += step
        if np.abs(step).max() < TOLERANCE:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))[1:] / scales
    coefficients = weights[1:] / scales
    return Logistic(coefficients, float(weights[0] - coefficients @ means), means, errors)


def youden_cut_off(positive: NDArray[np.bool_], scores: Floats) -> float:
    """Return the cut-off with the largest sensitivity + specificity - 1 (Youden 1950).

    Scores at or above it count as positive. It lies midway between two scores; of equally good
    ones the lowest is taken.
    """
    values = np.unique(scores)
    edges = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2])
    called = scores[None, :] >= edges[:, None]
    index = called[:, positive].mean(axis=1) - called[:, ~positive].mean(axis=1)
    return float(edges[int(index.argmax())])


def sigmoid(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(np.asarray(log_odds, np.float64) / 2)))
