"""One fixed reader, an AI, against a sample of readers of the same cases.

The differences ``AI - reader j`` are figures of merit of a study with one arm: their mean has the
variance of an arm's mean, where Var and Cov2 are those of the differences, so that what AI and
readers share by reading the same cases cancels.

References
----------
.. [1] Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological
   imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926 (one arm)
.. [2] Hillis SL, Obuchowski NA, Schartz KM, Berbaum KS. Stat Med 2005;24:1579-1607.
   doi:10.1002/sim.2024 (one arm against a fixed value)
"""

from dataclasses import dataclass

from .auc import FloatArray
from .obuchowski_rockette import (
    Covariances,
    Inference,
    Spread,
    arm_spread,
    average_covariances,
)


@dataclass(frozen=True)
class AiComparison:
    """``difference`` is AI minus mean of the readers; ``spread`` None where not positive."""

    difference: float
    spread: Spread | None
    mean_square: float
    covariances: Covariances

    @property
    def statistic(self) -> float | None:
        """t of no difference (z where the readers are fixed)."""
        return None if self.spread is None else self.difference / self.spread.se

    @property
    def p_value(self) -> float | None:
        """Two-sided."""
        if self.spread is None or self.statistic is None:
            return None
        return 2 * self.spread.upper_tail(abs(self.statistic))


def compare_with_ai(values: FloatArray, matrix: FloatArray, inference: Inference) -> AiComparison:
    """Compare the last of the figures of merit with the others.

    Parameters
    ----------
    values
        (n_readers + 1,) figures of merit, the AI's last.
    matrix
        (n_readers + 1, n_readers + 1) their covariances over cases.
    """
    differences = values[-1] - values[:-1]
    with_ai = matrix[:-1, -1]
    own = matrix[:-1, :-1] - with_ai[:, None] - with_ai[None, :] + matrix[-1, -1]
    errors = average_covariances(own, 1, len(differences))
    several = len(differences) > 1
    usable = several or inference is Inference.FRRC
    return AiComparison(
        difference=float(differences.mean()),
        spread=arm_spread(differences, errors, inference) if usable else None,
        mean_square=float(differences.var(ddof=1)) if several else float("nan"),
        covariances=errors,
    )
