"""Generalised estimating equations: what being right depends on, over all readings at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.factors import (
    RegressionOptions,
    design_matrix,
    no_fit,
    odds_ratios,
    readings_of_metric,
)
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.models.coefficients import Coefficient, coefficient_table
from readerstudy.statistics.models.logistic import NoFit, fit_logistic
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.wording import counted

METHOD = "normal, robust"


@dataclass(frozen=True, kw_only=True)
class Gee(Result):
    """``n`` counts cases, which are the clusters; ``odds_ratios`` exponentiate coefficients."""

    n_readings: int
    metric: str
    coefficients: tuple[Coefficient, ...]
    odds_ratios: Mapping[str, Estimate]


@analysis("gee", RegressionOptions)
def gee(frame: TaskFrame, options: RegressionOptions, context: Context) -> Gee:
    """Binomial GEE with logit link, cases as clusters, independence as working correlation.

    Liang & Zeger, Biometrika 1986;73:13, doi:10.1093/biomet/73.1.13; robust standard errors without
    small-sample correction. No decision counts as wrong.
    """
    readings = readings_of_metric(frame, options)
    right = frame.correct(readings).astype(np.float64)
    design, names = design_matrix(frame, readings, options)
    cluster, n_clusters = compact(readings.case)
    try:
        fit = fit_logistic(design, right)
    except NoFit as fault:
        raise no_fit(fault, readings) from fault
    if n_clusters < 30:
        context.warn(
            f"Robust standard errors from {counted(n_clusters, 'case', 'cases')} tend to be too"
            " small."
        )
    covariance = fit.robust_covariance(cluster)
    table = coefficient_table(names, fit.coefficients, covariance, context.alpha)
    return Gee(
        n=n_clusters, n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        n_readings=len(readings), metric=options.metric, coefficients=table,
        odds_ratios=odds_ratios(table, METHOD),
    )  # fmt: skip
