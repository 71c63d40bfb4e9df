"""Numerics of paired proportions: McNemar's tests and Newcombe's interval."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from scipy import stats

from readerstudy.statistics.estimates import Estimate, undefined, wilson_limits

Variant = Literal["exact", "mid-p", "asymptotic", "asymptotic-cc"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
NEWCOMBE = "newcombe-10"


@dataclass(frozen=True)
class PairedTable:
    """Fourfold table of two sides on the same cases: counts of yes/yes, yes/no, no/yes, no/no."""

    both: int
    a_only: int
    b_only: int
    neither: int

    @property
    def n(self) -> int:
        return self.both + self.a_only + self.b_only + self.neither


def mcnemar_test(table: PairedTable, variant: Variant) -> tuple[float | None, float | None]:
    """(statistic, p value) of the hypothesis that both sides say yes equally often.

    McNemar, Psychometrika 1947;12:153, doi:10.1007/BF02295996; mid-p: Fagerland, Lydersen & Laake,
    BMC Med Res Methodol 2013;13:91, doi:10.1186/1471-2288-13-91; continuity correction: Edwards,
    Psychometrika 1948;13:185, doi:10.1007/BF02289261.

    The exact and mid-p variants have no statistic. Without discordant pair their p is 1 and a
    chi-square does not exist. At ``a_only == b_only`` the corrected statistic is
    (0 - 1)^2 / (b + c), by the formula.
    """
    discordant = table.a_only + table.b_only
    smaller = min(table.a_only, table.b_only)
    if variant in ("exact", "mid-p"):
        if discordant == 0:
            return None, 1.0
        exact = min(1.0, 2 * float(stats.binom.cdf(smaller, discordant, 0.5)))
        if variant == "exact":
            return None, exact
        return None, exact - float(stats.binom.pmf(smaller, discordant, 0.5))
    if discordant == 0:
        return None, None
    difference = abs(table.a_only - table.b_only) - (1 if variant == "asymptotic-cc" else 0)
    statistic = difference**2 / discordant
    return statistic, float(stats.chi2.sf(statistic, 1))


def newcombe_difference(table: PairedTable, alpha: float) -> Estimate:
    """Difference of two paired proportions (a - b) with Newcombe's method 10.

    Square-and-add of Wilson limits without continuity correction, with the continuity-corrected
    phi. Newcombe, Stat Med 1998;17:2635.
    doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C
    """
    if table.n == 0:
        return undefined(NEWCOMBE)
    yes_a, yes_b, n = table.both + table.a_only, table.both + table.b_only, table.n
    p_a, p_b = yes_a / n, yes_b / n
    low_a, high_a = wilson_limits(yes_a, n, alpha)
    low_b, high_b = wilson_limits(yes_b, n, alpha)
    phi = _corrected_phi(table)
    difference = (table.a_only - table.b_only) / n
    down = _square_and_add(p_a - low_a, high_b - p_b, phi)
    up = _square_and_add(high_a - p_a, p_b - low_b, phi)
    return Estimate(difference, difference - down, difference + up, NEWCOMBE)


def _square_and_add(first: float, second: float, phi: float) -> float:
    return math.sqrt(max(0.0, first**2 - 2 * phi * first * second + second**2))


def _corrected_phi(table: PairedTable) -> float:
    """Correlation of the two sides, its numerator shrunk by n/2 towards zero where positive."""
    margins = (
        (table.both + table.a_only)
        * (table.b_only + table.neither)
        * (table.both + table.b_only)
        * (table.a_only + table.neither)
    )
    if margins == 0:
        return 0.0
    numerator = float(table.both * table.neither - table.a_only * table.b_only)
    if numerator > 0:
        numerator = max(0.0, numerator - table.n / 2)
    return numerator / math.sqrt(margins)
