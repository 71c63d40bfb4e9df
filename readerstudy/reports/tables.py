"""A result as tables for people: which analyses belong together, and how numbers are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Entry = Mapping[str, Any]
BINARY = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "f1")
NOMINAL = (
    "accuracy",
    "macro_recall",
    "macro_precision",
    "macro_specificity",
    "macro_npv",
    "macro_f1",
)
HEADS: dict[str, Promise] = {
    "accuracy": gettext_lazy("Accuracy"),
    "sensitivity": gettext_lazy("Sensitivity"),
    "specificity": gettext_lazy("Specificity"),
    "ppv": gettext_lazy("PPV"),
    "npv": gettext_lazy("NPV"),
    "f1": gettext_lazy("F1"),
    "macro_recall": gettext_lazy("Macro sensitivity"),
    "macro_precision": gettext_lazy("Macro PPV"),
    "macro_specificity": gettext_lazy("Macro specificity"),
    "macro_npv": gettext_lazy("Macro NPV"),
    "macro_f1": gettext_lazy("Macro F1"),
}


@dataclass(frozen=True)
class ResultTable:
    """One table of the results page; the first column names the row, the others are numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    figures: tuple[str, ...] = field(default=())


def tables_of(result: Mapping[str, Any], plan: Mapping[str, Any]) -> list[ResultTable]:
    """Return every analysis of a plan's result in tables, one per kind and task."""
    analyses: dict[str, Entry] = dict(result["analyses"])
    tasks = {item["id"]: str(item.get("task", "")) for item in plan["analyses"]}
    adjusted = _adjusted(result)
    tables: list[ResultTable] = []
    for kind, build in BUILDERS.items():
        by_task: dict[str, dict[str, Entry]] = {}
        for name, entry in analyses.items():
            if entry["type"] == kind and "error" not in entry:
                by_task.setdefault(tasks.get(name, ""), {})[name] = entry
        tables += [build(task, entries, adjusted) for task, entries in by_task.items()]
    other = {n: e for n, e in analyses.items() if e["type"] not in BUILDERS or "error" in e}
    return tables + [_as_facts(name, entry) for name, entry in other.items()]


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with fixed digits; a dash for what is undefined."""
    return "–" if value is None else f"{value:.{digits}f}"


def p_value(value: float | None) -> str:
    """Write a p value the way journals do."""
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def estimate(entry: Entry | None) -> str:
    """Write an estimate with its interval."""
    if entry is None or entry["estimate"] is None:
        return "–"
    if entry["ci_low"] is None or entry["ci_high"] is None:
        return number(entry["estimate"])
    return f"{number(entry['estimate'])} ({number(entry['ci_low'])} – {number(entry['ci_high'])})"


def headline(result: Mapping[str, Any]) -> str:
    """Return the primary analysis as one sentence with its numbers.

    The multi-reader multi-case comparison is primary where the plan has one; else the first
    paired test.
    """
    analyses = dict(result["analyses"])
    for entry in analyses.values():
        if entry["type"] == "mrmc_or" and "error" not in entry:
            return _mrmc_sentence(entry)
    for name, entry in analyses.items():
        if entry["type"] == "mcnemar" and "error" not in entry:
            return _(
                "%(name)s: difference in accuracy %(difference)s, McNemar p %(p)s, n = %(n)s."
            ) % {
                "name": name.replace("_", " "),
                "difference": estimate(entry["difference"]),
                "p": _with_sign(entry["p_value"]),
                "n": entry["n"],
            }
    return _("The plan has no comparison; see the tables.")


def _mrmc_sentence(entry: Entry) -> str:
    means = "; ".join(f"{arm} {estimate(mean)}" for arm, mean in entry["arm_means"].items())
    return _(
        "Mean AUC over readers: %(means)s. Difference %(difference)s, p %(p)s "
        "(Obuchowski-Rockette with Hillis degrees of freedom, readers and cases random, n = %(n)s)."
    ) % {
        "means": means,
        "difference": estimate(entry["difference"]),
        "p": _with_sign(entry["p_value"]),
        "n": entry["n"],
    }


def _with_sign(value: float | None) -> str:
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"


def _adjusted(result: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    """Return method and adjusted p value of every member of a family."""
    return {
        member["id"]: (family["adjust"], member["p_adjusted"])
        for family in result.get("families", {}).values()
        for member in family["members"]
    }


def _diagnostic(task: str, entries: Mapping[str, Entry], _adjusted: Any) -> ResultTable:
    groups = [group for entry in entries.values() for group in entry.get("groups", [entry])]
    keys = BINARY if "tp" in groups[0] else NOMINAL
    rows = [
        (
            " · ".join(filter(None, (group.get("reader", ""), group.get("arm", "")))),
            str(group["n"]),
            *(estimate(group[key]) for key in keys),
        )
        for group in groups
    ]
    return ResultTable(
        _("Diagnostic performance (%(task)s)") % {"task": task},
        (_("Reader · arm"), _("n"), *(str(HEADS[key]) for key in keys)),
        tuple(rows),
        _notes(entries),
    )


def _mcnemar(
    task: str, entries: Mapping[str, Entry], adjusted: Mapping[str, tuple[str, float | None]]
) -> ResultTable:
    rows = []
    for name, entry in entries.items():
        method, corrected = adjusted.get(name, ("", None))
        rows.append(
            (
                name.removeprefix(f"{task}_").replace("_", " "),
                str(entry["n"]),
                str(entry["both"]),
                str(entry["n_a_only"]),
                str(entry["n_b_only"]),
                str(entry["neither"]),
                estimate(entry["difference"]),
                p_value(entry["p_value"]),
                f"{p_value(corrected)} ({method})" if method else "–",
            )
        )
    columns = (
        _("Comparison (a vs b)"), _("n"), _("both right"), _("only a"), _("only b"), _("neither"),
        _("Difference (95% CI)"), _("p"), _("p adjusted"),
    )  # fmt: skip
    title = _("McNemar's test (%(task)s)") % {"task": task}
    return ResultTable(title, columns, tuple(rows), _notes(entries))


def _kappa(task: str, entries: Mapping[str, Entry], _adjusted: Any) -> ResultTable:
    rows = [
        (
            name.removeprefix(f"{task}_").replace("_", " "),
            str(entry["n_complete"]),
            estimate(entry["kappa"]),
            number(entry["percent_agreement"]),
            p_value(entry["p_value"]),
        )
        for name, entry in entries.items()
    ]
    columns = (_("Arm"), _("complete cases"), _("Fleiss' kappa"), _("agreement"), _("p"))
    title = _("Agreement between readers (%(task)s)") % {"task": task}
    return ResultTable(title, columns, tuple(rows), _notes(entries))


def _roc(task: str, entries: Mapping[str, Entry], _adjusted: Any) -> ResultTable:
    groups = [group for entry in entries.values() for group in entry.get("groups", [entry])]
    rows = [
        (
            " · ".join(filter(None, (group.get("reader", ""), group.get("arm", "")))),
            str(group["n"]),
            estimate(group["auc"]),
        )
        for group in groups
    ]
    title = _("ROC (%(task)s)") % {"task": task}
    columns = (_("Reader · arm"), _("n"), _("AUC (95% CI)"))
    return ResultTable(title, columns, tuple(rows), _notes(entries), tuple(entries))


def _matrix(task: str, entries: Mapping[str, Entry], _adjusted: Any) -> ResultTable:
    keys = ("both_right", "only_reader_right", "only_ai_right", "both_wrong")
    rows = [
        (f"{name.removeprefix(f'{task}_').replace('_', ' ')} · {truth}", *(str(c[k]) for k in keys))
        for name, entry in entries.items()
        for truth, c in entry["per_truth"].items()
    ]
    columns = (
        _("Arm · truth"), _("both right"), _("only readers"), _("only AI"), _("both wrong"),
    )  # fmt: skip
    title = _("AI and readers compared (%(task)s)") % {"task": task}
    return ResultTable(title, columns, tuple(rows), _notes(entries), tuple(entries))


def _mrmc(task: str, entries: Mapping[str, Entry], _adjusted: Any) -> ResultTable:
    rows = [
        (
            name.removeprefix(f"{task}_").replace("_", " "),
            str(entry["n"]),
            "; ".join(f"{arm} {estimate(mean)}" for arm, mean in entry["arm_means"].items()),
            estimate(entry["difference"]),
            p_value(entry["p_value"]),
        )
        for name, entry in entries.items()
    ]
    columns = (_("Analysis"), _("cases"), _("Mean over readers"), _("Difference"), _("p"))
    title = _("Multi-reader multi-case comparison (%(task)s)") % {"task": task}
    return ResultTable(title, columns, tuple(rows), _notes(entries))


def _as_facts(name: str, entry: Entry) -> ResultTable:
    """Show what has no table of its own: an error, or plain numbers by name."""
    if "error" in entry:
        rows: Sequence[tuple[str, str]] = [(_("could not run"), str(entry["error"]["message"]))]
    else:
        rows = [
            (key, estimate(value) if isinstance(value, dict) else number(value))
            for key, value in entry.items()
            if _is_estimate(value) or (isinstance(value, float) and key != "n")
        ]
    columns = (_("Value"), "")
    return ResultTable(f"{name} ({entry['type']})", columns, tuple(rows), tuple(_warnings(entry)))


def _is_estimate(value: Any) -> bool:
    return isinstance(value, dict) and "estimate" in value


def _notes(entries: Mapping[str, Entry]) -> tuple[str, ...]:
    notes = [warning for entry in entries.values() for warning in _warnings(entry)]
    return tuple(dict.fromkeys(notes))


def _warnings(entry: Entry) -> list[str]:
    nested = [note for group in entry.get("groups", []) for note in _warnings(group)]
    own = [note if isinstance(note, str) else str(note["message"]) for note in entry["warnings"]]
    return own + nested


BUILDERS: dict[str, Callable[[str, Mapping[str, Entry], Any], ResultTable]] = {
    "mrmc_or": _mrmc,
    "diagnostic": _diagnostic,
    "mcnemar": _mcnemar,
    "fleiss_kappa": _kappa,
    "roc": _roc,
    "comparison_matrix": _matrix,
}
