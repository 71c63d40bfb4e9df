"""Gwet's AC1 (AC2 with weights): agreement of raters, missing decisions allowed."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.agreement.counts import Weights, category_counts, weight_matrix
from readerstudy.statistics.agreement.gwet import gwet_ac
from readerstudy.statistics.agreement.raters import rated
from readerstudy.statistics.estimates import Estimate, point_only, student, undefined
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector

METHOD = "t, linearised"


@dataclass(frozen=True)
class GwetOptions:
    """``weights`` other than none make it AC2, on the plan's order of categories."""

    select: Selector = ALL
    weights: Weights = "none"


@dataclass(frozen=True, kw_only=True)
class Gwet(Result):
    """``n_rated`` counts the cases with at least one decision, which the interval rests on."""

    n_rated: int
    ac1: Estimate
    se: float | None
    percent_agreement: float | None


@analysis("gwet_ac1", GwetOptions)
def gwet(frame: TaskFrame, options: GwetOptions, context: Context) -> Gwet:
    """Agreement of two or more raters; chance agreement counts all categories of the plan."""
    weighted = options.weights != "none"
    ratings = rated(frame, frame.select(options.select), context, ordered=weighted)
    k = len(ratings.categories)
    counts = category_counts(ratings.decisions, k)
    found = gwet_ac(counts, weight_matrix(k, options.weights))
    n_rated = int((counts.sum(axis=1) > 0).sum())
    return Gwet(
        n=ratings.n_cases, n_missing=ratings.n_missing, n_contradictory=ratings.n_contradictory,
        n_rated=n_rated, ac1=_estimate(found.coefficient, found.se, n_rated, context),
        se=found.se, percent_agreement=found.observed,
    )  # fmt: skip


def _estimate(value: float, se: float, n: int, context: Context) -> Estimate:
    if not np.isfinite(value):
        context.warn("AC1 is undefined: no case was decided by two raters.")
        return undefined(METHOD)
    if not np.isfinite(se):
        context.warn("One case gives no interval.")
        return point_only(value, METHOD)
    return student(value, se, n - 1, context.alpha, method=METHOD)
