"""Tables of tests: paired, several raters, over readers and cases."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.sheet import Column, Line, Sheet, adjusted_p, get
from readerstudy.reports.tables.wording import (
    DASH,
    Entry,
    count,
    estimate,
    metric_name,
    number,
    p_value,
    words,
)

_N = Column(_("n"), get("n", count))
_TEST = (Column(_("p"), get("p_value", p_value)), Column(_("p adjusted"), adjusted_p))
_DIFFERENCE = Column(_("Difference (%(level)s CI)"), get("difference", estimate))
_CHI_SQUARE = (
    _N,
    Column(_("statistic"), get("statistic", number)),
    Column(_("df"), get("df", count)),
    *_TEST,
)

MCNEMAR = Sheet(
    _("McNemar's test (%(task)s)"),
    _("Comparison (a vs b)"),
    (
        _N,
        Column(_("both right"), get("both", count)),
        Column(_("only a"), get("n_a_only", count)),
        Column(_("only b"), get("n_b_only", count)),
        Column(_("neither"), get("neither", count)),
        _DIFFERENCE,
        *_TEST,
    ),
)
COCHRAN_Q = Sheet(_("Cochran's Q (%(task)s)"), _("Raters"), _CHI_SQUARE)
BOWKER = Sheet(_("Bowker's test of symmetry (%(task)s)"), _("Comparison"), _CHI_SQUARE)
STUART_MAXWELL = Sheet(
    _("Stuart-Maxwell test of equal margins (%(task)s)"), _("Comparison"), _CHI_SQUARE
)
MANN_WHITNEY = Sheet(
    _("Readers as a group against the AI (%(task)s)"),
    _("Comparison"),
    (
        _N,
        Column(_("Metric"), get("metric", words)),
        Column(_("Median of the readers"), get("median", number)),
        Column(_("AI"), get("ai_value", number)),
        Column(_("U"), lambda line: number(line.figures["statistic"], 1)),
        *_TEST,
    ),
)


def _t(line: Line) -> str:
    entry = line.figures
    if entry["statistic"] is None:
        return DASH
    symbol = "z" if entry["df"] is None else f"t({number(entry['df'], 1)})"
    return f"{symbol} = {number(entry['statistic'], 2)}"


AI_VS_READERS = Sheet(
    _("The AI against the mean of the readers (%(task)s)"),
    _("Comparison"),
    (
        _N,
        Column(_("Metric"), get("metric", metric_name)),
        Column(_("AI"), get("ai_value", number)),
        Column(_("Mean of the readers"), get("mean", number)),
        _DIFFERENCE,
        Column(_("Statistic"), _t),
        *_TEST,
    ),
)


def _yes_or_no(value: bool | None) -> str:
    if value is None:
        return DASH
    return str(_("yes") if value else _("no"))


NON_INFERIORITY = Sheet(
    _("Non-inferiority (%(task)s)"),
    _("Comparison"),
    (
        _N,
        _DIFFERENCE,
        Column(_("Margin"), get("margin", number)),
        Column(_("Non-inferior"), get("non_inferior", _yes_or_no)),
        Column(_("Superior"), get("superior", _yes_or_no)),
        Column(_("one-sided p"), get("p_value", p_value)),
    ),
)


def _arms(entry: Entry) -> str:
    return "; ".join(f"{arm} {estimate(mean)}" for arm, mean in entry["arm_means"].items())


def _statistic(line: Line) -> str:
    entry = line.figures
    if entry["statistic"] is None:
        return DASH
    df2 = "" if entry["df2"] is None else f", {number(entry['df2'], 1)}"
    symbol = "F" if entry["distribution"] == "F" else "χ²"
    return f"{symbol}({entry['df1']}{df2}) = {number(entry['statistic'], 2)}"


_OR_COLUMNS = (
    Column(_("cases"), get("n", count)),
    Column(_("Mean over readers (%(level)s CI)"), lambda line: _arms(line.figures)),
    _DIFFERENCE,
    Column(_("Statistic"), _statistic),
    *_TEST,
)
MRMC_OR = Sheet(
    _("Arms compared over readers and cases, Obuchowski-Rockette (%(task)s)"),
    _("Analysis"),
    (Column(_("Metric"), get("metric", metric_name)), *_OR_COLUMNS),
)
FROC = Sheet(
    _("Arms compared by marks, Obuchowski-Rockette (%(task)s)"),
    _("Analysis"),
    (Column(_("Figure of merit"), get("figure_of_merit", str)), *_OR_COLUMNS),
)
MRMC_USTAT = Sheet(
    _("Arms compared over readers and cases, U-statistics (%(task)s)"),
    _("Analysis"),
    (
        Column(_("cases"), get("n", count)),
        Column(_("Mean AUC (%(level)s CI)"), lambda line: _arms(line.figures)),
        _DIFFERENCE,
        Column(_("z"), get("z", number)),
        *_TEST,
    ),
)


def _by_reader(entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Figures of merit of each reader by arm."""
    arms = list(entry["auc"])
    for reader in entry["auc"][arms[0]]:
        yield reader, {arm: entry["auc"][arm][reader] for arm in arms}


def _per_reader(line: Line) -> str:
    return "; ".join(f"{arm} {number(value)}" for arm, value in line.figures.items())


def _change(line: Line) -> str:
    values = list(line.figures.values())
    return DASH if len(values) < 2 or None in values[:2] else number(values[0] - values[1])


READERS = Sheet(
    _("Figure of merit of each reader (%(task)s)"),
    _("Reader"),
    (Column(_("By arm"), _per_reader), Column(_("Difference"), _change)),
    _by_reader,
)


def _grid(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for row in entry["grid"]:
        yield str(_("%(readers)s readers, %(cases)s cases") % row), row


POWER = Sheet(
    _("Power of a planned study"),
    _("Size"),
    (
        Column(_("Effect"), get("effect", number)),
        Column(_("Power"), get("power", number)),
        Column(_("Method"), lambda line: words(line.whole["method"])),
    ),
    _grid,
)
