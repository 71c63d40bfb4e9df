"""Gwet's AC1 and AC2: agreement corrected for chance without kappa's paradoxes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class GwetAC:
    """Coefficient, linearised standard error and observed (weighted) agreement; NaN undefined."""

    coefficient: float
    se: float
    observed: float


def gwet_ac(counts: FloatArray, weights: FloatArray) -> GwetAC:
    """AC1 (identity weights) or AC2 of (n_cases, n_categories) counts; raters may be missing.

    Gwet, Br J Math Stat Psychol 2008;61:29, doi:10.1348/000711006X126600. Cases with one rater
    count for the prevalence of categories, those with two or more for agreement. Chance agreement
    is sum of weights * sum p (1 - p) / (q (q - 1)), which with identity weights is
    sum p (1 - p) / (q - 1), q being all categories, used or not.
    """
    raters = counts.sum(axis=1)
    counts, raters = counts[raters > 0], raters[raters > 0]
    n, q = counts.shape
    several = raters >= 2
    if not several.any():
        return GwetAC(np.nan, np.nan, np.nan)
    share = (counts / raters[:, None]).mean(axis=0)
    pairs = (counts * (counts @ weights - 1)).sum(axis=1)
    per_case = np.where(several, pairs / np.where(several, raters * (raters - 1), 1), 0.0)
    observed = float(per_case[several].mean())
    chance_scale = weights.sum() / (q * (q - 1))
    expected = float(chance_scale * (share * (1 - share)).sum())
    if expected >= 1:
        return GwetAC(np.nan, np.nan, observed)
    coefficient = (observed - expected) / (1 - expected)
    if n < 2:
        return GwetAC(coefficient, np.nan, observed)
    own = n / several.sum() * (per_case - expected * several) / (1 - expected)
    expected_case = chance_scale * (counts @ (1 - share)) / raters
    linear = own - 2 * (1 - coefficient) * (expected_case - expected) / (1 - expected)
    se = float(np.sqrt(((linear - coefficient) ** 2).sum() / (n * (n - 1))))
    return GwetAC(float(coefficient), se, observed)
