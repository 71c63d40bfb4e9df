"""An entry of every analysis type, on the readings of the sample study."""

from functools import cache
from typing import Any

from readerstudy.statistics import run
from tests.unit.reports import sample

Json = dict[str, Any]

READERS: Json = {"reader": ["R1", "R2", "R3"]}
AIDED, UNAIDED = {"reader": "R1", "arm": "aided"}, {"reader": "R1", "arm": "unaided"}
AI: Json = {"reader": "AI"}
SIDES = {"a": AIDED, "b": UNAIDED}
SPECS: dict[str, Json] = {
    "ai_vs_readers": {"type": "ai_vs_readers", "ai": AI, "readers": {**READERS, "arm": "unaided"}},
    "bowker": {"type": "bowker", **SIDES},
    "calibration": {"type": "calibration", "select": AI, "bins": 5},
    "cochran_q": {"type": "cochran_q", "select": {**READERS, "arm": "unaided"}},
    "cohen_kappa": {"type": "cohen_kappa", **SIDES},
    "comparison_matrix": {"type": "comparison_matrix", "ai": AI,
                          "readers": {**READERS, "arm": "unaided"}},
    "confidence": {"type": "confidence", **SIDES, "test": "paired-t"},
    "decision_curve": {"type": "decision_curve", "select": AI},
    "delong": {"type": "delong", "a": AI, "b": UNAIDED},
    "diagnostic": {"type": "diagnostic", "by": ["reader", "arm"]},
    "diagnostic_dx": {"type": "diagnostic", "task": "dx", "select": UNAIDED},
    "fleiss_kappa": {"type": "fleiss_kappa", "select": {**READERS, "arm": "unaided"}},
    "gee": {"type": "gee", "select": READERS, "factors": ["arm", "level"],
            "reference": {"arm": "unaided", "level": "junior"}},
    "glmm": {"type": "glmm", "select": READERS, "factors": ["arm", "level"],
             "reference": {"arm": "unaided", "level": "junior"}},
    "gwet_ac1": {"type": "gwet_ac1", "select": {**READERS, "arm": "unaided"}},
    "icc": {"type": "icc", "select": {**READERS, "arm": "unaided"}},
    "krippendorff_alpha": {"type": "krippendorff_alpha", "select": {**READERS, "arm": "unaided"}},
    "limits_of_agreement": {"type": "limits_of_agreement", "select": READERS,
                            "arms": ["aided", "unaided"]},
    "mann_whitney": {"type": "mann_whitney", "ai": AI, "readers": {**READERS, "arm": "unaided"}},
    "mcnemar": {"type": "mcnemar", **SIDES},
    "mrmc_or": {"type": "mrmc_or", "select": READERS, "arms": ["aided", "unaided"]},
    "mrmc_ustat": {"type": "mrmc_ustat", "select": READERS, "arms": ["aided", "unaided"]},
    "non_inferiority": {"type": "non_inferiority", "margin": 0.05, "of": "mrmc_or"},
    "period_effect": {"type": "period_effect", "select": READERS, "arms": ["aided", "unaided"]},
    "power": {"type": "power", "method": "or_hillis", "readers": [4, 8], "cases": [50, 100, 200],
              "effect": [0.03, 0.05],
              "components": {"Var_TR": 0.0002, "Var": 0.0008, "Cov1": 0.00035, "Cov2": 0.00034,
                             "Cov3": 0.00024, "cases": 114}},
    "prevalence": {"type": "prevalence", "select": READERS, "size": 24, "repeats": 50},
    "reliance": {"type": "reliance", "before": UNAIDED, "after": AIDED, "ai": AI},
    "roc": {"type": "roc", "by": ["reader", "arm"]},
    "stuart_maxwell": {"type": "stuart_maxwell", **SIDES},
    "subgroup": {"type": "subgroup", "by": "size_band", "of": "mcnemar"},
    "time": {"type": "time", **SIDES},
    "time_mixed": {"type": "time", "a": {**READERS, "arm": "aided"},
                   "b": {**READERS, "arm": "unaided"}, "test": "mixed", "adjust": "size_band"},
}  # fmt: skip


@cache
def plan() -> Json:
    """A plan with all of them, and one that cannot run."""
    analyses = [
        {"id": name, **({} if spec["type"] == "power" else {"task": "bm"}), **spec}
        for name, spec in SPECS.items()
    ]
    nobody = {"id": "nobody", "type": "mcnemar", "task": "bm", "a": {"reader": "X"}, "b": UNAIDED}
    return {**sample.plan(), "analyses": [*analyses, nobody], "families": [
        {"id": "tests", "members": ["mcnemar", "time"], "adjust": "hochberg"},
    ]}  # fmt: skip


@cache
def result() -> Json:
    """What that plan gives."""
    return run(sample.readings(), sample.reference(), plan())


@cache
def froc_entry() -> Json:
    """An entry of a free-response study, which the sample is not."""
    entry = dict(result()["analyses"]["mrmc_or"])
    del entry["metric"]
    return {**entry, "type": "froc", "figure_of_merit": "wAFROC"}
