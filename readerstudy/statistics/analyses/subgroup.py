"""Subgroups: one analysis per stratum or group of readings, and whether they differ."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from readerstudy.statistics.entries import Entry, build_entry
from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.nested import Nested
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import KEYS
from readerstudy.statistics.tasks import Task

HEADLINES = ("accuracy", "difference", "auc", "kappa", "ac1", "alpha", "icc")
"""Estimates by which subgroups are compared; the first that an entry has."""


@dataclass(frozen=True)
class SubgroupOptions:
    """``by``: a stratum of the reference or a column of the readings; ``of``: what to run in each.

    ``of`` is an analysis object (type and options), the id of another analysis, or the name of a
    type whose options stand beside it.
    """

    by: str
    of: Nested

    def check(self, task: Task | None, at: str) -> None:
        """The inner analysis must suit the task."""
        self.of.check(task, f"{at}/of")


@dataclass(frozen=True, kw_only=True)
class Subgroups(Result):
    """``groups`` by level; ``interaction_p`` is null where fewer than two can be compared."""

    by: str
    groups: Mapping[str, Entry]
    interaction_p: float | None


@analysis("subgroup", SubgroupOptions)
def subgroup(frame: TaskFrame, options: SubgroupOptions, context: Context) -> Subgroups:
    """The inner analysis in each subgroup, and a test that its result is the same in all.

    The estimates (of a diagnostic table the accuracy) are compared by Cochran's heterogeneity
    Q = sum w (x - mean)^2 on groups - 1 degrees of freedom, their standard errors being taken from
    the widths of their intervals.
    """
    parts = split_frame(frame, options.by)
    groups: dict[str, Entry] = {}
    for (level, part), rng in zip(parts.items(), context.rng.spawn(len(parts)), strict=True):
        groups[level] = _entry(options.of, part, context.child(rng))
    p_value = _interaction(list(groups.values()), context)
    if p_value is None:
        context.warn("Fewer than two subgroups have an estimate with an interval to compare.")
    return Subgroups(
        n=np.unique(frame.readings.case).size, n_missing=frame.readings.n_missing,
        n_contradictory=frame.readings.n_contradictory,
        by=options.by, groups=groups, interaction_p=p_value,
    )  # fmt: skip


def split_frame(frame: TaskFrame, by: str) -> dict[str, TaskFrame]:
    """The frame by the levels of a stratum (cases) or of a reading's column, in file order.

    Raises
    ------
    AnalysisError
        ``unknown_stratum``, or ``no_readings`` where there is nothing to split.
    """
    if by in KEYS:
        column = getattr(frame.readings, by).astype(np.str_)
        levels = dict.fromkeys(column.tolist())
        parts = {
            level: replace(frame, readings=frame.readings.take(column == level)) for level in levels
        }
    else:
        stratum = frame.stratum(by, "by")
        parts = {
            level: frame.keep_cases(stratum == level) for level in dict.fromkeys(stratum.tolist())
        }
    if not parts:
        raise AnalysisError("no_readings", "There are no readings to split.", "by")
    return parts


def headline_of(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The estimate by which an entry is compared with those of other subgroups, if it has one."""
    return next((entry[key] for key in HEADLINES if key in entry), None)


def _entry(inner: Nested, part: TaskFrame, context: Context) -> Entry:
    """The inner analysis' entry in one subgroup."""
    kind = inner.spec(part.task).kind.name
    return build_entry(kind, "of", context, lambda: inner.run(part, context))


def _interaction(entries: list[Entry], context: Context) -> float | None:
    """P value of the hypothesis that all subgroups have the same true value, by Cochran's Q.

    Cochran, Biometrics 1954;10:101. doi:10.2307/3001666
    """
    found: Any = [
        next((entry[key] for key in HEADLINES if key in entry), None) for entry in entries
    ]
    usable = [
        estimate for estimate in found
        if estimate is not None and estimate["ci_low"] is not None
        and estimate["ci_high"] > estimate["ci_low"]
    ]  # fmt: skip
    if len(usable) < 2:
        return None
    value, low, high = (
        np.array([estimate[key] for estimate in usable])
        for key in ("estimate", "ci_low", "ci_high")
    )
    se = (high - low) / (2 * stats.norm.isf(context.alpha / 2))
    weight = se**-2
    q = (weight * (value - (weight * value).sum() / weight.sum()) ** 2).sum()
    return float(stats.chi2.sf(q, len(usable) - 1))
