"""The statistical analysis plan and the results as a document one can read and print.

Pure functions of protocol, plan and result as JSON; no queryset. :func:`report` writes it,
:func:`as_html` and :func:`as_pdf` print it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.reports.document.blocks import Bullets, Document, Section
from readerstudy.reports.document.design import design_sections
from readerstudy.reports.document.html import as_html
from readerstudy.reports.document.methods import statistics_sections
from readerstudy.reports.document.record import record_sections
from readerstudy.reports.document.references import Citations
from readerstudy.reports.document.results import results_sections, summary

__all__ = ["Document", "as_html", "as_pdf", "report"]

Json = Mapping[str, Any]


def report(
    protocol: Json, plan: Json, result: Json | None = None, *, protocol_sha256: str
) -> Document:
    """Write the plan, and the results once there are any.

    Parameters
    ----------
    protocol
        ``protocol/1`` as frozen; without ``reference`` where the reader may not know it yet.
    plan, result
        ``analysis-plan/1`` and what it gave; None before unblinding.
    protocol_sha256
        The seal of the frozen protocol.
    """
    citations = Citations()
    sections: list[Section] = []
    if result is not None:
        sections.append(Section(_("Summary"), summary(result), 1))
    sections += [
        Section(_("Methods"), (), 1),
        *design_sections(protocol),
        *statistics_sections(plan, citations),
    ]
    if result is not None:
        sections += [Section(_("Results"), (), 1), *results_sections(result, plan)]
    sections += [
        Section(_("References"), (Bullets(citations.sources()),), 1),
        *record_sections(protocol, plan, result, protocol_sha256),
    ]
    kind = _("Statistical analysis plan") if result is None else _("Analysis plan and results")
    return Document(str(protocol["title"]), kind, _marks(protocol), tuple(sections))


def as_pdf(document: Document) -> bytes:
    """Print a document as PDF."""
    # reportlab takes a while to load; only who wants a PDF waits for it.
    from readerstudy.reports.document.pdf import print_pdf

    return print_pdf(document)


def _marks(protocol: Json) -> tuple[str, ...]:
    marks = [_("Research use only - not for diagnosis")]
    if any(arm.get("ai") for arm in protocol["arms"]):
        marks.append(_("AI answers: phantom-trained model"))
    if protocol["pilot"]:
        marks.append(_("Pilot study"))
    return tuple(marks)
