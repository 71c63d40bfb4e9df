"""Published figures of regression models."""

import numpy as np

from readerstudy.statistics.models.glmm import fit_glmm
from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.data import CBPP

NAME = "Lesnoff 2004"
GLMM_TMB = "R packages lme4 and glmmTMB, data set cbpp, Laplace's approximation"
COEFFICIENTS = {
    "intercept": ("-1.3985", "0.2325"), "period 2": ("-0.9923", "0.3066"),
    "period 3": ("-1.1287", "0.3266"), "period 4": ("-1.5803", "0.4274"),
}  # fmt: skip


def model_checks() -> list[Check]:
    """Mixed logistic regression of cattle pneumonia by period, herds random."""
    herd, period, ill, size = CBPP.T
    outcome = np.concatenate([np.arange(n) < k for k, n in zip(ill, size, strict=True)]) * 1.0
    periods = np.repeat(period, size)
    design = np.stack([np.ones(outcome.size), *(periods == k for k in (2, 3, 4))], axis=1)
    no_reader = np.zeros(outcome.size, dtype=np.int64)
    fit = fit_glmm(outcome, design, no_reader, np.repeat(herd, size) - 1)
    errors = np.sqrt(np.diag(fit.covariance))
    checks = [Check(NAME, "standard deviation of herds", "0.6423", fit.sd_case, GLMM_TMB)]
    for (name, texts), value, se in zip(
        COEFFICIENTS.items(), fit.coefficients, errors, strict=True
    ):
        checks += [
            Check(NAME, f"log odds, {name}", texts[0], float(value), GLMM_TMB),
            Check(NAME, f"standard error, {name}", texts[1], float(se), GLMM_TMB),
        ]
    return checks
