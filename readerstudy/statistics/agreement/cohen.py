"""Cohen's kappa, weighted or not, with both of its standard errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

ROUNDING = 1e-14


@dataclass(frozen=True)
class CohenKappa:
    """``se`` is for intervals, ``se0`` for the test of kappa = 0; NaN where undefined.

    ``agreement`` is the share of pairs in the same category, whatever the weights.
    """

    kappa: float
    se: float
    se0: float
    agreement: float


def cohen_kappa(table: FloatArray, weights: FloatArray) -> CohenKappa:
    """Kappa of a square table of counts under agreement weights of the same shape.

    Fleiss, Cohen & Everitt, Psychol Bull 1969;72:323, doi:10.1037/h0028106, equations for the
    standard errors of weighted kappa; identity weights give the unweighted ones. Undefined without
    cases and when agreement by chance is certain.
    """
    n = table.sum()
    if n == 0:
        return CohenKappa(np.nan, np.nan, np.nan, np.nan)
    p = table / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    agreement = float(np.trace(p))
    chance = np.outer(row, column)
    observed, expected = float((weights * p).sum()), float((weights * chance).sum())
    if np.isclose(expected, 1, rtol=0, atol=1e-15):
        return CohenKappa(np.nan, np.nan, np.nan, agreement)
    kappa = (observed - expected) / (1 - expected)
    mean_weight = (weights @ column)[:, None] + (row @ weights)[None, :]
    centred = weights - mean_weight * (1 - kappa)
    variance = (p * centred**2).sum() - (kappa - expected * (1 - kappa)) ** 2
    variance0 = (chance * (weights - mean_weight) ** 2).sum() - expected**2
    scale = (1 - expected) * np.sqrt(n)
    return CohenKappa(
        kappa=float(kappa),
        se=_root(variance) / float(scale),
        se0=_root(variance0) / float(scale),
        agreement=agreement,
    )


def _root(variance: float) -> float:
    """Square root; what rounding leaves of a variance of 0 is 0."""
    return float(np.sqrt(variance)) if variance > ROUNDING else 0.0
