"""Pages of second opinions: worklist, reading and signing, report, PDF, panel of a case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inference.jobs.results import Json, result_json
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import Conflict, DomainError
from webapp.imaging import selectors as imaging
from webapp.opinions import reports, selectors, services
from webapp.opinions.api import ASKERS, STAFF
from webapp.opinions.forms import OpinionForm, QuestionForm
from webapp.opinions.models import OPEN, Draft, OpinionRequest, OpinionState, Report
from webapp.opinions.rules import Opinion

WRITTEN = ("findings", "impression", "category", "reason")


@role_required(Role.RADIOLOGIST)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """List what waits for a radiologist, what this one is reading, and what they signed."""
    context = {"worklist": selectors.worklist(signed_in(request))}
    return render(request, "opinions/worklist.html", context)


@role_required(Role.RADIOLOGIST)
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Show question and images with the form; a POST signs it."""
    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    if opinion.claimed_by_id not in (None, user.pk):
        return redirect("opinions:report", opinion_id=opinion_id)
    draft = selectors.draft_of(opinion, user)
    form = OpinionForm(request.POST or None, initial=_written_before(opinion, draft))
    if request.method == "POST" and form.is_valid() and _signed(request, opinion, form):
        return redirect("opinions:report", opinion_id=opinion_id)
    context = {
        "opinion": opinion,
        "form": form,
        "draft": draft,
        "mine": opinion.claimed_by_id == user.pk,
        "addendum": opinion.state == OpinionState.SIGNED,
    }
    return render(request, "opinions/read.html", context)


@role_required(Role.RADIOLOGIST)
@require_POST
def claim(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Take a request and open it; if a colleague was faster, go back to the list and say so."""
    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    try:
        services.claim(request=opinion, actor=user, clock=request_clock(request))
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("opinions:worklist")
    return redirect("opinions:read", opinion_id=opinion_id)


@role_required(Role.RADIOLOGIST)
@require_POST
def release(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Give a request back."""
    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    services.release(request=opinion, actor=user, clock=request_clock(request))
    return redirect("opinions:worklist")


@role_required(Role.RADIOLOGIST)
@require_POST
def show_ai(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Note that the radiologist looks at the AI now; for pages whose script doesn't run."""
    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    services.show_ai(request=opinion, actor=user, clock=request_clock(request))
    return redirect("opinions:read", opinion_id=opinion_id)


@role_required(*STAFF)
@require_GET
def report(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Show what was asked and answered, with the AI's result in its own marked part."""
    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    signed = selectors.versions(opinion)
    context = {
        "opinion": opinion,
        "reports": signed,
        "ai": _ai_beside(signed),
        "mine": opinion.claimed_by_id == user.pk,
    }
    return render(request, "opinions/report.html", context)


@role_required(*STAFF)
@require_GET
def pdf(request: HttpRequest, opinion_id: UUID) -> HttpResponse:
    """Send the report as PDF; whoever is reading gets their draft, marked as such."""
    from webapp.opinions.pdf import preview_pdf, report_pdf  # reportlab loads slowly

    user = signed_in(request)
    opinion = selectors.opinion_for(user, opinion_id)
    signed, draft = selectors.versions(opinion), selectors.draft_of(opinion, user)
    if signed:
        content = report_pdf(opinion, signed[::-1], _ai_beside(signed))
    elif draft is not None and opinion.claimed_by_id == user.pk:
        job = selectors.ai_shown(opinion)
        content = preview_pdf(opinion, draft, result_json(job) if job else None)
    else:
        raise Conflict(_("There is no report yet; it can be printed when it is signed."))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{opinion.case.code}-report.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@role_required(*STAFF)
@require_GET
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Answer with the opinion part of a case page."""
    user = signed_in(request)
    case = imaging.case_for(user, case_id)
    opinions = list(selectors.opinions_of(case))
    open_now = any(opinion.state in OPEN for opinion in opinions)
    context = {
        "case": case,
        "opinions": opinions,
        "form": QuestionForm() if user.has_role(*ASKERS) and not open_now else None,
    }
    return render(request, "opinions/panel.html", context)


@role_required(*ASKERS)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask a radiologist about a case."""
    user = signed_in(request)
    case = imaging.case_for(user, case_id)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opinion = services.request_opinion(
                case=case, actor=user, clock=request_clock(request), **form.cleaned_data
            )
        except DomainError as error:
            _show(form, error)
        else:
            return redirect("opinions:report", opinion_id=opinion.pk)
    return render(request, "opinions/ask.html", {"case": case, "form": form})


def _signed(request: HttpRequest, opinion: OpinionRequest, form: OpinionForm) -> bool:
    """Sign what the form holds; on a refusal keep it as draft and show why."""
    user, clock = signed_in(request), request_clock(request)
    written = Opinion(**{name: form.cleaned_data[name] for name in WRITTEN})
    write = reports.add_addendum if opinion.state == OpinionState.SIGNED else reports.sign
    try:
        services.save_draft(request=opinion, opinion=written, actor=user, clock=clock)
        write(
            request=opinion,
            opinion=written,
            password=form.cleaned_data["password"],
            actor=user,
            clock=clock,
        )
    except DomainError as error:
        _show(form, error)
        return False
    return True


def _show(form: Form, error: DomainError) -> None:
    form.add_error(None, error.message)
    for name, message in error.fields.items():
        form.add_error(name, message)


def _written_before(opinion: OpinionRequest, draft: Draft | None) -> dict[str, Any]:
    """Start from the draft; an addendum without one from the version before."""
    source = draft or opinion.reports.order_by("-version").first()
    if source is None:
        return {}
    written = {name: getattr(source, name) for name in WRITTEN}
    return written if draft else {**written, "reason": ""}


def _ai_beside(signed: list[Report]) -> Json | None:
    job = selectors.ai_beside(signed[0]) if signed else None
    return result_json(job, until=signed[0].signed_at) if job else None
