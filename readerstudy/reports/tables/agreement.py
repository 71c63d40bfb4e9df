"""Tables of agreement between raters."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.sheet import Column, Line, Sheet, Text, adjusted_p, get
from readerstudy.reports.tables.wording import (
    DASH,
    Entry,
    count,
    estimate,
    interval,
    number,
    p_value,
    words,
)

_N = Column(_("n"), get("n", count))
_AGREEMENT = Column(_("observed agreement"), get("percent_agreement", number))
_TEST = (Column(_("p (of zero)"), get("p_value", p_value)), Column(_("p adjusted"), adjusted_p))


def _complete(key: str) -> Column:
    return Column(_("cases used"), get(key, count))


def _coefficient(head: Text, key: str, write: Callable[..., str] = estimate) -> Column:
    return Column(head, get(key, write))


FLEISS = Sheet(
    _("Agreement between raters, Fleiss' kappa (%(task)s)"),
    _("Raters"),
    (
        _complete("n_complete"),
        Column(_("raters"), get("n_raters", count)),
        _coefficient(_("Kappa (%(level)s CI)"), "kappa"),
        Column(_("SE, SE under zero"), lambda line: f"{number(line.figures['se'])}, "
               f"{number(line.figures['se0'])}"),
        _AGREEMENT,
        *_TEST,
    ),
)  # fmt: skip
COHEN = Sheet(
    _("Agreement of two raters, Cohen's kappa (%(task)s)"),
    _("Comparison"),
    (
        _N,
        _coefficient(_("Kappa (%(level)s CI)"), "kappa"),
        _AGREEMENT,
        *_TEST,
    ),
)
GWET = Sheet(
    _("Agreement between raters, Gwet's AC (%(task)s)"),
    _("Raters"),
    (_complete("n_rated"), _coefficient(_("AC (%(level)s CI)"), "ac1"), _AGREEMENT),
)
KRIPPENDORFF = Sheet(
    _("Agreement between raters, Krippendorff's alpha (%(task)s)"),
    _("Raters"),
    (
        _complete("n_pairable"),
        Column(_("Scale"), get("level", words)),
        _coefficient(_("Alpha (%(level)s CI)"), "alpha"),
    ),
)
ICC = Sheet(
    _("Agreement between raters, intraclass correlation (%(task)s)"),
    _("Raters"),
    (
        _complete("n_complete"),
        Column(_("Form"), get("form", str)),
        _coefficient(_("ICC (%(level)s CI)"), "icc"),
        *_TEST,
    ),
)


def _differences(entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Kinds of differences that the data allow."""
    names = {
        "within_reader_within_arm": _("first and second reading of one reader"),
        "within_reader_between_arms": _("one reader, two arms"),
        "between_readers_between_arms": _("two readers, two arms"),
    }
    for arm, limits in entry["between_readers_within_arm"].items():
        yield str(_("two readers, %(arm)s")) % {"arm": arm}, limits
    for key, limits in entry["limits"].items():
        yield str(names[key]), limits


def _limits(line: Line) -> str:
    return interval(line.figures["lower"], line.figures["upper"]) or DASH


LIMITS = Sheet(
    _("Limits of agreement (%(task)s)"),
    _("Difference of"),
    (
        Column(_("cases"), lambda line: count(line.whole["n_complete"])),
        Column(_("Value"), lambda line: words(line.whole["value"])),
        Column(_("Mean difference (%(level)s CI)"), get("bias", estimate)),
        Column(_("%(level)s limits of agreement"), _limits),
    ),
    _differences,
)
