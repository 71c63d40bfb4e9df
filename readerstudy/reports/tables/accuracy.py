"""Tables about being right: diagnostic performance, areas, the AI beside the readers."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.sheet import Column, Line, Sheet, adjusted_p, by_group, get
from readerstudy.reports.tables.wording import (
    DASH,
    Entry,
    count,
    estimate,
    interval,
    number,
    p_value,
    share,
    words,
)

PARTS: dict[str, Callable[[Entry], tuple[int, int]]] = {
    "accuracy": lambda e: (e["tp"] + e["tn"], e["n_positive"] + e["n_negative"]),
    "sensitivity": lambda e: (e["tp"], e["n_positive"]),
    "specificity": lambda e: (e["tn"], e["n_negative"]),
    "ppv": lambda e: (e["tp"], e["tp"] + e["fp"]),
    "npv": lambda e: (e["tn"], e["tn"] + e["fn"]),
}
"""Numerator and denominator of the proportions of a binary table."""


def _proportion(key: str) -> Callable[[Line], str]:
    return lambda line: share(line.figures[key], *PARTS[key](line.figures))


def _nominal_accuracy(line: Line) -> str:
    table = line.figures["confusion"]
    rows, columns = line.figures["rows"], line.figures["columns"]
    right = sum(row[columns.index(name)] for name, row in zip(rows, table, strict=True))
    return share(line.figures["accuracy"], right, sum(map(sum, table)))


_N = Column(_("n"), get("n", count))
_MISSING = Column(_("no answer"), get("n_missing", count))

BINARY = Sheet(
    _("Diagnostic performance (%(task)s): proportion (%(level)s CI) n/N"),
    _("Reader · arm"),
    (
        _N,
        _MISSING,
        Column(_("Accuracy"), _proportion("accuracy")),
        Column(_("Sensitivity"), _proportion("sensitivity")),
        Column(_("Specificity"), _proportion("specificity")),
        Column(_("PPV"), _proportion("ppv")),
        Column(_("NPV"), _proportion("npv")),
        Column(_("F1"), get("f1", estimate)),
    ),
    by_group,
)

NOMINAL = Sheet(
    _("Diagnostic performance (%(task)s): proportion (%(level)s CI) n/N"),
    _("Reader · arm"),
    (
        _N,
        _MISSING,
        Column(_("Accuracy"), _nominal_accuracy),
        Column(_("Macro sensitivity"), get("macro_recall", estimate)),
        Column(_("Macro specificity"), get("macro_specificity", estimate)),
        Column(_("Macro PPV"), get("macro_precision", estimate)),
        Column(_("Macro NPV"), get("macro_npv", estimate)),
        Column(_("Macro F1"), get("macro_f1", estimate)),
    ),
    by_group,
)

ROC = Sheet(
    _("Area under the ROC curve (%(task)s)"),
    _("Reader · arm"),
    (
        _N,
        Column(_("no rating"), get("n_missing", count)),
        Column(_("AUC (%(level)s CI)"), get("auc", estimate)),
        Column(_("SE"), get("se", number)),
        Column(_("Best threshold (Youden)"), lambda line: _youden(line.figures["youden"])),
    ),
    by_group,
)

DELONG = Sheet(
    _("Two areas compared by DeLong's test (%(task)s)"),
    _("Comparison (a vs b)"),
    (
        _N,
        Column(_("AUC a (%(level)s CI)"), get("auc_a", estimate)),
        Column(_("AUC b (%(level)s CI)"), get("auc_b", estimate)),
        Column(_("a − b (%(level)s CI)"), get("difference", estimate)),
        Column(_("p"), get("p_value", p_value)),
        Column(_("p adjusted"), adjusted_p),
    ),
)


def _by_truth(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for truth, cells in entry["per_truth"].items():
        if sum(cells.values()):
            yield truth, cells


MATRIX = Sheet(
    _("AI and readers compared (%(task)s)"),
    _("Comparison · truth"),
    (
        Column(_("both right"), get("both_right", count)),
        Column(_("only readers right"), get("only_reader_right", count)),
        Column(_("only AI right"), get("only_ai_right", count)),
        Column(_("both wrong"), get("both_wrong", count)),
    ),
    _by_truth,
)

CALIBRATION = Sheet(
    _("Calibration of ratings (%(task)s)"),
    _("Reader · arm"),
    (
        _N,
        Column(_("Brier score"), get("brier", number)),
        Column(_("Calibration error"), get("ece", number)),
        Column(_("Intercept"), get("intercept", number)),
        Column(_("Slope"), get("slope", number)),
        Column(_("Hosmer-Lemeshow χ², df, p"), lambda line: _goodness(line.figures)),
    ),
    by_group,
)

THRESHOLDS_SHOWN = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)


def _thresholds(entry: Entry) -> Iterator[tuple[str, Entry]]:
    benefit = entry["net_benefit"]
    columns = zip(entry["thresholds"], benefit["model"], benefit["treat_all"], strict=True)
    chosen = {
        min(entry["thresholds"], key=lambda given: abs(given - wanted))
        for wanted in THRESHOLDS_SHOWN
    }
    for threshold, model, treat_all in columns:
        if threshold in chosen:
            yield f"{threshold:g}", {"model": model, "treat_all": treat_all}


DECISION_CURVE = Sheet(
    _("Decision curve (%(task)s): net benefit"),
    _("Threshold"),
    (
        Column(_("Rating"), get("model", number)),
        Column(_("Treat all"), get("treat_all", number)),
        Column(_("Treat none"), lambda line: number(0.0)),
    ),
    _thresholds,
)


def _scenarios(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for scenario in entry["scenarios"]:
        yield words(str(scenario["ratio"])), scenario


PREVALENCE = Sheet(
    _("Accuracy at other prevalences (%(task)s)"),
    _("Positive : negative"),
    (
        Column(_("Mean accuracy (%(level)s of samples)"), lambda line: _sampled(line.figures)),
        Column(_("SD"), lambda line: number(line.figures["accuracy"]["sd"])),
        Column(_("p"), lambda line: p_value(line.whole["p_value"])),
    ),
    _scenarios,
)


def _sampled(scenario: Entry) -> str:
    accuracy = scenario["accuracy"]
    return f"{number(accuracy['mean'])} {interval(accuracy['ci_low'], accuracy['ci_high'])}"


def _youden(point: Entry) -> str:
    if point["threshold"] is None:
        return DASH
    rates = f"{number(point['sensitivity'], 2)}/{number(point['specificity'], 2)}"
    return f"{point['threshold']:g} ({rates})"


def _goodness(entry: Entry) -> str:
    test = entry["hosmer_lemeshow"]
    if test["statistic"] is None:
        return DASH
    return f"{number(test['statistic'], 2)}, {test['df']}, {p_value(test['p_value'])}"
