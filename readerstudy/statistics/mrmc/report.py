"""The entry of an Obuchowski-Rockette analysis, shared by all figures of merit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from readerstudy.statistics.errors import AnalysisError
from readerstudy.statistics.estimates import Estimate, undefined
from readerstudy.statistics.registry import Context, Result
from readerstudy.statistics.resampling import compact
from readerstudy.statistics.selection import ALL, Selector
from readerstudy.statistics.tasks import Task

from .analysis import OrAnalysis, OrSettings, analyse
from .auc import BoolArray, IntArray
from .covariances import CovarianceMethod
from .designs import Design, detect_design, readers_nested
from .metrics import Metric
from .obuchowski_rockette import Inference, Spread
from .scoring import check_arms


@dataclass(frozen=True)
class OrOptions:
    """Options of every Obuchowski-Rockette analysis; ``arms`` omitted: those selected, in order."""

    select: Selector = ALL
    arms: tuple[str, ...] | None = None
    covariance: Literal["jackknife", "delong", "unbiased", "bootstrap"] = "jackknife"
    inference: Literal["RRRC", "FRRC", "RRFC"] = "RRRC"
    design: (
        Literal[
            "crossed",
            "cases_nested_in_reader",
            "cases_nested_in_arm",
            "readers_nested_in_arm",
            "readers_and_cases_nested_in_arm",
            "fully_nested",
        ]
        | None
    ) = None

    def check(self, _task: Task | None, at: str) -> None:
        """Refuse an arm that is named twice. Raises ``PlanFault``."""
        check_arms(self.arms, at)


@dataclass(frozen=True, kw_only=True)
class OrResult(Result):
    """``auc`` is the figure of merit by arm and reader, whatever it is.

    ``n_units`` cases enter the covariances; ``se`` belongs to ``difference``.
    """

    design: str
    covariance: str
    inference: str
    n_units: int
    auc: Mapping[str, Mapping[str, float | None]]
    arm_means: Mapping[str, Estimate]
    difference: Estimate
    se: float | None
    statistic: float | None
    distribution: str
    df1: int
    df2: float | None
    p_value: float | None
    components: Mapping[str, float | None]

    @property
    def spread(self) -> Spread | None:
        """Spread of the difference."""
        return None if self.se is None else Spread(self.se, self.df2)


def or_result(
    metric: Metric,
    arms: Sequence[str],
    readers: Sequence[str],
    options: OrOptions,
    context: Context,
    *,
    clusters: IntArray,
    perfect_is_degenerate: bool,
    counts: Mapping[str, int],
) -> OrResult:
    """Analyse the readers who have the figures of merit the design needs; warn of the others.

    Parameters
    ----------
    metric
        The figure of merit of all arms and readers.
    clusters
        (n_cases,) cluster of the cases of the study, which the metric's units point to.
    counts
        ``n``, ``n_missing``, ``n_contradictory`` of the entry.

    Raises
    ------
    AnalysisError
        ``no_figure_of_merit``, ``design_mismatch``, ``no_unbiased_covariance``.
    """
    figures = figures_by_reader(metric, arms, readers)
    metric = metric.of_readers(_usable_readers(metric, readers, context, counts))
    clusters = clusters[metric.case]
    design = _design(metric, options, counts)
    _warn_about_data(metric, options, design, clusters, context)
    settings = OrSettings(
        covariance=CovarianceMethod(options.covariance),
        inference=Inference(options.inference),
        design=design,
        alpha=context.alpha,
        resamples=context.resamples,
        perfect_is_degenerate=perfect_is_degenerate,
    )
    try:
        found = analyse(metric, settings, rng=context.rng, clusters=compact(clusters)[0])
    except ValueError as error:
        raise AnalysisError(
            "no_unbiased_covariance", f"The covariance cannot be computed: {error}.", "covariance"
        ) from error
    for sentence in found.warnings:
        context.warn(sentence)
    return _entry(found, figures, len(clusters), arms, options, counts)


def figures_by_reader(
    metric: Metric, arms: Sequence[str], readers: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """Figure of merit by arm and reader; None where nothing was read, NaN where it is undefined."""
    read: BoolArray = np.asarray(metric.seen.any(axis=2))
    return {
        arm: {
            reader: float(value) if seen else None
            for reader, value, seen in zip(readers, row, own, strict=True)
        }
        for arm, row, own in zip(arms, metric.values, read, strict=True)
    }


def _usable_readers(
    metric: Metric, readers: Sequence[str], context: Context, counts: Mapping[str, int]
) -> BoolArray:
    """(n_readers,) who has a figure of merit in every arm, or in one where readers are nested.

    The others are named in a warning.
    """
    present = ~np.isnan(metric.values)
    nested = readers_nested(metric.seen)
    usable = np.asarray(present.any(axis=0) if nested else present.all(axis=0), dtype=np.bool_)
    if not present[:, usable].any(axis=1).all():
        raise AnalysisError(
            "no_figure_of_merit",
            "No reader has a figure of merit in every arm; each needs cases of the kinds compared.",
            n=counts["n"],
            n_missing=counts["n_missing"],
        )
    if not usable.all():
        names = ", ".join(np.array(readers)[~usable].tolist())
        where = "" if nested else " in every arm"
        context.warn(f"Left out for want of a figure of merit{where}: {names}.")
    if nested:
        context.warn(
            "Every reader read in one arm only: the difference of the arms contains that of their "
            "readers, whose variance cannot be split."
        )
    return usable


def _design(metric: Metric, options: OrOptions, counts: Mapping[str, int]) -> Design:
    found = detect_design(metric.seen)
    if options.design is not None and found != options.design:
        raise AnalysisError(
            "design_mismatch",
            f"The plan says {options.design}; by who read which case the design is {found}.",
            "design",
            n=counts["n"],
            n_missing=counts["n_missing"],
        )
    return found


def _warn_about_data(
    metric: Metric, options: OrOptions, design: Design, clusters: IntArray, context: Context
) -> None:
    seen = metric.seen
    absent = int((~seen).sum())
    if design is Design.CROSSED and absent:
        context.warn(
            f"Absent from the crossed design: {absent} of {seen.size} readings, taken as missing "
            "at random."
        )
    if len(np.unique(clusters)) < len(clusters) and options.covariance != "bootstrap":
        context.warn(
            f"Cases come in clusters, which the {options.covariance} covariance takes as "
            "independent; the bootstrap covariance resamples whole clusters."
        )


def _entry(
    found: OrAnalysis,
    figures: Mapping[str, Mapping[str, float | None]],
    n_units: int,
    arms: Sequence[str],
    options: OrOptions,
    counts: Mapping[str, int],
) -> OrResult:
    ms, error = found.mean_squares, found.covariances
    nested = found.design.readers_nested
    return OrResult(
        **counts,
        design=found.design,
        covariance=options.covariance,
        inference=options.inference,
        n_units=n_units,
        auc=figures,
        arm_means=dict(zip(arms, found.arm_means, strict=True)),
        difference=found.difference or undefined(found.arm_means[0].ci_method),
        se=None if found.spread is None else found.spread.se,
        statistic=found.test.statistic,
        distribution=found.test.distribution,
        df1=found.test.df1,
        df2=found.test.df2,
        p_value=found.test.p_value,
        components={
            "MS_T": ms.arms,
            "MS_R": ms.readers,
            "MS_TR": None if nested else ms.interaction,
            "Var": error.var,
            "Cov1": error.cov1,
            "Cov2": error.cov2,
            "Cov3": error.cov3,
            "Var_R": found.var_r,
            "Var_TR": None if nested else found.var_tr,
        },
    )
