"""Prevalence: what accuracy would be in other mixes of positive and negative cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.random import Generator
from scipy import stats

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.frame import FloatArray, TaskFrame
from readerstudy.statistics.grouping import warn_pooled
from readerstudy.statistics.options import Range
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.resampling import percentile_limits
from readerstudy.statistics.selection import ALL, PlanFault, Selector, shown
from readerstudy.statistics.tasks import BoolArray


@dataclass(frozen=True)
class Ratio:
    """Positive to negative cases."""

    positive: float
    negative: float

    @classmethod
    def parse(cls, value: object, at: str) -> "Ratio":
        """``"1:9"`` or ``[1, 9]``."""
        parts = value.split(":") if isinstance(value, str) else value
        try:
            if not isinstance(parts, list) or len(parts) != 2:
                raise ValueError
            positive, negative = (float(part) for part in parts)
        except (ValueError, TypeError):
            raise PlanFault(at, f'A ratio such as "1:9" is needed, found {shown(value)}.') from None
        if not (positive >= 0 and negative >= 0 and 0 < positive + negative < np.inf):
            raise PlanFault(at, f"{shown(value)} is no ratio of cases.")
        return cls(positive, negative)

    def __str__(self) -> str:
        return f"{self.positive:g}:{self.negative:g}"

    def positives_among(self, size: int) -> int:
        """Positive cases in a sample of this size, rounded half up."""
        return int(np.floor(size * self.positive / (self.positive + self.negative) + 0.5))


CLINIC_MIXES = (Ratio(1, 9), Ratio(5, 5), Ratio(9, 1))
"""Check-up centre, outpatient clinic, ward, as simulated in the CEUS Model-DCB paper."""


@dataclass(frozen=True)
class PrevalenceOptions:
    """``ratios`` positive : negative, ``size`` of each sample, ``repeats`` samples per ratio."""

    ratios: tuple[Ratio, ...] = CLINIC_MIXES
    size: Annotated[int, Range(low=1)] = 100
    repeats: Annotated[int, Range(1, 1_000_000)] = 100
    select: Selector = ALL


@dataclass(frozen=True)
class Spread:
    """Over the repeats: mean, standard deviation, percentiles."""

    mean: float
    sd: float | None
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Scenario:
    """One mix of cases; ``expected`` is the accuracy that sensitivity and specificity imply."""

    ratio: str
    n_positive: int
    n_negative: int
    accuracy: Spread
    expected: float


@dataclass(frozen=True, kw_only=True)
class Prevalence(Result):
    """``p_value``: of the hypothesis that sensitivity equals specificity."""

    scenarios: tuple[Scenario, ...]
    sensitivity: float
    specificity: float
    p_value: float


@analysis("prevalence", PrevalenceOptions, task="positive", tests=True)
def prevalence(frame: TaskFrame, options: PrevalenceOptions, context: Context) -> Prevalence:
    """Accuracy in samples drawn without replacement at each ratio.

    The repeats of one study share its cases, so that a test between them would only measure how
    often one repeats. Accuracy is the same at every prevalence exactly when sensitivity equals
    specificity; that is tested, by Fisher's exact test on all readings.
    """
    readings = frame.select(options.select)
    warn_pooled(readings, context)
    right = frame.correct(readings)
    positive = frame.task.is_positive(frame.truth(readings))
    sides = {"positive": right[positive], "negative": right[~positive]}
    if 0 in (sides["positive"].size, sides["negative"].size):
        raise AnalysisError(
            "one_sided", "Both positive and negative cases are needed.", "select",
            n=len(readings), n_missing=readings.n_missing,
        )  # fmt: skip
    scenarios = [
        _scenario(ratio, sides, options, context.rng, context.alpha) for ratio in options.ratios
    ]
    if options.repeats == 1:
        context.warn("One repeat has no standard deviation.")
    table = np.array([[flags.sum(), (~flags).sum()] for flags in sides.values()])
    return Prevalence(
        n=len(readings), n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        scenarios=tuple(scenarios), sensitivity=float(sides["positive"].mean()),
        specificity=float(sides["negative"].mean()),
        p_value=float(stats.fisher_exact(table).pvalue),
    )  # fmt: skip


def _scenario(
    ratio: Ratio, sides: Mapping[str, BoolArray], options: PrevalenceOptions, rng: Generator,
    alpha: float,
) -> Scenario:  # fmt: skip
    n_positive = ratio.positives_among(options.size)
    wanted = {"positive": n_positive, "negative": options.size - n_positive}
    for side, n in wanted.items():
        if n > sides[side].size:
            raise AnalysisError(
                "too_few_cases",
                f"{ratio} in {options.size} needs {n} {side} cases, there are {sides[side].size}.",
                "size", n=sum(flags.size for flags in sides.values()),
            )  # fmt: skip
    hits = sum(_sampled_hits(sides[side], n, options.repeats, rng) for side, n in wanted.items())
    accuracy = np.asarray(hits / options.size, dtype=np.float64)
    low, high = percentile_limits(accuracy, alpha)
    expected = sum(n * float(sides[side].mean()) for side, n in wanted.items()) / options.size
    sd = float(accuracy.std(ddof=1)) if options.repeats > 1 else None
    return Scenario(
        str(ratio), n_positive, options.size - n_positive,
        Spread(float(accuracy.mean()), sd, low, high), expected,
    )  # fmt: skip


def _sampled_hits(flags: BoolArray, n: int, repeats: int, rng: Generator) -> FloatArray:
    """(repeats,) right answers among n drawn without replacement: hypergeometric."""
    right = int(flags.sum())
    return rng.hypergeometric(right, flags.size - right, n, size=repeats).astype(np.float64)
