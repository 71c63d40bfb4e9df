"""Results as sentences, with their numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from readerstudy.reports.tables.wording import Entry, estimate, metric_name, p_with_sign, words

INFERENCE = {
    "RRRC": "readers and cases random",
    "FRRC": "cases random, readers fixed",
    "RRFC": "readers random, cases fixed",
}
FIRST_ROWS = 8
"""So many rows of readings.csv are named with an oddity; the others are counted."""
PRIMARY = ("mrmc_or", "mrmc_ustat", "froc", "mcnemar")
"""Kinds of analyses that can be the primary one, the multi-reader comparisons before the rest."""


def headline(result: Mapping[str, Any]) -> str:
    """Return the primary analysis as one sentence with its numbers.

    The multi-reader multi-case comparison is primary where the plan has one; else the first
    paired test.
    """
    for kind in PRIMARY:
        for name, entry in result["analyses"].items():
            if entry["type"] == kind and "error" not in entry:
                return sentence(name, entry)
    return _("The plan has no comparison; see the tables.")


def oddities(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is odd in the data, each with the rows of readings.csv it is about."""
    return tuple(
        f"{oddity['message']} {_rows(oddity['rows'])}".rstrip() for oddity in result["oddities"]
    )


def _rows(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    named = ", ".join(map(str, rows[:FIRST_ROWS]))
    if len(rows) > FIRST_ROWS:
        return _("(rows %(rows)s, ...; %(n)s in all)") % {"rows": named, "n": len(rows)}
    return ngettext("(row %(rows)s)", "(rows %(rows)s)", len(rows)) % {"rows": named}


def sentence(name: str, entry: Entry) -> str:
    """Return one comparison as a sentence; empty for kinds that need their table."""
    return SENTENCES[entry["type"]](name, entry) if entry["type"] in SENTENCES else ""


def _obuchowski_rockette(name: str, entry: Entry) -> str:
    return _(
        "Mean %(metric)s over readers: %(means)s. Difference %(difference)s, p %(p)s "
        "(Obuchowski-Rockette with Hillis degrees of freedom, %(inference)s, n = %(n)s)."
    ) % {
        "metric": entry.get("figure_of_merit") or metric_name(entry["metric"]),
        "means": _means(entry),
        "difference": estimate(entry["difference"]),
        "p": p_with_sign(entry["p_value"]),
        "inference": _(INFERENCE[entry["inference"]]),
        "n": entry["n"],
    }


def _u_statistics(name: str, entry: Entry) -> str:
    return _(
        "Mean AUC over readers: %(means)s. Difference %(difference)s, p %(p)s "
        "(U-statistics, readers and cases random, n = %(n)s)."
    ) % {
        "means": _means(entry),
        "difference": estimate(entry["difference"]),
        "p": p_with_sign(entry["p_value"]),
        "n": entry["n"],
    }


def _mcnemar(name: str, entry: Entry) -> str:
    return _("%(name)s: difference in accuracy %(difference)s, McNemar p %(p)s, n = %(n)s.") % {
        "name": words(name),
        "difference": estimate(entry["difference"]),
        "p": p_with_sign(entry["p_value"]),
        "n": entry["n"],
    }


def _means(entry: Entry) -> str:
    return "; ".join(f"{arm} {estimate(mean)}" for arm, mean in entry["arm_means"].items())


SENTENCES = {
    "mrmc_or": _obuchowski_rockette,
    "froc": _obuchowski_rockette,
    "mrmc_ustat": _u_statistics,
    "mcnemar": _mcnemar,
}
