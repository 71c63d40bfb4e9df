"""Intraclass correlation: agreement of raters on a measured value."""

import re
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.agreement.icc import Icc, MeanSquares, Model, icc
from readerstudy.statistics.agreement.values import ScaleValue, scale_values
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate, point_only, undefined
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, PlanFault, Selector, shown
from readerstudy.statistics.wording import counted

METHOD = "F"
_FORM = re.compile(r"(?:icc)?\(?([123]),?(1|k)?\)?", re.IGNORECASE)
_MCGRAW_WONG = {"1": "1", "a": "2", "c": "3"}


@dataclass(frozen=True)
class Form:
    """One of the six forms of Shrout & Fleiss."""

    model: Model
    average: bool

    @classmethod
    def parse(cls, value: object, at: str) -> "Form":
        """``2,1``, ``ICC(2,k)``, ``ICC2k``; McGraw & Wong's ``A-1``, ``C-k`` too."""
        text = str(value).replace(" ", "").replace("-", ",").lower()
        first, _, rest = text.removeprefix("icc").strip("()").partition(",")
        if first in _MCGRAW_WONG and rest:
            text = f"{_MCGRAW_WONG[first]},{rest}"
        found = _FORM.fullmatch(text)
        if found is None:
            raise PlanFault(at, f"{shown(value)} is unknown; use 1,1 2,1 3,1 1,k 2,k or 3,k.")
        models: dict[str, Model] = {"1": "1", "2": "2", "3": "3"}
        return cls(models[found[1]], found[2] == "k")

    def __str__(self) -> str:
        return f"{self.model},{'k' if self.average else '1'}"


@dataclass(frozen=True)
class IccOptions:
    """``form``: model 1 (raters vary), 2 (random raters, absolute agreement) or 3 (consistency)."""

    select: Selector = ALL
    form: Form = Form("2", average=False)
    value: ScaleValue = "rating"


@dataclass(frozen=True, kw_only=True)
class IccResult(Result):
    """``F`` tests a coefficient of zero."""

    form: str
    n_complete: int
    icc: Estimate
    F: float | None
    df1: float | None
    df2: float | None
    p_value: float | None


@analysis("icc", IccOptions, tests=True)
def intraclass_correlation(frame: TaskFrame, options: IccOptions, context: Context) -> IccResult:
    """ICC over the cases with a value of every rater; the others are counted and left out."""
    readings = frame.select(options.select)
    found = scale_values(frame, readings, options.value, context, ordered=True, numeric=True)
    values = found.values[np.isfinite(found.values).all(axis=1)]
    if len(found.values) > len(values):
        context.warn(
            counted(len(found.values) - len(values), "case was", "cases were")
            + " left out for want of a value of some rater."
        )
    if len(values) < 2:
        raise AnalysisError(
            "too_few_cases", f"At least 2 complete cases are needed, found {len(values)}.",
            "select", n=len(found.values), n_missing=found.n_missing,
        )  # fmt: skip
    result = icc(MeanSquares.of(values), options.form.model, options.form.average, context.alpha)
    if not np.isfinite(result.icc):
        context.warn(
            "All values, or the means of all cases, are the same: the coefficient is undefined."
        )
    elif not np.isfinite(result.f):
        context.warn("There is no disagreement at all; F and the interval are undefined.")
    elif not np.isfinite(result.low):
        context.warn("The means of all cases are the same: no interval.")
    return IccResult(
        n=len(found.values), n_missing=found.n_missing, n_contradictory=readings.n_contradictory,
        form=str(options.form), n_complete=len(values), icc=_estimate(result),
        F=result.f, df1=result.df1, df2=result.df2, p_value=result.p_value,
    )  # fmt: skip


def _estimate(result: Icc) -> Estimate:
    if not np.isfinite(result.icc):
        return undefined(METHOD)
    if not np.isfinite(result.low):
        return point_only(result.icc, METHOD)
    return Estimate(result.icc, result.low, result.high, METHOD)
