"""The results: oddities, the primary comparison in a sentence, then tables with their figures."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from readerstudy.reports import plots, tables
from readerstudy.reports.document.blocks import (
    Alert,
    Block,
    Bullets,
    Figure,
    Grid,
    Paragraph,
    Section,
)
from readerstudy.reports.tables.wording import adjustment, words

Json = Mapping[str, Any]

CHAPTERS: tuple[tuple[Promise, frozenset[str]], ...] = (
    (
        gettext_lazy("Conditions compared over readers and cases"),
        frozenset({"mrmc_or", "mrmc_ustat", "froc", "non_inferiority"}),
    ),
    (gettext_lazy("Diagnostic performance"), frozenset({"diagnostic", "roc", "delong"})),
    (
        gettext_lazy("Paired comparisons"),
        frozenset({"mcnemar", "cochran_q", "bowker", "stuart_maxwell"}),
    ),
    (
        gettext_lazy("AI and readers"),
        frozenset({"ai_vs_readers", "comparison_matrix", "mann_whitney", "reliance"}),
    ),
    (
        gettext_lazy("Agreement"),
        frozenset(
            {"fleiss_kappa", "cohen_kappa", "gwet_ac1", "krippendorff_alpha", "icc"}
            | {"limits_of_agreement"}
        ),
    ),
    (
        gettext_lazy("Time, confidence and order"),
        frozenset({"time", "confidence", "period_effect"}),
    ),
    (
        gettext_lazy("Models and subgroups"),
        frozenset(
            {"gee", "glmm", "subgroup", "prevalence", "calibration", "decision_curve", "power"}
        ),
    ),
)
"""Headings of the results by kind of analysis; what is in none comes last."""


def summary(result: Json) -> tuple[Block, ...]:
    """Return the primary result in a sentence, behind what makes one doubt the data."""
    headline = Paragraph(tables.headline(result))
    n = len(result["oddities"])
    if not n:
        return (headline,)
    text = ngettext(
        "The data hold %(n)s oddity, listed first among the results.",
        "The data hold %(n)s oddities, listed first among the results.",
        n,
    )
    return Paragraph(text % {"n": n}), headline


def results_sections(result: Json, plan: Json) -> list[Section]:
    """Return the results in the order in which they are to be read."""
    sections: list[Section] = []
    if result["oddities"]:
        sections.append(Section(_("Look at these first"), (_oddities(result),)))
    sections.append(Section(_("Primary result"), _primary(result)))
    left = tables.tables_of(result, plan)
    for title, kinds in CHAPTERS:
        own = [table for table in left if table.kind in kinds]
        left = [table for table in left if table.kind not in kinds]
        if own:
            sections.append(Section(str(title), tuple(_blocks(own, result))))
    if left:
        sections.append(Section(_("Further results"), tuple(_blocks(left, result))))
    return sections


def _oddities(result: Json) -> Alert:
    return Alert(_("Oddities in the data, with rows of readings.csv"), tables.oddities(result))


def _primary(result: Json) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(tables.headline(result))]
    verdicts = tuple(_verdict(name, family) for name, family in result["families"].items())
    if verdicts:
        blocks.append(Bullets(verdicts))
    exploratory = [
        words(name) for name, entry in result["analyses"].items() if entry.get("exploratory")
    ]
    if exploratory:
        text = _("Exploratory, not in the frozen plan: %(names)s.")
        blocks.append(Paragraph(text % {"names": ", ".join(exploratory)}))
    return tuple(blocks)


def _verdict(name: str, family: Json) -> str:
    rejected = [words(member["id"]) for member in family["members"] if member["reject"]]
    facts = {
        "family": words(name),
        "adjust": adjustment(family["adjust"]),
        "n": len(rejected),
        "all": len(family["members"]),
        "names": ", ".join(rejected),
    }
    if not rejected:
        return _("%(family)s (%(adjust)s): 0 of %(all)s hypotheses rejected.") % facts
    return _("%(family)s (%(adjust)s): %(n)s of %(all)s hypotheses rejected: %(names)s.") % facts


def _blocks(own: Iterable[tables.ResultTable], result: Json) -> Iterable[Block]:
    """Yield each table with the figures of its analyses."""
    for table in own:
        caption = f"{table.title}."
        yield Grid(caption, table.columns, table.rows, table.notes, numeric=True)
        for name in table.analyses:
            entry = result["analyses"][name]
            for plot in plots.plots_of(name, entry):
                yield Figure(f"{plot.caption}.", plot, entry)
