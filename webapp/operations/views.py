"""The demo's clock and the installation's health page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.operations import selectors, services


@login_required
@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock ahead and return to the page the person came from."""
    days = request.POST.get("days", "")
    services.move_demo_clock(days=days, actor=signed_in(request))
    messages.info(request, _("The demo clock was moved ahead by %(days)s days.") % {"days": days})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "home")


@role_required(Role.ADMINISTRATOR)
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Show services, queue, disk, workers and versions."""
    return render(request, "operations/health.html", {"health": selectors.health()})
