"""Dorfman-Berbaum-Metz analysis of jackknife pseudovalues.

With Hillis' model simplification and degrees of freedom it is the Obuchowski-Rockette analysis
with jackknife covariances, written as an analysis of variance [1]_; it stands here as the
independent route to the same F.

References
----------
.. [1] Hillis SL, Obuchowski NA, Schartz KM, Berbaum KS. A comparison of the Dorfman-Berbaum-Metz
   and Obuchowski-Rockette methods for ROC data. Stat Med 2005;24:1579-1607. doi:10.1002/sim.2024
.. [2] Dorfman DD, Berbaum KS, Metz CE. Invest Radiol 1992;27:723-731.
   doi:10.1097/00004424-199209000-00015
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from .auc import FloatArray
from .metrics import Metric


@dataclass(frozen=True)
class DbmTest:
    """Test of equal arms, readers and cases random."""

    statistic: float
    df1: int
    df2: float
    p_value: float


def pseudovalues(metric: Metric) -> FloatArray:
    """(n_arms, n_readers, n_units) N value - (N - 1) leave-one-out value, N = units."""
    values, left_out = metric.values, metric.leave_one_out()
    n = left_out.shape[1]
    return np.asarray(
        n * values[:, :, None] - (n - 1) * left_out.reshape(*values.shape, n), dtype=np.float64
    )


def dbm_test(metric: Metric) -> DbmTest:
    """F test of equal arms from the three-way table of pseudovalues (crossed design).

    Raises
    ------
    ValueError
        If there are fewer than two arms or readers, or F is undefined.
    """
    table = pseudovalues(metric)
    t, r, n = table.shape
    if t < 2 or r < 2:
        raise ValueError("the DBM test needs at least two arms and two readers")
    arm = table.mean(axis=(1, 2), keepdims=True)
    reader = table.mean(axis=(0, 2), keepdims=True)
    case = table.mean(axis=(0, 1), keepdims=True)
    arm_reader = table.mean(axis=2, keepdims=True)
    arm_case = table.mean(axis=1, keepdims=True)
    reader_case = table.mean(axis=0, keepdims=True)
    grand = table.mean()
    ms_t = r * n * ((arm - grand) ** 2).sum() / (t - 1)
    ms_tr = n * ((arm_reader - arm - reader + grand) ** 2).sum() / ((t - 1) * (r - 1))
    ms_tc = r * ((arm_case - arm - case + grand) ** 2).sum() / ((t - 1) * (n - 1))
    rest = table - arm_reader - arm_case - reader_case + arm + reader + case - grand
    ms_trc = (rest**2).sum() / ((t - 1) * (r - 1) * (n - 1))
    denominator = ms_tr + max(ms_tc - ms_trc, 0.0)
    if not ms_tr > 0:
        raise ValueError("the arm-by-reader mean square is 0: the DBM test is undefined")
    df1 = t - 1
    df2 = float(denominator**2 / (ms_tr**2 / (df1 * (r - 1))))
    statistic = float(ms_t / denominator)
    return DbmTest(statistic, df1, df2, float(stats.f.sf(statistic, df1, df2)))
