"""The printed report: the radiologist's opinion, then the AI's result in its own marked part."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Spacer, Table, TableStyle

from inference.jobs.exports import label
from inference.jobs.findings import FindingGroup, grouped
from inference.jobs.results import Json, phase_words
from webapp.core.typesetting import (
    CAUTION,
    CAUTION_GROUND,
    QUIET,
    paragraph,
    style,
    typeset,
)
from webapp.opinions.models import Category, Draft, OpinionRequest, Report

_RULED = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, QUIET),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
)


def report_pdf(request: OpinionRequest, reports: Iterable[Report], ai: Json | None) -> bytes:
    """Print a signed report with its addenda.

    Parameters
    ----------
    request : OpinionRequest
        What was asked.
    reports : iterable of Report
        Signed versions in the order in which they are to stand.
    ai : dict or None
        Result of the run pinned at signing, as :func:`inference.jobs.results.result_json` gives.
    """
    parts = [flowable for report in reports for flowable in _signed(report)]
    return _document(request, parts, ai)


def preview_pdf(request: OpinionRequest, draft: Draft, ai: Json | None) -> bytes:
    """Print what is written so far, marked as not signed."""
    heading = paragraph(_("Draft - not signed"), style(11, bold=True, colour=CAUTION))
    return _document(request, [heading, *_text(draft)], ai)


def _document(request: OpinionRequest, opinion: list[Flowable], ai: Json | None) -> bytes:
    code = request.case.code
    title = _("Second opinion on case %(code)s") % {"code": code}
    flowables: list[Flowable] = [
        paragraph(title, style(16, bold=True)),
        Spacer(1, 3 * mm),
        *_field(_("Question"), request.question),
        *_field(_("Asked"), _moment(request.requested_at)),
        Spacer(1, 3 * mm),
        HRFlowable(width="100%", color=QUIET, thickness=0.5),
        Spacer(1, 3 * mm),
        paragraph(_("Radiologist's opinion"), style(12, bold=True)),
        *opinion,
        Spacer(1, 6 * mm),
        *_ai_part(ai),
    ]
    return typeset(
        flowables,
        title=title,
        footer=f"{code} · " + _("Research use only - not for diagnosis"),
        page_of=_("page {page} of {pages}"),
    )


def _signed(report: Report) -> Iterator[Flowable]:
    if report.version > 1:
        heading = _("Addendum %(number)s") % {"number": report.version - 1}
        yield Spacer(1, 4 * mm)
        yield paragraph(heading, style(11, bold=True))
        yield from _field(_("Reason"), report.reason)
    yield from _text(report)
    seen = _("yes") if report.ai_seen else _("no, read without it")
    yield from _field(_("AI result seen before signing"), seen)
    signature = _("Signed by %(name)s, %(moment)s. %(meaning)s") % {
        "name": report.signer_name,
        "moment": _moment(report.signed_at),
        "meaning": _(report.meaning),
    }
    yield KeepTogether(
        [
            Spacer(1, 2 * mm),
            paragraph(signature, style(9.5, bold=True)),
            paragraph(f"sha256 {report.body_sha256}", style(7, colour=QUIET)),
        ]
    )


def _text(opinion: Report | Draft) -> Iterator[Flowable]:
    labels = {choice.value: str(choice.label) for choice in Category}
    yield from _field(_("Category"), labels.get(opinion.category, "-"))
    yield from _field(_("Findings"), opinion.findings or "-")
    yield from _field(_("Impression"), opinion.impression or "-")


def _field(name: str, value: str) -> list[Flowable]:
    return [paragraph(name, style(8, colour=QUIET)), paragraph(value, style())]


def _ai_part(ai: Json | None) -> Iterator[Flowable]:
    yield paragraph(_("AI result"), style(12, bold=True))
    if ai is None:
        yield paragraph(_("No AI result stood beside this report."), style())
        return
    mark = Table([[paragraph(label(ai), style(9.5, bold=True, colour=CAUTION))]], colWidths="100%")
    mark.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), CAUTION_GROUND)]))
    yield mark
    yield Spacer(1, 2 * mm)
    yield from _field(_("Most likely class"), ai["decision"] or _("no lesion found"))
    yield _shares(_("Class"), ai["probabilities"].items())
    for stage in ai["stages"]:
        heading = _("Stage %(name)s") % {"name": stage["id"]}
        yield _shares(heading, stage["probabilities"].items())
    for group in grouped(ai):
        yield Spacer(1, 2 * mm)
        yield _finding_table(group)
    phases = [phase_words(ai["phases_used"]), phase_words(ai["phases_missing"])]
    yield from _field(_("Phases used / missing"), " / ".join(phases))
    for warning in ai["warnings"]:
        yield from _field(_("Warning"), warning["message"])
    origin = f"{ai['system']} {ai['version']}, {ai['configuration']}, {ai['weights_sha256']}"
    yield from _field(_("System, version, configuration, weights (sha256)"), origin)


def _shares(heading: str, shares: Iterable[tuple[str, float]]) -> Flowable:
    small, head = style(8.5), style(8.5, colour=QUIET)
    rows = [[paragraph(heading, head), paragraph(_("Probability"), head)]]
    rows += [[paragraph(code, small), paragraph(f"{share:.3f}", small)] for code, share in shares]
    table = Table(rows, colWidths=(60 * mm, 30 * mm), hAlign="LEFT")
    table.setStyle(_RULED)
    return KeepTogether([table])


def _finding_table(group: FindingGroup) -> Flowable:
    changed = [_("Changed by a person")] if group.changed else []
    rows = [[paragraph(text, style(8.5, colour=QUIET)) for text in
             (group.name, _("Model"), *changed, _("Reason"))]]  # fmt: skip
    for row in group.rows:
        own = [row.changed] if group.changed else []
        rows.append([paragraph(t, style(8.5)) for t in (row.name, row.value, *own, row.reason)])
    widths = (38, 26, 28, 74) if group.changed else (48, 34, 84)
    table = Table(rows, colWidths=[w * mm for w in widths], hAlign="LEFT", repeatRows=1)
    table.setStyle(_RULED)
    return table


def _moment(moment: datetime) -> str:
    return f"{date_format(moment, 'Y-m-d H:i')} UTC"
