"""The Roe-Metz model of reader ratings: simulated studies and exact moments.

The rating of case k with truth t by reader j in arm i is
``mean_it + R_jt + C_kt + (TR)_ijt + (TC)_ikt + (RC)_jkt + E_ijkt``: independent normal effects of
mean 0, drawn apart for the two truths. Negative cases have mean 0 in both arms; positive ones mu
in the first arm and mu + delta in the second.

References
----------
.. [1] Roe CA, Metz CE. Acad Radiol 1997;4:298-303. doi:10.1016/S1076-6332(97)80032-3
.. [2] Gallas BD, Hillis SL. Generalized Roe and Metz ROC model. J Med Imaging 2014;1:031006.
   doi:10.1117/1.JMI.1.3.031006
.. [3] Hillis SL. Relationship between Roe and Metz simulation model for multireader diagnostic
   data and Obuchowski-Rockette model parameters. Stat Med 2018;37:2067-2093.
   doi:10.1002/sim.7616
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from .auc import BoolArray, FloatArray
from .obuchowski_rockette import Covariances
from .ustat import crossed_coefficients


@dataclass(frozen=True)
class RoeMetz:
    """Parameters on the scale of the ratings; variances are those of one truth."""

    mu: float
    delta: float
    var_r: float
    var_c: float
    var_tr: float
    var_tc: float
    var_rc: float
    var_e: float

    @property
    def sd_difference(self) -> float:
        """Standard deviation of a positive rating minus a negative one, everything random."""
        total = self.var_r + self.var_c + self.var_tr + self.var_tc + self.var_rc + self.var_e
        return math.sqrt(2 * total)

    @property
    def aucs(self) -> tuple[float, float]:
        """Expected AUC of the two arms."""
        return (
            float(stats.norm.cdf(self.mu / self.sd_difference)),
            float(stats.norm.cdf((self.mu + self.delta) / self.sd_difference)),
        )

    def with_effect(self, effect: float) -> "RoeMetz":
        """The same model with `delta` such that the second arm's AUC is larger by `effect`.

        Raises
        ------
        ValueError
            If the second AUC would not lie strictly between 0 and 1.
        """
        target = self.aucs[0] + effect
        if not 0 < target < 1:
            raise ValueError(f"an AUC of {target:.4g} cannot be reached")
        delta = float(stats.norm.ppf(target)) * self.sd_difference - self.mu
        return replace(self, delta=delta)


def simulate(
    model: RoeMetz, *, n_readers: int, n_positive: int, n_negative: int, rng: np.random.Generator
) -> tuple[FloatArray, BoolArray]:
    """One fully crossed study of two arms.

    Returns
    -------
    tuple
        (2, n_readers, n_cases) ratings and (n_cases,) truth, positive cases first.
    """
    means = ((model.mu, model.mu + model.delta), (0.0, 0.0))
    parts = [
        _one_truth(model, mean, n_readers, n, rng)
        for mean, n in zip(means, (n_positive, n_negative), strict=True)
    ]
    return np.concatenate(parts, axis=2), np.arange(n_positive + n_negative) < n_positive


def _one_truth(
    model: RoeMetz,
    means: tuple[float, float],
    n_readers: int,
    n_cases: int,
    rng: np.random.Generator,
) -> FloatArray:
    """(2, n_readers, n_cases) ratings of the cases of one truth."""

    def effect(variance: float, *shape: int) -> FloatArray:
        return rng.normal(0.0, math.sqrt(variance), size=shape)

    return np.asarray(
        np.array(means)[:, None, None]
        + effect(model.var_r, 1, n_readers, 1)
        + effect(model.var_c, 1, 1, n_cases)
        + effect(model.var_tr, 2, n_readers, 1)
        + effect(model.var_tc, 2, 1, n_cases)
        + effect(model.var_rc, 1, n_readers, n_cases)
        + effect(model.var_e, 2, n_readers, n_cases)
    )


def exact_moments(model: RoeMetz, *, same_arm: bool, arms: tuple[int, int]) -> FloatArray:
    """(8,) expected moments M1 to M8 of the comparisons of two arms, by bivariate normals [2]_.

    Parameters
    ----------
    same_arm
        Whether both comparisons belong to one arm, so that effects that vary by arm are shared.
    arms
        Which arm (0 or 1) each comparison belongs to.
    """
    scale = model.sd_difference
    first, second = ((model.mu + arm * model.delta) / scale for arm in arms)
    own = 1.0 if same_arm else 0.0
    reader = model.var_r + own * model.var_tr
    case = model.var_c + own * model.var_tc
    cell = model.var_rc + own * model.var_e
    moments = []
    for same_reader in (1.0, 0.0):
        for positive, negative in ((1, 1), (1, 0), (0, 1), (0, 0)):
            shared = 2 * same_reader * reader + (positive + negative) * (case + same_reader * cell)
            moments.append(_both_above(first, second, shared / scale**2))
    return np.array(moments)


def difference_moments(model: RoeMetz) -> FloatArray:
    """(8,) expected moments of the difference of the two arms' comparisons."""
    return np.asarray(
        exact_moments(model, same_arm=True, arms=(0, 0))
        + exact_moments(model, same_arm=True, arms=(1, 1))
        - 2 * exact_moments(model, same_arm=False, arms=(0, 1))
    )


def obuchowski_rockette_parameters(
    model: RoeMetz, n_positive: int, n_negative: int
) -> tuple[float, Covariances]:
    """Var_TR and the error covariances that the model implies for a number of cases [3]_.

    Where the two arms' own moments differ, their mean is taken.
    """
    within = (
        exact_moments(model, same_arm=True, arms=(0, 0))
        + exact_moments(model, same_arm=True, arms=(1, 1))
    ) / 2
    between = exact_moments(model, same_arm=False, arms=(0, 1))
    sharing = crossed_coefficients(1, n_positive, n_negative)[:4]

    def over_cases(moments: FloatArray) -> float:
        return float(sharing @ moments - moments[3])

    interaction = (within[3] - within[7]) - (between[3] - between[7])
    return float(interaction), Covariances(
        var=over_cases(within[:4]),
        cov1=over_cases(between[:4]),
        cov2=over_cases(within[4:]),
        cov3=over_cases(between[4:]),
    )


def _both_above(first: float, second: float, correlation: float) -> float:
    """P(X < first, Y < second) of standard bivariate normals, by Plackett's integral.

    Drezner Z, Wesolowsky GO. J Stat Comput Simul 1990;35:101-107. doi:10.1080/00949659008811236
    """
    nodes, weights = np.polynomial.legendre.leggauss(64)
    end = math.asin(min(correlation, 1.0))
    angles = end * (nodes + 1) / 2
    exponent = (first**2 + second**2 - 2 * first * second * np.sin(angles)) / (
        2 * np.cos(angles) ** 2
    )
    independent = stats.norm.cdf(first) * stats.norm.cdf(second)
    return float(independent + end / 2 * (weights @ np.exp(-exponent)) / (2 * math.pi))
