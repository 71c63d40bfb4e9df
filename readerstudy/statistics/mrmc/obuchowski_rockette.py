"""Obuchowski-Rockette analysis of a multi-reader multi-case study with Hillis' degrees of freedom.

The figures of merit of t arms and r readers are compared by a two-way analysis of variance whose
F is corrected for the correlation that comes from reading the same cases.

References
----------
.. [1] Obuchowski NA, Rockette HE. Hypothesis testing of diagnostic accuracy for multiple readers
   and multiple tests. Commun Stat Simul Comput 1995;24:285-308. doi:10.1080/03610919508813243
.. [2] Hillis SL. A comparison of denominator degrees of freedom methods for multiple observer ROC
   analysis. Stat Med 2007;26:596-619. doi:10.1002/sim.2532
.. [3] Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological
   imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from .auc import BoolArray, FloatArray
from .designs import Design

NEGLIGIBLE = 1e-15
"""Variances of figures of merit in [0, 1] below this are rounding errors, taken as 0."""


class Inference(StrEnum):
    """What the study is a sample of: readers and cases, cases only, readers only."""

    RRRC = "RRRC"
    FRRC = "FRRC"
    RRFC = "RRFC"


@dataclass(frozen=True)
class Covariances:
    """Error variance and covariances, averaged over pairs of cells.

    Var: one cell; Cov1: same reader, other arm; Cov2: same arm, other reader; Cov3: both other.
    """

    var: float
    cov1: float
    cov2: float
    cov3: float


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of the two-way table; NaN where there is one arm or one reader.

    With readers nested in arms `readers` is that within arms, and there is no `interaction`.
    """

    arms: float
    readers: float
    interaction: float


@dataclass(frozen=True)
class Test:
    """Test of equal arms; `df2` is None for chi-square and when it is infinite."""

    statistic: float | None
    distribution: str
    df1: int
    df2: float | None
    p_value: float | None


@dataclass(frozen=True)
class Spread:
    """Standard error of an estimate and its degrees of freedom (None = normal)."""

    se: float
    df: float | None

    def interval(self, estimate: float, alpha: float) -> tuple[float, float]:
        """Two-sided 1 - alpha interval, not cut to a range."""
        half = self.quantile(1 - alpha / 2) * self.se
        return estimate - half, estimate + half

    def quantile(self, probability: float) -> float:
        """Quantile of the reference distribution."""
        law = stats.norm if self.df is None else stats.t(self.df)
        return float(law.ppf(probability))

    def upper_tail(self, statistic: float) -> float:
        """P(reference distribution > statistic)."""
        law = stats.norm if self.df is None else stats.t(self.df)
        return float(law.sf(statistic))


def mean_squares(values: FloatArray) -> MeanSquares:
    """Mean squares of (n_arms, n_readers) figures of merit."""
    t, r = values.shape
    grand = values.mean()
    arms, readers = values.mean(axis=1), values.mean(axis=0)
    residual = values - arms[:, None] - readers[None, :] + grand
    return MeanSquares(
        arms=_mean_square(r * ((arms - grand) ** 2).sum(), t - 1),
        readers=_mean_square(t * ((readers - grand) ** 2).sum(), r - 1),
        interaction=_mean_square((residual**2).sum(), (t - 1) * (r - 1)),
    )


def average_covariances(
    matrix: FloatArray,
    n_arms: int,
    n_readers: int,
    design: Design = Design.CROSSED,
    present: BoolArray | None = None,
) -> Covariances:
    """Average an (n_cells, n_cells) matrix into Var, Cov1, Cov2, Cov3 [3]_.

    A nested design sets to exactly 0 what its cells cannot share. A kind of pair that does not
    exist (one arm, one reader, a reader in one arm only) averages to 0.

    Parameters
    ----------
    present
        (n_arms, n_readers) which cells there are; None = all.
    """
    blocks = matrix.reshape(n_arms, n_readers, n_arms, n_readers)
    same_arm = np.eye(n_arms, dtype=bool)[:, None, :, None]
    same_reader = np.eye(n_readers, dtype=bool)[None, :, None, :]
    cells = np.ones((n_arms, n_readers), dtype=bool) if present is None else present
    there = cells[:, :, None, None] & cells[None, None, :, :]

    def mean(wanted: BoolArray) -> float:
        chosen = wanted & there
        return float(blocks[chosen].mean()) if chosen.any() else 0.0

    arms, readers = design.arms_share_cases, design.readers_share_cases
    return Covariances(
        var=mean(same_arm & same_reader),
        cov1=mean(~same_arm & same_reader) if arms else 0.0,
        cov2=mean(same_arm & ~same_reader) if readers else 0.0,
        cov3=mean(~same_arm & ~same_reader) if arms and readers else 0.0,
    )


