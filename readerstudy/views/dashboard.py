"""Watching a study and ending it: progress, events, amendment, lock, unblinding."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from readerstudy.models import StudyRole
from readerstudy.selectors.overview import latest_events, reader_rows
from readerstudy.selectors.studies import roles_in, study_for
from readerstudy.services import ending
from readerstudy.views.results import ANALYSTS
from readerstudy.views.studies import STAFF
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import InvalidInput
from webapp.core.form_input import whole_number


@role_required(*STAFF)
@require_GET
def dashboard(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show readers by periods, pace and events; no accuracy."""
    user = signed_in(request)
    study = study_for(user, study_id)
    if study.is_draft:
        return redirect("readerstudy:wizard", study_id=study.pk, slug="cases")
    context = {
        "study": study,
        "readers": reader_rows(study, request_clock(request)),
        "periods": range(1, len(study.design["periods"]) + 1),
        "events": latest_events(study),
        "coordinates": StudyRole.COORDINATOR in roles_in(study, user),
        "analyses": user.has_role(*ANALYSTS),
    }
    return render(request, "readerstudy/dashboard.html", context)


@role_required(Role.COORDINATOR)
@require_POST
def lock(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """End reading."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    ending.lock(study=study, actor=user, clock=request_clock(request))
    messages.success(request, _("The study is locked: reading has ended."))
    return redirect("readerstudy:dashboard", study_id=study.pk)


@role_required(Role.COORDINATOR)
@require_POST
def unblind(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Open the results, signed with the password."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    try:
        ending.unblind(
            study=study,
            actor=user,
            clock=request_clock(request),
            password=request.POST.get("password", ""),
        )
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("readerstudy:dashboard", study_id=study.pk)
    return redirect("readerstudy:results", study_id=study.pk)


@role_required(Role.COORDINATOR)
@require_POST
def amend(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Change the washout of a frozen study, with a reason."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    days = whole_number(request.POST.get("washout_days", ""))
    if days is None:
        raise InvalidInput(_("The washout must be a whole number of days."))
    ending.amend(
        study=study,
        changes={"washout_days": days},
        reason=request.POST.get("reason", ""),
        actor=user,
        clock=request_clock(request),
    )
    messages.success(request, _("The amendment is recorded with its reason."))
    return redirect("readerstudy:dashboard", study_id=study.pk)
