"""Cohen's kappa: chance-corrected agreement of two raters."""

from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.agreement.cohen import cohen_kappa
from readerstudy.statistics.agreement.counts import Weights, weight_matrix
from readerstudy.statistics.agreement.raters import decided_pairs
from readerstudy.statistics.estimates import Estimate, normal, two_sided_normal, undefined
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.paired.square import square_table
from readerstudy.statistics.registry import Context, Result, analysis
from readerstudy.statistics.selection import Selector

METHOD = "normal, asymptotic"


@dataclass(frozen=True)
class CohenOptions:
    """``weights`` take the plan's order of categories as their scale."""

    a: Selector
    b: Selector
    weights: Weights = "none"


@dataclass(frozen=True, kw_only=True)
class Cohen(Result):
    """``se`` belongs to the interval, ``se0`` (under kappa = 0) to ``z`` and ``p_value``."""

    kappa: Estimate
    se: float | None
    se0: float | None
    z: float | None
    p_value: float | None
    percent_agreement: float | None


@analysis("cohen_kappa", CohenOptions, tests=True)
def cohen(frame: TaskFrame, options: CohenOptions, context: Context) -> Cohen:
    """Agreement of two sides of one reader each, over the cases that both decided.

    ``percent_agreement`` is the share of cases put in the same category, between 0 and 1.
    """
    weighted = options.weights != "none"
    pair = decided_pairs(frame, options.a, options.b, context, ordered=weighted)
    k = len(pair.categories)
    table = square_table(pair.a, pair.b, k)
    found = cohen_kappa(table, weight_matrix(k, options.weights))
    defined = bool(np.isfinite(found.kappa))
    if not defined:
        context.warn(
            "Kappa is undefined: "
            + ("both sides always chose the same category." if pair.a.size else "no common case.")
        )
    z = found.kappa / found.se0 if found.se0 > 0 else float("nan")
    kappa = normal(found.kappa, found.se, context.alpha, method=METHOD)
    return Cohen(
        **pair.counts, kappa=kappa if defined else undefined(METHOD),
        se=found.se, se0=found.se0, z=z, p_value=two_sided_normal(z),
        percent_agreement=found.agreement,
    )  # fmt: skip
