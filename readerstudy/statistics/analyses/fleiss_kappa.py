"""Fleiss' kappa: chance-corrected agreement of two or more raters on complete cases."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.agreement.counts import category_counts
from readerstudy.statistics.agreement.fleiss import FleissKappa, fleiss_kappa
from readerstudy.statistics.agreement.raters import rated
from readerstudy.statistics.estimates import Estimate, student, two_sided_normal, undefined
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.wording import counted

METHOD = "t, linearised"


@dataclass(frozen=True)
class FleissOptions:
    """Raters are the distinct (reader, arm, period) of the selection."""

    select: Selector = ALL


@dataclass(frozen=True)
class CategoryKappa:
    """One category against the rest."""

    kappa: float | None
    se0: float | None
    z: float | None
    p_value: float | None


@dataclass(frozen=True, kw_only=True)
class Fleiss(Result):
    """``se`` belongs to the interval, ``se0`` (under kappa = 0) to ``z`` and ``p_value``."""

    n_complete: int
    n_raters: int
    kappa: Estimate
    se: float | None
    se0: float | None
    z: float | None
    p_value: float | None
    per_category: Mapping[str, CategoryKappa]
    percent_agreement: float | None


@analysis("fleiss_kappa", FleissOptions, tests=True)
def fleiss(frame: TaskFrame, options: FleissOptions, context: Context) -> Fleiss:
    """Agreement over the cases that every rater decided; the others are counted and left out.

    ``percent_agreement`` is the mean share of agreeing pairs of raters, between 0 and 1.
    """
    ratings = rated(frame, frame.select(options.select), context)
    complete = ratings.decisions[(ratings.decisions >= 0).all(axis=1)]
    left_out = ratings.n_cases - len(complete)
    if left_out:
        context.warn(
            counted(left_out, "case was", "cases were")
            + " not decided by every rater and left out."
        )
    counts = category_counts(complete, len(ratings.categories))
    found = fleiss_kappa(counts)
    if not np.isfinite(found.kappa):
        context.warn(
            "Kappa is undefined: "
            + ("all decisions are of one category." if len(complete) else "no case is complete.")
        )
    z = found.kappa / found.se0 if found.se0 else float("nan")
    return Fleiss(
        n=ratings.n_cases, n_missing=ratings.n_missing, n_contradictory=ratings.n_contradictory,
        n_complete=len(complete), n_raters=ratings.decisions.shape[1],
        kappa=_estimate(found, len(complete), context),
        se=found.se, se0=found.se0, z=z, p_value=two_sided_normal(z),
        per_category={
            name: _category(found.kappa_j[index], found.se0_category)
            for index, name in enumerate(ratings.categories)
        },
        percent_agreement=found.observed,
    )  # fmt: skip


def _estimate(found: FleissKappa, n_complete: int, context: Context) -> Estimate:
    if not np.isfinite(found.kappa):
        return undefined(METHOD)
    if n_complete < 2:
        context.warn("One complete case gives no interval.")
    return student(found.kappa, found.se, n_complete - 1, context.alpha, method=METHOD)


def _category(kappa: float, se0: float) -> CategoryKappa:
    if not np.isfinite(kappa):
        return CategoryKappa(None, None, None, None)
    z = kappa / se0
    return CategoryKappa(float(kappa), se0, z, two_sided_normal(z))
