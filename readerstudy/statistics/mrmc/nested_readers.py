"""Obuchowski-Rockette analysis of readers nested in arms: every arm has readers of its own.

The figure of merit of reader j of arm i is ``mu + tau_i + R_j(i) + e_ij``; errors have variance
Var, covariance Cov2 within an arm and Cov3 between arms. Arms are compared by their means over
readers, with the mean square of readers within arms as the part of the denominator that varies
[1]_, section 5. Arms may have different numbers of readers: the variance of a difference of two
means, ``MS (1/r_1 + 1/r_2) + 2 (Cov2 - Cov3)``, holds for any; with equal numbers everything is
Hillis' formula.

References
----------
.. [1] Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological
   imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926
"""

import numpy as np

from .auc import FloatArray
from .obuchowski_rockette import (
    Covariances,
    Inference,
    MeanSquares,
    Spread,
    Test,
    chi_square,
    f_ratio,
    normal_spread,
    t_spread,
)

NAN = float("nan")


def nested_mean_squares(values: FloatArray) -> MeanSquares:
    """Mean squares of arms and of readers within arms.

    Parameters
    ----------
    values
        (n_arms, n_readers) figures of merit, NaN where the reader does not belong to the arm.
    """
    means = np.nanmean(values, axis=1)
    df = _reader_df(values)
    within = float(np.nansum((values - means[:, None]) ** 2))
    return MeanSquares(
        arms=_harmonic(_counts(values)) * float(means.var(ddof=1)),
        readers=within / df if df > 0 else NAN,
        interaction=NAN,
    )


def nested_test(
    values: FloatArray, ms: MeanSquares, cov: Covariances, inference: Inference
) -> tuple[Test, Spread | None]:
    """Test of equal arms, and the spread of the first arm's mean minus the second's.

    With arms of unequal size and more than two of them the test is that of unweighted means.

    Parameters
    ----------
    values
        (n_arms, n_readers) figures of merit, NaN where the reader does not belong to the arm.
    """
    shared = max(cov.cov2 - cov.cov3, 0.0)
    counts = _counts(values)
    overall, first_two = _harmonic(counts), _harmonic(counts[:2])
    df1, df = len(counts) - 1, _reader_df(values)
    if inference is Inference.FRRC:
        own = cov.var - cov.cov2
        test = chi_square(ms.arms, own + overall * shared, df1)
        return test, normal_spread(own + first_two * shared, first_two)
    if inference is Inference.RRFC:
        shared = 0.0
    test = f_ratio(ms.arms, ms.readers + overall * shared, ms.readers, df1, df)
    return test, t_spread(ms.readers + first_two * shared, ms.readers, df, first_two)


def nested_reader_variance(ms: MeanSquares, cov: Covariances) -> float:
    """Variance of readers within arms, never truncated: Var_R and Var_TR cannot be told apart."""
    return ms.readers - cov.var + cov.cov2


def _counts(values: FloatArray) -> FloatArray:
    """(n_arms,) readers of each arm."""
    return np.asarray((~np.isnan(values)).sum(axis=1), dtype=np.float64)


def _reader_df(values: FloatArray) -> int:
    return int((_counts(values) - 1).sum())


def _harmonic(counts: FloatArray) -> float:
    """Harmonic mean, the number of readers per arm that a balanced study would have."""
    return float(len(counts) / (1 / counts).sum())