def arms_test(
    ms: MeanSquares, cov: Covariances, n_arms: int, n_readers: int, inference: Inference
) -> tuple[Test, Spread | None]:
    """Test of equal arms and the spread of a difference between two arms, readers crossed.

    Returns
    -------
    tuple
        The test, its statistic and p None where the denominator is not positive, and the
        `Spread` of a difference of two arm means, None likewise.
    """
    shared = max(cov.cov2 - cov.cov3, 0.0)
    df1 = n_arms - 1
    if inference is Inference.FRRC:
        denominator = cov.var - cov.cov1 + (n_readers - 1) * shared
        return chi_square(ms.arms, denominator, df1), normal_spread(denominator, n_readers)
    denominator = ms.interaction
    if inference is Inference.RRRC:
        denominator += n_readers * shared
    df = df1 * (n_readers - 1)
    test = f_ratio(ms.arms, denominator, ms.interaction, df1, df)
    return test, t_spread(denominator, ms.interaction, df, n_readers)


def f_ratio(arms: float, denominator: float, estimated: float, df1: int, df: int) -> Test:
    """F of the arms' mean square, where only the part `estimated` of the denominator varies.

    With nothing that varies the denominator counts as known: df2 None, p by chi-square.
    """
    if not denominator > NEGLIGIBLE:
        return Test(None, "F", df1, None, None)
    statistic = arms / denominator
    df2 = _satterthwaite(denominator, estimated, df)
    if df2 is None:
        return Test(statistic, "F", df1, None, float(stats.chi2.sf(df1 * statistic, df1)))
    return Test(statistic, "F", df1, df2, float(stats.f.sf(statistic, df1, df2)))


def chi_square(arms: float, denominator: float, df1: int) -> Test:
    """Chi-square of the arms' mean square over a denominator taken as known."""
    if not denominator > NEGLIGIBLE:
        return Test(None, "chi2", df1, None, None)
    statistic = df1 * arms / denominator
    return Test(statistic, "chi2", df1, None, float(stats.chi2.sf(statistic, df1)))


def t_spread(
    denominator: float, estimated: float, df: int, readers_per_arm: float
) -> Spread | None:
    """Spread of a difference of two arm means on t; None where the variance is not positive."""
    if not denominator > NEGLIGIBLE:
        return None
    se = math.sqrt(2 * denominator / readers_per_arm)
    return Spread(se, _satterthwaite(denominator, estimated, df))


def normal_spread(denominator: float, readers_per_arm: float) -> Spread | None:
    """The same with a denominator taken as known."""
    if not denominator > NEGLIGIBLE:
        return None
    return Spread(math.sqrt(2 * denominator / readers_per_arm), None)


def arm_spread(values: FloatArray, cov: Covariances, inference: Inference) -> Spread | None:
    """Spread of one arm's mean over readers, from that arm alone.

    Parameters
    ----------
    values
        (n_readers,) figures of merit of the arm.
    cov
        Covariances of the arm's own cells.

    Returns
    -------
    Spread or None
        None where the variance is not positive.
    """
    r = len(values)
    shared = max(cov.cov2, 0.0)
    if inference is Inference.FRRC:
        variance, df = (cov.var + (r - 1) * shared) / r, None
    else:
        readers = float(values.var(ddof=1))
        total = readers + (r * shared if inference is Inference.RRRC else 0.0)
        variance, df = total / r, _satterthwaite(total, readers, r - 1)
    return Spread(math.sqrt(variance), df) if variance > NEGLIGIBLE else None


def variance_components(ms: MeanSquares, cov: Covariances, n_arms: int) -> tuple[float, float]:
    """Var_R and Var_TR, the reader and arm-by-reader variances, never truncated at 0."""
    readers = (ms.readers - ms.interaction) / n_arms - cov.cov1 + cov.cov3
    interaction = ms.interaction - cov.var + cov.cov1 + (cov.cov2 - cov.cov3)
    return readers, interaction


def _mean_square(sum_of_squares: float, df: int) -> float:
    return float(sum_of_squares) / df if df > 0 else math.nan


def _satterthwaite(total: float, estimated: float, df: int) -> float | None:
    """Degrees of freedom of `total` when only its part `estimated` varies [2]_; None = infinite."""
    return total**2 / (estimated**2 / df) if estimated > NEGLIGIBLE else None
