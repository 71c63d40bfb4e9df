"""Published figures of proportions and square tables."""

import numpy as np

from readerstudy.statistics.estimates import clopper_pearson_limits, wilson_limits
from readerstudy.statistics.paired.cochran import cochran_q
from readerstudy.statistics.paired.proportions import (
    PairedTable,
    mcnemar_test,
    newcombe_difference,
)
from readerstudy.statistics.paired.square import bowker, stuart_maxwell
from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.data import APPROVAL, DRUGS, VISION

NEWCOMBE_SINGLE = "Newcombe, Stat Med 1998;17:857, table I"
NEWCOMBE_PAIRED = "Newcombe, Stat Med 1998;17:2635"
ALTMAN = "Altman et al, Statistics with Confidence, 2000, table 6.2"
AGRESTI = "Agresti, Categorical Data Analysis, 1990, section 10.1"
SAS_FREQ = "SAS/STAT User's Guide, FREQ procedure, Cochran's Q test"
R_COIN = "R: coin::mh_test and stats::mcnemar.test"


def proportion_checks() -> list[Check]:
    """Single proportions, paired proportions, several raters, square tables."""
    return _single() + _paired() + _drugs() + _vision()


def _single() -> list[Check]:
    printed = {
        (81, 263): ("0.2553", "0.3662", "0.2527", "0.3676"),
        (15, 148): ("0.0624", "0.1605", "0.0578", "0.1617"),
        (0, 20): ("0.0000", "0.1611", "0.0000", "0.1684"),
        (1, 29): ("0.0061", "0.1718", "0.0009", "0.1776"),
    }
    checks = []
    for (hits, n), texts in printed.items():
        values = (*wilson_limits(hits, n, 0.05), *clopper_pearson_limits(hits, n, 0.05))
        names = ("Wilson low", "Wilson high", "Clopper-Pearson low", "Clopper-Pearson high")
        checks += [
            Check(f"{hits} of {n}", name, text, value, NEWCOMBE_SINGLE)
            for name, text, value in zip(names, texts, values, strict=True)
        ]
    return checks


def _paired() -> list[Check]:
    both, first, second, neither = APPROVAL
    statistic, _ = mcnemar_test(PairedTable(both, first, second, neither), "asymptotic")
    assert statistic is not None
    checks = [Check("Presidential approval", "McNemar chi-square", "17.36", statistic, AGRESTI)]
    for table, low, high, origin in (
        (PairedTable(20, 12, 2, 16), "0.0562", "0.3292", NEWCOMBE_PAIRED),
        (PairedTable(14, 5, 0, 22), "0.011", "0.226", ALTMAN),
    ):
        found = newcombe_difference(table, 0.05)
        assert found.ci_low is not None
        assert found.ci_high is not None
        name = f"{table.both}/{table.a_only}/{table.b_only}/{table.neither}"
        checks += [
            Check(name, "difference, low", low, found.ci_low, origin),
            Check(name, "difference, high", high, found.ci_high, origin),
        ]
    return checks


def _drugs() -> list[Check]:
    responses = np.repeat(np.array(list(DRUGS)) == 1, list(DRUGS.values()), axis=0)
    statistic, _, p_value = cochran_q(responses)
    assert statistic is not None
    assert p_value is not None
    return [
        Check("Three drugs", "Cochran's Q", "8.4706", statistic, SAS_FREQ),
        Check("Three drugs", "Cochran's Q, p", "0.0145", p_value, SAS_FREQ),
    ]


def _vision() -> list[Check]:
    marginal, symmetry = stuart_maxwell(VISION)[0], bowker(VISION)[0]
    assert marginal is not None
    assert symmetry is not None
    return [
        Check("Vision of 7477 women", "Stuart-Maxwell chi-square", "11.957", marginal, R_COIN),
        Check("Vision of 7477 women", "Bowker chi-square", "19.107", symmetry, R_COIN),
    ]
