"""Each kind of analysis in words: question, method, formula, what it rests on."""

from collections.abc import Mapping

from readerstudy.reports.document.analyses import accuracy, agreement, behaviour, comparisons
from readerstudy.reports.document.analyses.description import (
    Describe,
    Description,
    Spec,
    data_of,
)

__all__ = ["DESCRIPTIONS", "Description", "Spec", "data_of"]

DESCRIPTIONS: Mapping[str, Describe] = {
    "mrmc_or": comparisons.mrmc_or,
    "mrmc_ustat": comparisons.mrmc_ustat,
    "froc": comparisons.froc,
    "non_inferiority": comparisons.non_inferiority,
    "diagnostic": accuracy.diagnostic,
    "mcnemar": comparisons.mcnemar,
    "cochran_q": comparisons.cochran_q,
    "bowker": comparisons.bowker,
    "stuart_maxwell": comparisons.stuart_maxwell,
    "ai_vs_readers": comparisons.ai_vs_readers,
    "mann_whitney": comparisons.mann_whitney,
    "fleiss_kappa": agreement.fleiss_kappa,
    "cohen_kappa": agreement.cohen_kappa,
    "gwet_ac1": agreement.gwet_ac1,
    "krippendorff_alpha": agreement.krippendorff_alpha,
    "icc": agreement.icc,
    "limits_of_agreement": agreement.limits_of_agreement,
    "roc": accuracy.roc,
    "delong": accuracy.delong,
    "comparison_matrix": accuracy.comparison_matrix,
    "reliance": behaviour.reliance,
    "time": behaviour.time,
    "confidence": behaviour.confidence,
    "gee": behaviour.gee,
    "glmm": behaviour.glmm,
    "subgroup": behaviour.subgroup,
    "prevalence": accuracy.prevalence,
    "period_effect": behaviour.period_effect,
    "calibration": accuracy.calibration,
    "decision_curve": accuracy.decision_curve,
    "power": comparisons.power,
}
"""In the order of a report."""
