"""A result as tables for people: which analyses belong together, and how numbers are written."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.reports.tables import accuracy, agreement, behaviour, comparisons
from readerstudy.reports.tables.sentences import headline, oddities
from readerstudy.reports.tables.sheet import Adjusted, ResultTable, Sheet, fill, notes
from readerstudy.reports.tables.wording import Entry, words

__all__ = ["ResultTable", "adjusted_by_id", "headline", "oddities", "tables_of"]

SHEETS: Mapping[str, tuple[Sheet, ...]] = {
    "mrmc_or": (comparisons.MRMC_OR, comparisons.READERS),
    "mrmc_ustat": (comparisons.MRMC_USTAT,),
    "froc": (comparisons.FROC, comparisons.READERS),
    "non_inferiority": (comparisons.NON_INFERIORITY,),
    "binary": (accuracy.BINARY,),
    "nominal": (accuracy.NOMINAL,),
    "mcnemar": (comparisons.MCNEMAR,),
    "cochran_q": (comparisons.COCHRAN_Q,),
    "bowker": (comparisons.BOWKER,),
    "stuart_maxwell": (comparisons.STUART_MAXWELL,),
    "ai_vs_readers": (comparisons.AI_VS_READERS,),
    "mann_whitney": (comparisons.MANN_WHITNEY,),
    "fleiss_kappa": (agreement.FLEISS,),
    "cohen_kappa": (agreement.COHEN,),
    "gwet_ac1": (agreement.GWET,),
    "krippendorff_alpha": (agreement.KRIPPENDORFF,),
    "icc": (agreement.ICC,),
    "limits_of_agreement": (agreement.LIMITS,),
    "roc": (accuracy.ROC,),
    "delong": (accuracy.DELONG,),
    "comparison_matrix": (accuracy.MATRIX,),
    "reliance": (behaviour.RELIANCE,),
    "time": (behaviour.TIME, behaviour.TIME_TERMS),
    "confidence": (behaviour.CONFIDENCE, behaviour.CONFIDENCE_TERMS),
    "gee": (behaviour.GEE,),
    "glmm": (behaviour.GLMM,),
    "subgroup": (behaviour.SUBGROUP,),
    "prevalence": (accuracy.PREVALENCE,),
    "period_effect": (behaviour.PERIOD_EFFECT,),
    "calibration": (accuracy.CALIBRATION,),
    "decision_curve": (accuracy.DECISION_CURVE,),
    "power": (comparisons.POWER,),
}
"""Sheets by kind of analysis, in the order of a report; "diagnostic" has one for each table."""


def tables_of(result: Mapping[str, Any], plan: Mapping[str, Any]) -> list[ResultTable]:
    """Return every analysis of a plan's result in tables, one per kind and task."""
    analyses: dict[str, Entry] = dict(result["analyses"])
    tasks = {item["id"]: str(item.get("task", "")) for item in plan["analyses"]}
    adjusted = adjusted_by_id(result)
    alpha = float(plan.get("alpha", 0.05))
    found: list[ResultTable] = []
    for kind, sheets in SHEETS.items():
        by_task: dict[str, dict[str, Entry]] = {}
        for name, entry in analyses.items():
            if "error" not in entry and kind_of(entry) == kind:
                by_task.setdefault(tasks.get(name, ""), {})[name] = entry
        for task, entries in by_task.items():
            first, *more = (fill(sheet, task, entries, adjusted, alpha) for sheet in sheets)
            found += [
                first,
                *(replace(table, analyses=(), notes=()) for table in more if table.rows),
            ]
    failed = {name: entry for name, entry in analyses.items() if "error" in entry}
    return [*found, _failures(failed)] if failed else found


def kind_of(entry: Entry) -> str:
    """Return the name under which an entry has its sheets."""
    if entry["type"] != "diagnostic":
        return str(entry["type"])
    table = entry["groups"][0] if entry.get("groups") else entry
    return "nominal" if "confusion" in table else "binary"


def adjusted_by_id(result: Mapping[str, Any]) -> dict[str, Adjusted]:
    """Return method and adjusted p value of every member of a family."""
    return {
        member["id"]: Adjusted(family["adjust"], member["p_adjusted"])
        for family in result.get("families", {}).values()
        for member in family["members"]
    }


def _failures(entries: Mapping[str, Entry]) -> ResultTable:
    """Return the analyses that could not run, with their reasons."""
    return ResultTable(
        _("Analyses that could not run"),
        (_("Analysis"), _("Reason")),
        tuple((words(name), str(entry["error"]["message"])) for name, entry in entries.items()),
        notes(entries),
    )
