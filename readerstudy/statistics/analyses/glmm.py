"""Mixed logistic regression: what being right depends on, for readers and cases like these."""

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
from readerstudy.statistics.models.glmm import fit_glmm
from readerstudy.statistics.models.logistic import NoFit
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.selection import PlanFault
from readerstudy.statistics.tasks import Task
from readerstudy.statistics.wording import counted

METHOD = "normal, mixed model"
FEW_READERS = 5


@dataclass(frozen=True)
class GlmmOptions(RegressionOptions):
    """As of gee; the reader is a random effect and no factor."""

    def check(self, task: Task | None, at: str) -> None:
        """Refuse the reader among the factors too. Raises ``PlanFault``."""
        super().check(task, at)
        if "reader" in self.factors:
            index = self.factors.index("reader")
            raise PlanFault(f"{at}/factors/{index}", "The reader is a random effect already.")


@dataclass(frozen=True, kw_only=True)
class Glmm(Result):
    """``n`` counts cases; ``variances`` are those of the random readers and cases, on the logit.

    Odds ratios are those of one reader and one case (conditional), farther from 1 than of ``gee``.
    """

    n_readings: int
    metric: str
    coefficients: tuple[Coefficient, ...]
    odds_ratios: Mapping[str, Estimate]
    variances: Mapping[str, float]
    log_likelihood: float


@analysis("glmm", GlmmOptions)
def glmm(frame: TaskFrame, options: GlmmOptions, context: Context) -> Glmm:
    """Logistic model with random intercepts of readers and cases (crossed), Wald tests.

    Fitted by Laplace's approximation, as lme4's ``glmer``; no decision counts as wrong. A factor's
    effect is taken to be the same for all readers: where it varies, compare arms by ``mrmc_or``.
    """
    readings = readings_of_metric(frame, options)
    right = frame.correct(readings).astype(np.float64)
    design, names = design_matrix(frame, readings, options)
    _, reader = np.unique(readings.reader, return_inverse=True)
    case, n_cases = compact(readings.case)
    try:
        fit = fit_glmm(right, design, reader, case)
    except NoFit as fault:
        raise no_fit(fault, readings) from fault
    n_readers = len(readings.readers)
    if n_readers < FEW_READERS:
        context.warn(
            "The variance of readers is estimated from " + counted(n_readers, "reader.", "readers.")
        )
    table = coefficient_table(names, fit.coefficients, fit.covariance, context.alpha)
    return Glmm(
        n=n_cases, n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        n_readings=len(readings), metric=options.metric, coefficients=table,
        odds_ratios=odds_ratios(table, METHOD),
        variances={"reader": fit.sd_reader**2, "case": fit.sd_case**2},
        log_likelihood=fit.log_likelihood,
    )  # fmt: skip
