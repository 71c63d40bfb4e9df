"""Decision curve: is acting on the ratings better than treating all or none?"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from readerstudy.statistics.accuracy.calibration import net_benefit
from readerstudy.statistics.accuracy.probabilities import probabilities
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.grouping import warn_pooled
from readerstudy.statistics.options import Range
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import ALL, Selector

PERCENTS = tuple(percent / 100 for percent in range(1, 100))


@dataclass(frozen=True)
class DecisionCurveOptions:
    """``thresholds``: probabilities from which a case would be treated (0.01 to 0.99)."""

    select: Selector = ALL
    thresholds: tuple[Annotated[float, Range(0, 1, open=True)], ...] = PERCENTS


@dataclass(frozen=True)
class NetBenefit:
    """Net benefit at each threshold."""

    model: tuple[float, ...]
    treat_all: tuple[float, ...]
    treat_none: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionCurve(Result):
    """``prevalence`` is that of the rated readings."""

    prevalence: float
    thresholds: tuple[float, ...]
    net_benefit: NetBenefit


@analysis("decision_curve", DecisionCurveOptions, task="positive")
def decision_curve(
    frame: TaskFrame, options: DecisionCurveOptions, context: Context
) -> DecisionCurve:
    """Net benefit of treating from each threshold on (rating >= threshold).

    Vickers & Elkin, Med Decis Making 2006;26:565. doi:10.1177/0272989X06295361
    """
    readings = frame.select(options.select)
    warn_pooled(readings, context)
    found = probabilities(frame, readings, context)
    p, positive = found.probability, found.positive
    everyone = np.ones(p.size, dtype=bool)
    return DecisionCurve(
        **found.counts, prevalence=float(positive.mean()), thresholds=options.thresholds,
        net_benefit=NetBenefit(
            model=tuple(net_benefit(positive, p >= t, t) for t in options.thresholds),
            treat_all=tuple(net_benefit(positive, everyone, t) for t in options.thresholds),
            treat_none=(0.0,) * len(options.thresholds),
        ),
    )  # fmt: skip
