"""Power of a multi-reader multi-case study of two arms for given numbers of readers and cases.

References
----------
.. [1] Hillis SL, Obuchowski NA, Berbaum KS. Power estimation for multireader ROC methods: an
   updated and unified approach. Acad Radiol 2011;18:129-142. doi:10.1016/j.acra.2010.09.007
.. [2] Gallas BD, Bandos A, Samuelson FW, Wagner RF. Commun Stat Theory Methods
   2009;38:2586-2603. doi:10.1080/03610920802610084
"""

import math

import numpy as np
from scipy import stats

from .auc import FloatArray
from .covariances import jackknife_covariance
from .obuchowski_rockette import (
    NEGLIGIBLE,
    Covariances,
    Inference,
    arms_test,
    average_covariances,
    mean_squares,
)
from .roe_metz import RoeMetz, simulate
from .two_sample import auc_metric
from .ustat import crossed_coefficients


def hillis_obuchowski_power(
    effect: float,
    *,
    var_tr: float,
    error: Covariances,
    case_ratio: float,
    n_readers: int,
    alpha: float,
    inference: Inference = Inference.RRRC,
) -> float | None:
    """Power of the Obuchowski-Rockette test, by the noncentral F (FRRC: chi-square) law [1]_.

    Parameters
    ----------
    effect
        Difference of the figure of merit between the arms.
    var_tr
        Arm-by-reader variance; taken as 0 when negative.
    error
        Error covariances of the pilot study.
    case_ratio
        Cases of the pilot study over cases of the planned one.

    Returns
    -------
    float or None
        None where the variance is not positive or, with random readers, there is only one.
    """
    shared = max(error.cov2 - error.cov3, 0.0)
    reader_part = 0.0 if inference is Inference.FRRC else max(var_tr, 0.0)
    own = reader_part + case_ratio * (error.var - error.cov1 - shared)
    total = own
    if inference is not Inference.RRFC:
        total += case_ratio * n_readers * shared
    if not total > NEGLIGIBLE or (inference is not Inference.FRRC and n_readers < 2):
        return None
    noncentrality = n_readers / 2 * effect**2 / total
    if inference is Inference.FRRC or own <= 0:
        critical = stats.chi2.isf(alpha, 1)
        return _tail(stats.ncx2.sf(critical, 1, noncentrality), noncentrality, alpha)
    df2 = total**2 / (own**2 / (n_readers - 1))
    critical = stats.f.isf(alpha, 1, df2)
    return _tail(stats.ncf.sf(critical, 1, df2, noncentrality), noncentrality, alpha)


def ustat_power(
    effect: float,
    *,
    difference_moments: FloatArray,
    n_readers: int,
    n_positive: int,
    n_negative: int,
    alpha: float,
) -> float | None:
    """Power of the two-sided normal test with the U-statistic variance [2]_.

    Parameters
    ----------
    difference_moments
        (8,) moments M1 to M8 of the difference of the arms' comparisons.

    Returns
    -------
    float or None
        None where the variance is not positive.
    """
    coefficients = crossed_coefficients(n_readers, n_positive, n_negative)
    variance = float(coefficients @ difference_moments)
    if not variance > NEGLIGIBLE:
        return None
    shift = abs(effect) / math.sqrt(variance)
    critical = float(stats.norm.isf(alpha / 2))
    return float(stats.norm.sf(critical - shift) + stats.norm.sf(critical + shift))


def simulated_power(
    model: RoeMetz,
    *,
    n_readers: int,
    n_positive: int,
    n_negative: int,
    alpha: float,
    simulations: int,
    rng: np.random.Generator,
    inference: Inference = Inference.RRRC,
) -> float:
    """Share of simulated studies whose Obuchowski-Rockette test rejects equal arms.

    A study whose test is undefined counts as not rejected.
    """
    rejected = 0
    for _ in range(simulations):
        ratings, positive = simulate(
            model, n_readers=n_readers, n_positive=n_positive, n_negative=n_negative, rng=rng
        )
        metric = auc_metric(ratings, positive)
        error = average_covariances(jackknife_covariance(metric), 2, n_readers)
        test, _spread = arms_test(mean_squares(metric.values), error, 2, n_readers, inference)
        rejected += test.p_value is not None and test.p_value <= alpha
    return rejected / simulations


def _tail(probability: float, noncentrality: float, alpha: float) -> float:
    """Tail probability; `alpha` at no effect, 1 where the noncentral law has run out of range."""
    if noncentrality == 0:
        return alpha
    return float(probability) if math.isfinite(probability) else 1.0
