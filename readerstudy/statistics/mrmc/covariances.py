"""Covariances of figures of merit over cases, for fixed readers, by four methods.

References
----------
.. [1] Obuchowski NA, Rockette HE. Commun Stat Simul Comput 1995;24:285-308.
   doi:10.1080/03610919508813243
.. [2] DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-845. doi:10.2307/2531595
.. [3] Gallas BD. Acad Radiol 2006;13:353-362. doi:10.1016/j.acra.2005.11.030
"""

from enum import StrEnum

import numpy as np

from .auc import BoolArray, FloatArray, IntArray
from .metrics import Metric


class CovarianceMethod(StrEnum):
    """How the covariances between cells are estimated."""

    JACKKNIFE = "jackknife"
    DELONG = "delong"
    UNBIASED = "unbiased"
    BOOTSTRAP = "bootstrap"


def jackknife_covariance(metric: Metric) -> FloatArray:
    """(n - 1)/n times the scatter of the leave-one-out values; n = all units of the design.

    Returns
    -------
    FloatArray
        (n_cells, n_cells); NaN where leaving out a unit leaves nothing to estimate from.
    """
    left_out = metric.leave_one_out()
    n = left_out.shape[1]
    centred = left_out - left_out.mean(axis=1, keepdims=True)
    return np.asarray((n - 1) / n * (centred @ centred.T))


def delong_covariance(metric: Metric) -> FloatArray:
    """DeLong covariance [2]_, extended to cells that share only some of their cases.

    Cells without a common case have covariance 0; for the fully crossed design this is DeLong's
    matrix to the last digit.
    """
    influence = metric.influence()
    return np.asarray(influence @ influence.T)


def unbiased_covariance(metric: Metric) -> FloatArray:
    """U-statistic covariance, unbiased in every design [3]_."""
    return metric.unbiased()


def bootstrap_covariance(
    metric: Metric, *, resamples: int, rng: np.random.Generator, clusters: IntArray | None = None
) -> tuple[FloatArray, int]:
    """Sample covariance over bootstrap resamples of cases, or of clusters of cases.

    Positive and negative cases are resampled apart; with `clusters`, whole clusters are, those
    with only positive, only negative and both kinds of cases apart.

    Parameters
    ----------
    clusters
        (n_units,) cluster of each unit, 0 to n_clusters - 1; None = every unit on its own.

    Returns
    -------
    tuple
        (n_cells, n_cells) covariance, NaN for cells that have no value at all, and the number of
        resamples left out because another cell had no positive or no negative case in them.
    """
    n_units = len(metric.strata)
    groups = np.arange(n_units) if clusters is None else clusters
    values = metric.resampled(resample_weights(metric.strata, groups, resamples, rng))
    cells = np.flatnonzero(~np.isnan(metric.values))
    defined = ~np.isnan(values[:, cells]).any(axis=1)
    matrix = np.full((values.shape[1],) * 2, np.nan)
    if defined.sum() < 2:
        return matrix, resamples
    matrix[np.ix_(cells, cells)] = np.cov(values[np.ix_(defined, cells)], rowvar=False)
    return matrix, int((~defined).sum())


def resample_weights(
    strata: BoolArray, clusters: IntArray, resamples: int, rng: np.random.Generator
) -> FloatArray:
    """How often each unit is drawn: (resamples, n_units), by stratified cluster bootstrap."""
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    has_positive = np.bincount(clusters, strata, minlength=n_clusters) > 0
    has_negative = np.bincount(clusters, ~strata, minlength=n_clusters) > 0
    kind = has_positive + 2 * has_negative
    drawn = np.zeros((resamples, n_clusters))
    for stratum in np.unique(kind):
        members = np.flatnonzero(kind == stratum)
        drawn[:, members] = rng.multinomial(
            len(members), np.full(len(members), 1 / len(members)), size=resamples
        )
    return drawn[:, clusters]
