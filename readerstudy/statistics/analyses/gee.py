"""Generalised estimating equations: what being right depends on, over all readings at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import FloatArray, Readings, StrArray, TaskFrame
from readerstudy.statistics.models.coefficients import Coefficient, coefficient_table
from readerstudy.statistics.models.logistic import NoFit, fit_logistic
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.selection import ALL, KEYS, PlanFault, Selector
from readerstudy.statistics.tasks import Task

METHOD = "normal, robust"


@dataclass(frozen=True)
class GeeOptions:
    """``factors``: columns of the readings (reader, level, arm, period) or strata of the reference;
    ``reference``: the level each factor is compared with (default: the first in the file).
    """

    select: Selector = ALL
    metric: Literal["accuracy", "sensitivity", "specificity"] = "accuracy"
    factors: tuple[str, ...] = ("arm",)
    reference: Mapping[str, str] | None = None

    def check(self, task: Task | None, at: str) -> None:
        """Refuse reference levels of unknown factors and rates that the task does not have."""
        for factor in self.reference or {}:
            if factor not in self.factors:
                raise PlanFault(f"{at}/reference/{factor}", f'"{factor}" is not among the factors.')
        if self.metric != "accuracy" and task is not None and not task.positive:
            raise PlanFault(f"{at}/metric", f'The task "{task.name}" has no positive categories.')


@dataclass(frozen=True, kw_only=True)
class Gee(Result):
    """``n`` counts cases, which are the clusters; ``odds_ratios`` exponentiate coefficients."""

    n_readings: int
    metric: str
    coefficients: tuple[Coefficient, ...]
    odds_ratios: Mapping[str, Estimate]


@analysis("gee", GeeOptions)
def gee(frame: TaskFrame, options: GeeOptions, context: Context) -> Gee:
    """Binomial GEE with logit link, cases as clusters, independence as working correlation.

    Liang & Zeger, Biometrika 1986;73:13, doi:10.1093/biomet/73.1.13; robust standard errors without
    small-sample correction. No decision counts as wrong.
    """
    readings = _of_metric(frame, frame.select(options.select), options.metric)
    right = frame.correct(readings).astype(np.float64)
    design, names = _design(frame, readings, options)
    cluster, n_clusters = compact(readings.case)
    try:
        fit = fit_logistic(design, right)
    except NoFit as fault:
        raise AnalysisError(
            "no_fit", f"The model cannot be fitted to these data: {fault}.", "factors",
            n=len(readings), n_missing=readings.n_missing,
        ) from fault  # fmt: skip
    if n_clusters < 30:
        context.warn(f"Robust standard errors from {n_clusters} cases tend to be too small.")
    covariance = fit.robust_covariance(cluster)
    table = coefficient_table(names, fit.coefficients, covariance, context.alpha)
    return Gee(
        n=n_clusters, n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        n_readings=len(readings), metric=options.metric, coefficients=table,
        odds_ratios={row.name: _odds_ratio(row) for row in table if row.name != "intercept"},
    )  # fmt: skip


def _of_metric(frame: TaskFrame, readings: Readings, metric: str) -> Readings:
    """The readings the rate is about."""
    if metric == "accuracy":
        return readings
    positive = frame.task.is_positive(frame.truth(readings))
    part = readings.take(positive if metric == "sensitivity" else ~positive)
    if not len(part):
        side = "positive" if metric == "sensitivity" else "negative"
        raise AnalysisError("no_readings", f"No {side} case was read.", "metric", n=len(readings))
    return part


def _design(
    frame: TaskFrame, readings: Readings, options: GeeOptions
) -> tuple[FloatArray, list[str]]:
    """(n_readings, n_columns) intercept and one column per level other than the reference's."""
    columns, names = [np.ones(len(readings))], ["intercept"]
    for factor in options.factors:
        values = factor_values(frame, readings, factor)
        levels = list(dict.fromkeys(values.tolist()))
        base = (options.reference or {}).get(factor, levels[0])
        if base not in levels:
            raise AnalysisError(
                "unknown_level", f'No reading has the {factor} "{base}".', f"reference/{factor}",
                n=len(readings),
            )  # fmt: skip
        for level in levels:
            if level != base:
                columns.append((values == level).astype(np.float64))
                names.append(f"{factor}[{level}]")
    return np.column_stack(columns), names


def factor_values(frame: TaskFrame, readings: Readings, factor: str) -> StrArray:
    """(n_readings,) text of a column of the readings, or of a stratum of their cases."""
    if factor in KEYS:
        column: StrArray = getattr(readings, factor).astype(np.str_)
        return column
    return frame.stratum(factor, "factors")[readings.case]


def _odds_ratio(row: Coefficient) -> Estimate:
    low, high = (float(np.exp(limit)) for limit in (row.ci_low, row.ci_high))
    return Estimate(float(np.exp(row.estimate)), low, high, METHOD)
