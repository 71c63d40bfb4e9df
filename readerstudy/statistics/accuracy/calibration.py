"""Calibration of probabilities and their net benefit, on arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import logit

from readerstudy.statistics.models.logistic import fit_logistic

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

DECILES = 10


@dataclass(frozen=True)
class Bin:
    """Cases with a probability in (low, high]; the first bin includes its lower edge."""

    low: float
    high: float
    n: int
    mean_predicted: float | None
    observed: float | None


def equal_width_bins(probability: FloatArray, positive: BoolArray, n_bins: int) -> tuple[Bin, ...]:
    """Reliability table over equally wide bins of [0, 1]."""
    edges = np.linspace(0, 1, n_bins + 1)
    index = np.searchsorted(edges[1:-1], probability, side="left")
    bins = []
    for number in range(n_bins):
        inside = index == number
        n = int(inside.sum())
        mean = float(probability[inside].mean()) if n else None
        observed = float(positive[inside].mean()) if n else None
        bins.append(Bin(float(edges[number]), float(edges[number + 1]), n, mean, observed))
    return tuple(bins)


def expected_calibration_error(bins: tuple[Bin, ...]) -> float:
    """Mean absolute gap between predicted and observed over cases.

    Naeini, Cooper & Hauskrecht, AAAI 2015:2901.
    """
    gaps = [
        (entry.n, abs(entry.mean_predicted - entry.observed))
        for entry in bins
        if entry.mean_predicted is not None and entry.observed is not None
    ]
    return sum(n * gap for n, gap in gaps) / sum(n for n, _ in gaps)


def recalibration(probability: FloatArray, positive: BoolArray) -> tuple[float, float]:
    """(intercept, slope) of a logistic regression of the truth on the logit, 0 and 1 when perfect.

    Cox, Biometrika 1958;45:562. doi:10.1093/biomet/45.3-4.562

    Raises
    ------
    NoFit
        Constant probabilities or separated truths.
    """
    design = np.column_stack([np.ones(probability.size), logit(probability)])
    intercept, slope = fit_logistic(design, positive.astype(np.float64)).coefficients
    return float(intercept), float(slope)


def in_the_large(probability: FloatArray, positive: BoolArray) -> float:
    """Intercept at slope 1: the logit by which probabilities are too low on the whole.

    Raises
    ------
    NoFit
        All cases positive, or all negative; probabilities too extreme to be fitted.
    """
    ones = np.ones((probability.size, 1))
    fit = fit_logistic(ones, positive.astype(np.float64), offset=np.asarray(logit(probability)))
    return float(fit.coefficients[0])


@dataclass(frozen=True)
class HosmerLemeshow:
    """Chi-square of observed against expected in groups of predicted risk."""

    statistic: float | None
    df: int
    p_value: float | None


def hosmer_lemeshow(probability: FloatArray, positive: BoolArray) -> HosmerLemeshow:
    """Groups between deciles (type-7 quantiles, upper edge included); df groups - 2.

    Hosmer & Lemeshow, Commun Stat Theory Methods 1980;9:1043. doi:10.1080/03610928008827941. Equal
    deciles merge their groups. Undefined with fewer than three groups or an expected count of 0.
    """
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, DECILES + 1)))
    index = np.searchsorted(edges[1:-1], probability, side="left")
    groups = max(edges.size - 1, 1)
    n = np.bincount(index, minlength=groups)
    expected = np.bincount(index, weights=probability, minlength=groups)
    observed = np.bincount(index[positive], minlength=groups)
    if groups < 3 or (expected == 0).any() or (expected == n).any():
        return HosmerLemeshow(None, groups - 2, None)
    gap = (observed - expected) ** 2
    statistic = float((gap / expected + gap / (n - expected)).sum())
    return HosmerLemeshow(statistic, groups - 2, float(stats.chi2.sf(statistic, groups - 2)))


def net_benefit(positive: BoolArray, called: BoolArray, threshold: float) -> float:
    """True positives less false positives weighed by the odds of the threshold, per case.

    Vickers & Elkin, Med Decis Making 2006;26:565. doi:10.1177/0272989X06295361
    """
    hits = float((called & positive).mean())
    alarms = float((called & ~positive).mean())
    return hits - alarms * threshold / (1 - threshold)
