"""Whether the first side is not worse than the second by more than a margin."""

import math
from dataclasses import dataclass
from typing import Annotated

from scipy.optimize import brentq

from readerstudy.statistics.analyses.ai_vs_readers import AiVsReaders
from readerstudy.statistics.analyses.mcnemar import McNemar
from readerstudy.statistics.estimates import Estimate
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.mrmc.report import OrResult
from readerstudy.statistics.nested import Nested
from readerstudy.statistics.options import Range
from readerstudy.statistics.paired.proportions import PairedTable, newcombe_difference
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.tasks import Task

TYPES = ("mrmc_or", "mcnemar", "ai_vs_readers")
SMALLEST = 1e-300


@dataclass(frozen=True)
class NonInferiorityOptions:
    """``margin``: the largest loss of the first side that is tolerated, in units of the metric."""

    margin: Annotated[float, Range(low=0, high=1)]
    of: Nested

    def check(self, task: Task | None, at: str) -> None:
        """Refuse all but mrmc_or, mcnemar and ai_vs_readers. Raises ``PlanFault``."""
        self.of.check(task, f"{at}/of", TYPES)


@dataclass(frozen=True, kw_only=True)
class NonInferiority(Result):
    """``p_value``: one-sided, of the hypothesis that the loss is at least the margin.

    It lies at or below alpha/2 exactly when the two-sided interval of `difference` lies above
    -margin (``non_inferior``); ``superior``: the interval lies above 0. Superiority may be claimed
    after non-inferiority without adjusting alpha.
    """

    difference: Estimate
    margin: float
    non_inferior: bool | None
    superior: bool | None
    p_value: float | None


@analysis("non_inferiority", NonInferiorityOptions, tests=True)
def non_inferiority(
    frame: TaskFrame, options: NonInferiorityOptions, context: Context
) -> NonInferiority:
    """Compare the interval of the inner analysis' difference with the margin.

    References
    ----------
    .. [1] Chen W, Petrick N, Sahiner B. Hypothesis testing in noninferiority and equivalence MRMC
       ROC studies. Acad Radiol 2012;19:1158-1165. doi:10.1016/j.acra.2012.04.011
    """
    inner = options.of.run(frame, context)
    assert isinstance(inner, OrResult | McNemar | AiVsReaders)
    difference = inner.difference
    low = difference.ci_low
    if low is None:
        context.warn("The difference has no interval, so that nothing follows about the margin.")
    p_value = _from_spread(inner, options.margin)
    if isinstance(inner, McNemar):
        p_value = _from_newcombe(inner, options.margin)
    return NonInferiority(
        n=inner.n,
        n_missing=inner.n_missing,
        n_contradictory=inner.n_contradictory,
        difference=difference,
        margin=options.margin,
        non_inferior=None if low is None else low > -options.margin,
        superior=None if low is None else low > 0,
        p_value=p_value,
    )


def _from_spread(inner: OrResult | McNemar | AiVsReaders, margin: float) -> float | None:
    """Upper tail of (difference + margin)/se."""
    if isinstance(inner, McNemar) or inner.spread is None or inner.difference.estimate is None:
        return None
    return inner.spread.upper_tail((inner.difference.estimate + margin) / inner.spread.se)


def _from_newcombe(inner: McNemar, margin: float) -> float | None:
    """Half the level whose Newcombe interval just reaches -margin: the interval turned around."""
    table = PairedTable(inner.both, inner.n_a_only, inner.n_b_only, inner.neither)
    difference = inner.difference.estimate
    if difference is None:
        return None

    def distance(log_alpha: float) -> float:
        interval = newcombe_difference(table, math.exp(log_alpha))
        limit = interval.ci_low if difference >= -margin else interval.ci_high
        assert limit is not None
        return limit + margin

    if difference == -margin:
        return 0.5
    lowest = math.log(SMALLEST)
    beyond = distance(lowest) * distance(0.0) > 0
    half = math.exp(lowest if beyond else float(brentq(distance, lowest, 0.0))) / 2
    return half if difference > -margin else 1 - half
