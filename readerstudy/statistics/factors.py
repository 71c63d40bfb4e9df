"""Regressions on being right: which readings, which columns, and how coefficients are reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import FloatArray, Readings, StrArray, TaskFrame
from readerstudy.statistics.models.coefficients import Coefficient
from readerstudy.statistics.selection import ALL, KEYS, PlanFault, Selector
from readerstudy.statistics.tasks import Task


@dataclass(frozen=True)
class RegressionOptions:
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


def readings_of_metric(frame: TaskFrame, options: RegressionOptions) -> Readings:
    """The readings the rate is about. Raises ``AnalysisError`` (no_readings)."""
    readings = frame.select(options.select)
    if options.metric == "accuracy":
        return readings
    positive = frame.task.is_positive(frame.truth(readings))
    part = readings.take(positive if options.metric == "sensitivity" else ~positive)
    if not len(part):
        side = "positive" if options.metric == "sensitivity" else "negative"
        raise AnalysisError("no_readings", f"No {side} case was read.", "metric", n=len(readings))
    return part


def design_matrix(
    frame: TaskFrame, readings: Readings, options: RegressionOptions
) -> tuple[FloatArray, list[str]]:
    """(n_readings, n_columns) intercept and one column per level other than the reference's.

    Raises
    ------
    AnalysisError
        ``unknown_level``, ``unknown_stratum``.
    """
    columns = {"intercept": np.ones(len(readings))}
    for factor in options.factors:
        columns |= level_columns(frame, readings, factor, (options.reference or {}).get(factor))
    return np.column_stack(list(columns.values())), list(columns)


def level_columns(
    frame: TaskFrame, readings: Readings, factor: str, reference: str | None = None
) -> dict[str, FloatArray]:
    """(n_readings,) 0 or 1 by name, for every level of a factor other than the reference's."""
    values = _factor_values(frame, readings, factor)
    levels = list(dict.fromkeys(values.tolist()))
    base = levels[0] if reference is None else reference
    if base not in levels:
        raise AnalysisError(
            "unknown_level", f'No reading has the {factor} "{base}".', f"reference/{factor}",
            n=len(readings),
        )  # fmt: skip
    return {
        f"{factor}[{level}]": (values == level).astype(np.float64)
        for level in levels
        if level != base
    }


def no_fit(fault: Exception, readings: Readings) -> AnalysisError:
    """The error of a model that has no finite maximum on these readings."""
    return AnalysisError(
        "no_fit", f"The model cannot be fitted to these data: {fault}.", "factors",
        n=len(readings), n_missing=readings.n_missing,
    )  # fmt: skip


def odds_ratios(table: tuple[Coefficient, ...], method: str) -> dict[str, Estimate]:
    """Exponentiated coefficients by name, without the intercept."""
    ratios = {}
    for row in table:
        if row.name != "intercept":
            low, high = (float(np.exp(limit)) for limit in (row.ci_low, row.ci_high))
            ratios[row.name] = Estimate(float(np.exp(row.estimate)), low, high, method)
    return ratios


def _factor_values(frame: TaskFrame, readings: Readings, factor: str) -> StrArray:
    """(n_readings,) text of a column of the readings, or of a stratum of their cases."""
    if factor in KEYS:
        column: StrArray = getattr(readings, factor).astype(np.str_)
        return column
    return frame.stratum(factor, "factors")[readings.case]
