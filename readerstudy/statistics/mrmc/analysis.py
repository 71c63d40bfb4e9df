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
from .nested_readers import nested_mean_squares, nested_reader_variance, nested_test
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
    """Obuchowski-Rockette analysis of a figure of merit.

    Parameters
    ----------
    metric
        With a value in every cell or, where readers are nested in arms, in one arm of each reader.
    clusters
        (n_units,) cluster of each unit for the bootstrap; None = every unit on its own.

    Raises
    ------
    ValueError
        If a cell has no value, or the unbiased covariance does not exist for the metric.
    """
    values = metric.values
    design = settings.design or detect_design(metric.seen)
    _check_cells(values, design)
    t, r = values.shape
    warnings: list[str] = []
    matrix = covariance_matrix(metric, settings, rng, clusters, warnings)
    errors = average_covariances(matrix, t, r, design, ~np.isnan(values))
    compared = _compare(values, errors, design, settings.inference)
    usable = _check(values, errors, settings, warnings)
    test, spread = _void(settings.inference, t), None
    if usable and t > 1 and not any(_perfect(row, settings) for row in values):
        test, spread = compared.test, compared.spread
        if spread is None:
            warnings.append("The variance of the difference is not positive: no test, no interval.")
    means = np.nanmean(values, axis=1)
    return OrAnalysis(
        arm_means=_arm_means(values, matrix, design, settings, warnings if usable else None),
        difference=_estimate(float(means[0] - means[1]), spread, settings) if t > 1 else None,
        spread=spread,
        test=test,
        mean_squares=compared.mean_squares,
        covariances=errors,
        var_r=compared.var_r,
        var_tr=compared.var_tr,
        design=design,
        warnings=warnings,
    )


@dataclass(frozen=True)
class _Comparison:
    """Analysis of variance of the cells, whether or not its test can be printed."""

    mean_squares: MeanSquares
    var_r: float
    var_tr: float
    test: Test
    spread: Spread | None


def _compare(
    values: FloatArray, errors: Covariances, design: Design, inference: Inference
) -> _Comparison:
    t, r = values.shape
    if design.readers_nested:
        ms = nested_mean_squares(values)
        test, spread = nested_test(values, ms, errors, inference)
        return _Comparison(ms, nested_reader_variance(ms, errors), math.nan, test, spread)
    ms = mean_squares(values)
    var_r, var_tr = variance_components(ms, errors, t)
    return _Comparison(ms, var_r, var_tr, *arms_test(ms, errors, t, r, inference))


def _check_cells(values: FloatArray, design: Design) -> None:
    """Every cell has a value, or with nested readers every reader and every arm has one."""
    present = ~np.isnan(values)
    if design.readers_nested:
        complete = bool((present.sum(axis=0) == 1).all() and present.any(axis=1).all())
    else:
        complete = bool(present.all())
    if not complete:
        raise ValueError("every arm and reader needs a figure of merit")


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
    for arm, row in enumerate(values):
        readers = np.flatnonzero(~np.isnan(row))
        own = row[readers]
        spread = None
        if warnings is not None and not _perfect(own, settings):
            block = blocks[arm, :, arm][np.ix_(readers, readers)]
            errors = average_covariances(block, 1, len(own), design)
            spread = arm_spread(own, errors, settings.inference)
            if spread is None:
                warnings.append("The variance of an arm's mean is not positive: no interval.")
        estimates.append(_estimate(float(own.mean()), spread, settings, bounds=UNIT))
    return tuple(estimates)


def covariance_matrix(
    metric: Metric,
    settings: OrSettings,
    rng: np.random.Generator,
    clusters: IntArray | None,
    warnings: list[str],
) -> FloatArray:
    """(n_cells, n_cells) covariances of the figures of merit over cases, by the method chosen."""
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
                    f"Bootstrap samples not used, which left a reader without positive or negative "
                    f"cases: {lost} of {settings.resamples}."
                )
            return matrix


def _check(
    values: FloatArray, errors: Covariances, settings: OrSettings, warnings: list[str]
) -> bool:
    """Whether intervals and the test can be made at all; the reasons go to `warnings`."""
    usable = settings.inference is Inference.FRRC or check_readers(values, warnings)
    if len(values) < 2:
        warnings.append("Only one arm: there is nothing to compare.")
    if math.isnan(errors.var + errors.cov1 + errors.cov2 + errors.cov3):
        warnings.append("A reader has too few cases for a covariance: no test, no interval.")
        usable = False
    if any(_perfect(row, settings) for row in values):
        warnings.append("An area of exactly 1 has no standard error, interval or test.")
    return usable


def check_readers(values: FloatArray, warnings: list[str]) -> bool:
    """Whether readers can count as a sample; few of them are worth a warning."""
    nested = bool(np.isnan(values).any())
    counts = (~np.isnan(values)).sum(axis=1)
    r = int(counts.min())
    if counts.max() > r:
        warnings.append(
            "Arms have different numbers of readers: the test takes readers to vary alike in all."
        )
    if r < 2:
        where = " in every arm" if nested else ""
        warnings.append(f"Random-reader inference needs at least 2 readers{where}, found 1.")
    elif r == 2 and nested:
        warnings.append("An arm has only 2 readers.")
    elif r == 2:
        warnings.append("Only 2 readers: their variance rests on a single degree of freedom.")
    return r >= 2


def _perfect(values: FloatArray, settings: OrSettings) -> bool:
    return settings.perfect_is_degenerate and bool((values[~np.isnan(values)] == 1).all())


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
