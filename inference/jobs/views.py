"""Pages about systems and the AI part of a case page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from inference.jobs import cards, services, systems
from inference.jobs.api import STAFF
from inference.registry import find
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.imaging import selectors as imaging

STAFF_AND_ANALYSTS = (*STAFF, Role.STATISTICIAN)


@role_required(*STAFF_AND_ANALYSTS)
@require_GET
def models(request: HttpRequest) -> HttpResponse:
    """List the systems with the state they are in here."""
    return render(request, "jobs/models.html", {"systems": systems.installed()})


@role_required(*STAFF_AND_ANALYSTS)
@require_GET
def card(request: HttpRequest, system: str) -> HttpResponse:
    """Show one system's card."""
    installed = systems.inspect(find(system))
    text = cards.as_html(systems.card(installed.spec))
    return render(request, "jobs/card.html", {"system": installed, "card": text})


@role_required(Role.ADMINISTRATOR)
@require_POST
def switch(request: HttpRequest, system: str) -> HttpResponse:
    """Switch a system on or off."""
    services.set_system_enabled(
        system=system,
        enabled=request.POST.get("enabled") == "1",
        actor=signed_in(request),
        clock=request_clock(request),
    )
    return redirect("jobs:models")


@role_required(Role.ADMINISTRATOR)
@require_POST
def prefer(request: HttpRequest, system: str) -> HttpResponse:
    """Offer a system first on cases of its modality."""
    services.prefer_system(system=system, actor=signed_in(request), clock=request_clock(request))
    return redirect("jobs:models")


@role_required(*STAFF)
@require_GET
def panel(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Answer with the AI part of a case page; its script asks the API from there on."""
    case = imaging.case_for(signed_in(request), case_id)
    choices = [systems.choice_json(spec) for spec in systems.choices_for(case)]
    context = {"case": case, "choices": choices}
    return render(request, "jobs/panel.html", context)
