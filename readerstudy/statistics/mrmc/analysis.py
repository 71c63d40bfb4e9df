"""From a figure of merit to estimates, intervals and the test: the whole OR analysis."""

import math
from dataclasses import dataclass, field

import numpy as np

from readerstudy.statistics.estimates import UNIT, Estimate, point_only

from .auc import FloatArray, IntArray
from .covariances import (
    CovarianceMethod,
    bootstrap_covariance,
    delong_covariance,
    jackknife_covariance,
    unbiased_covariance,
)
from .designs import Design, detect_design
from .metrics import Metric
from .obuchowski_rockette import (
    Covariances,
    Inference,
    MeanSquares,
    Spread,
    Test,
    arm_spread,
    arms_test,
    average_covariances,
    mean_squares,
    variance_components,
)


@dataclass(frozen=True)
class OrSettings:
    """Choices a plan makes before the data are seen.

    Attributes
    ----------
    design
        None = detected from who read what.
    alpha
        Level of the intervals.
    resamples
        Bootstrap size; used by the bootstrap covariance only.
    perfect_is_degenerate
        Whether a mean of exactly 1 voids interval and test, as for an area under the curve.
    """

    covariance: CovarianceMethod = CovarianceMethod.JACKKNIFE
    inference: Inference = Inference.RRRC
    design: Design | None = None
    alpha: float = 0.05
    resamples: int = 1000
    perfect_is_degenerate: bool = True


@dataclass(frozen=True)
class OrAnalysis:
    """Everything a report prints; what is undefined is None, with a sentence in `warnings`.

    Attributes
    ----------
    arm_means
        One estimate per arm, averaged over readers.
    difference
        First arm minus second; None with a single arm.
    spread
        Standard error and degrees of freedom of `difference`.
    """

    arm_means: tuple[Estimate, ...]
    difference: Estimate | None
    spread: Spread | None
    test: Test
    mean_squares: MeanSquares
    covariances: Covariances
    var_r: float
    var_tr: float
    design: Design
    warnings: list[str] = field(default_factory=list)


def analyse(
    metric: Metric,
    settings: OrSettings,
    *,
    rng: np.random.Generator,
    clusters: IntArray | None = None,
) -> OrAnalysis:
    """Obuchowski-Rockette analysis of a figure of merit that every cell has.

    Parameters
    ----------
    clusters
        (n_units,) cluster of each unit for the bootstrap; None = every unit on its own.

    Raises
    ------
    ValueError
        If a cell has no value, or the unbiased covariance does not exist for the metric.
    """
    values = metric.values
    if np.isnan(values).any():
        raise ValueError("every arm and reader needs a figure of merit")
    t, r = values.shape
    warnings: list[str] = []
    design = settings.design or detect_design(metric.seen)
    matrix = _covariance(metric, settings, rng, clusters, warnings)
    errors = average_covariances(matrix, t, r, design)
    ms = mean_squares(values)
    var_r, var_tr = variance_components(ms, errors, t)
    usable = _check(values, errors, settings, warnings)
    test, spread = _void(settings.inference, t), None
    if usable and t > 1 and not any(_perfect(row, settings) for row in values):
        test, spread = arms_test(ms, errors, t, r, settings.inference)
        if spread is None:
            warnings.append("The variance of the difference is not positive: no test, no interval.")
    means = values.mean(axis=1)
    return OrAnalysis(
        arm_means=_arm_means(values, matrix, design, settings, warnings if usable else None),
        difference=_estimate(float(means[0] - means[1]), spread, settings) if t > 1 else None,
        spread=spread,
        test=test,
        mean_squares=ms,
        covariances=errors,
        var_r=var_r,
        var_tr=var_tr,
        design=design,
        warnings=warnings,
    )


def _arm_means(
    values: FloatArray,
    matrix: FloatArray,
    design: Design,
    settings: OrSettings,
    warnings: list[str] | None,
) -> tuple[Estimate, ...]:
    """Mean over readers of each arm, from that arm alone; without intervals if no `warnings`."""
    t, r = values.shape
    blocks = matrix.reshape(t, r, t, r)
    estimates = []
    for arm, own in enumerate(values):
        spread = None
        if warnings is not None and not _perfect(own, settings):
            errors = average_covariances(blocks[arm, :, arm], 1, r, design)
            spread = arm_spread(own, errors, settings.inference)
            if spread is None:
                warnings.append("The variance of an arm's mean is not positive: no interval.")
        estimates.append(_estimate(float(own.mean()), spread, settings, bounds=UNIT))
    return tuple(estimates)


def _covariance(
    metric: Metric,
    settings: OrSettings,
    rng: np.random.Generator,
    clusters: IntArray | None,
    warnings: list[str],
) -> FloatArray:
    match settings.covariance:
        case CovarianceMethod.JACKKNIFE:
            return jackknife_covariance(metric)
        case CovarianceMethod.DELONG:
            return delong_covariance(metric)
        case CovarianceMethod.UNBIASED:
            return unbiased_covariance(metric)
        case CovarianceMethod.BOOTSTRAP:
            matrix, lost = bootstrap_covariance(
                metric, resamples=settings.resamples, rng=rng, clusters=clusters
            )
            if lost:
                warnings.append(
                    f"{lost} of {settings.resamples} bootstrap samples left a reader without "
                    "positive or negative cases and were not used."
                )
            return matrix


def _check(
    values: FloatArray, errors: Covariances, settings: OrSettings, warnings: list[str]
) -> bool:
    """Whether intervals and the test can be made at all; the reasons go to `warnings`."""
    t, r = values.shape
    usable = True
    if settings.inference is not Inference.FRRC and r < 2:
        warnings.append("Random-reader inference needs at least 2 readers, found 1.")
        usable = False
    elif settings.inference is not Inference.FRRC and r == 2:
        warnings.append("Only 2 readers: their variance rests on a single degree of freedom.")
    if t < 2:
        warnings.append("Only one arm: there is nothing to compare.")
    if math.isnan(errors.var + errors.cov1 + errors.cov2 + errors.cov3):
        warnings.append("A reader has too few cases for a covariance: no test, no interval.")
        usable = False
    if any(_perfect(row, settings) for row in values):
        warnings.append("An area of exactly 1 has no standard error, interval or test.")
    return usable


def _perfect(values: FloatArray, settings: OrSettings) -> bool:
    return settings.perfect_is_degenerate and bool((values == 1).all())


def _void(inference: Inference, n_arms: int) -> Test:
    distribution = "chi2" if inference is Inference.FRRC else "F"
    return Test(None, distribution, n_arms - 1, None, None)


def _estimate(
    value: float,
    spread: Spread | None,
    settings: OrSettings,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Estimate:
    law = "normal" if settings.inference is Inference.FRRC else "t"
    method = f"Obuchowski-Rockette {settings.inference}, {settings.covariance}, {law}"
    if spread is None:
        return point_only(value, method)
    low, high = spread.interval(value, settings.alpha)
    return Estimate(value, max(low, bounds[0]), min(high, bounds[1]), method)
