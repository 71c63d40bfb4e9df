"""Decisions of many raters as counts per case and category, and weights of disagreement."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Weights = Literal["none", "linear", "quadratic"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)


def category_counts(decisions: IntArray, n_categories: int) -> FloatArray:
    """(n_cases, n_categories) raters per category from (n_cases, n_raters) codes, -1 for none."""
    return np.stack([(decisions == code).sum(axis=1) for code in range(n_categories)], axis=1) * 1.0


def weight_matrix(n_categories: int, weights: Weights) -> FloatArray:
    """(n_categories, n_categories) agreement weights, 1 on the diagonal.

    ``linear`` 1 - |i - j|/(k - 1), ``quadratic`` 1 - (i - j)^2/(k - 1)^2; ``none`` the identity.
    Cohen, Psychol Bull 1968;70:213. doi:10.1037/h0026256
    """
    if weights == "none":
        return np.eye(n_categories)
    code = np.arange(n_categories)
    distance = np.abs(code[:, None] - code[None, :]) / (n_categories - 1)
    return np.asarray(1 - (distance if weights == "linear" else distance**2))
