"""The list of studies and how one begins."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from readerstudy.protocol.template import six_lesion_template
from readerstudy.selectors.overview import studies_overview
from readerstudy.services.drafts import create_study
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import InvalidInput
from webapp.core.json_input import parse_json

STAFF = (Role.COORDINATOR, Role.TRUTH_KEEPER, Role.STATISTICIAN, Role.ADMINISTRATOR)
LARGEST_PROTOCOL_BYTES = 8 * 2**20


@role_required(*STAFF)
@require_GET
def studies(request: HttpRequest) -> HttpResponse:
    """List the studies this person works on."""
    user = signed_in(request)
    context = {
        "studies": studies_overview(user, request_clock(request)),
        "may_create": user.has_role(Role.COORDINATOR),
    }
    return render(request, "readerstudy/studies.html", context)


@role_required(Role.COORDINATOR)
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Begin a study from the template or from a protocol file."""
    upload = request.FILES.get("protocol")
    if upload is None:
        title = request.POST.get("title", "").strip() or _("New reader study")
        protocol: object = six_lesion_template(title, secrets.randbelow(2**31))
    elif (upload.size or 0) > LARGEST_PROTOCOL_BYTES:
        raise InvalidInput(_("A protocol file may have 8 MB at most. Is this the right file?"))
    else:
        protocol = parse_json(upload.read())
    study = create_study(protocol=protocol, actor=signed_in(request), clock=request_clock(request))
    return redirect("readerstudy:wizard", study_id=study.pk, slug="cases")
