"""Pages about images: upload, the table of cases, one case."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role, User
from webapp.core.clock import request_clock
from webapp.core.errors import InvalidInput
from webapp.imaging import access, blackening, clinical, selectors, services
from webapp.imaging.forms import PhaseForm, PicturesForm, drawn_over
from webapp.imaging.models import PHASES, Case, PictureKind
from webapp.imaging.presentation import case_rows, rail
from webapp.imaging.upload_api import UPLOADERS

VIEWERS = (*UPLOADERS, Role.RADIOLOGIST)
_ANY_CASE = UUID(int=0)


@role_required(*UPLOADERS)
@require_GET
def upload(request: HttpRequest) -> HttpResponse:
    """Show where files are dropped; the script does the rest by the API."""
    case_url = reverse("imaging:case", args=[_ANY_CASE]).replace(str(_ANY_CASE), "{id}")
    return render(request, "imaging/upload.html", {"case_url": case_url})


@role_required(*VIEWERS)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases this person may open."""
    user = signed_in(request)
    listed = selectors.cases_visible_to(user).prefetch_related("series")
    context = {"rows": case_rows(listed), "may_upload": user.has_role(*UPLOADERS)}
    return render(request, "imaging/cases.html", context)


@role_required(*VIEWERS)
@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one case: series, images, and what other rooms add."""
    user = signed_in(request)
    return _case_page(request, user, selectors.case_for(user, case_id))


def _case_page(
    request: HttpRequest, user: User, found: Case, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    """Show a case; with what was typed where a person's clinical values were refused."""
    context = {
        "case": found,
        "rail": rail(found),
        "phases": PHASES,
        "picture_kinds": PictureKind.choices,
        "names_unchecked": found.series.filter(names_unchecked=True).exists(),
        "may_correct": not found.pinned
        and selectors.cases_editable_by(user).filter(pk=found.pk).exists(),
        "clinical": clinical.fields_of(found, typed),
        "panels": access.panels_of(user, found),
    }
    status = HTTPStatus.OK if typed is None else HTTPStatus.BAD_REQUEST
    return render(request, "imaging/case.html", context, status=status)


@role_required(*VIEWERS)
@require_POST
def set_clinical(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep a case's clinical values, then show the case again."""
    user = signed_in(request)
    found = selectors.editable_case_for(user, case_id)
    typed = {name: request.POST.get(name, "") for name in clinical.variables_for(found)}
    try:
        services.set_clinical(case=found, values=typed, actor=user, clock=request_clock(request))
    except InvalidInput as error:
        messages.warning(request, error.message)
        return _case_page(request, user, found, typed)
    messages.success(request, _("The clinical values are kept; the next AI run uses them."))
    return redirect("imaging:case", case_id=found.pk)


@role_required(*VIEWERS)
@require_POST
def phase(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """Correct the contrast phase of a series, then show its case again."""
    user = signed_in(request)
    series = selectors.editable_series_for(user, series_id)
    form = PhaseForm(request.POST)
    services.correct_phase(
        series=series, phase=form.chosen(), actor=user, clock=request_clock(request)
    )
    return redirect("imaging:case", case_id=series.case_id)


@role_required(*VIEWERS)
@require_POST
def pictures(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """Say what pictures are, then show their case again."""
    user = signed_in(request)
    series = selectors.editable_series_for(user, series_id)
    kind = PicturesForm(request.POST).chosen()
    services.correct_pictures(series=series, kind=kind, actor=user, clock=request_clock(request))
    return redirect("imaging:case", case_id=series.case_id)


@role_required(*VIEWERS)
@require_POST
def names_checked(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Confirm that no name shows in the pictures of a case, then show it again."""
    user = signed_in(request)
    found = selectors.editable_case_for(user, case_id)
    services.confirm_no_names(case=found, actor=user, clock=request_clock(request))
    messages.success(request, _("Noted: no name shows in this case."))
    return redirect("imaging:case", case_id=found.pk)


@role_required(*VIEWERS)
@require_POST
def blacken(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Blacken what a person drew over in the images of a case, then show it again."""
    user = signed_in(request)
    found = selectors.editable_case_for(user, case_id)
    drawn = drawn_over(request.POST.get("rectangles", ""))
    blackening.blacken(case=found, rectangles=drawn, actor=user, clock=request_clock(request))
    messages.success(request, _("It is black now in all frames. Look through them again."))
    return redirect("imaging:case", case_id=found.pk)
