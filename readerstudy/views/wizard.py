"""The wizard: one page per step, readiness and schedule always beside it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from readerstudy.models import ReaderStudy, StudyRole
from readerstudy.selectors.readiness import readiness
from readerstudy.selectors.studies import roles_in, study_for
from readerstudy.services.drafts import update_draft
from readerstudy.services.freezing import freeze
from readerstudy.services.runs import run_missing
from readerstudy.wizard import BY_SLUG, STEPS, Step, after
from readerstudy.wizard.cases import with_lesion
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import DomainError, InvalidInput, NotFound
from webapp.core.problems import typed
from webapp.imaging.models import Case

DESIGNERS = (Role.COORDINATOR, Role.TRUTH_KEEPER)


@role_required(*DESIGNERS)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, study_id: UUID, slug: str) -> HttpResponse:
    """Show or save one step of a draft; a frozen study leads to its dashboard."""
    page = _step(slug)
    user = signed_in(request)
    study = study_for(user, study_id, *page.roles)
    if not study.is_draft:
        return redirect("readerstudy:dashboard", study_id=study.pk)
    if request.method == "GET":
        return _render(request, study, page)
    try:
        update_draft(
            study=study,
            pieces=page.pieces(study, user, request.POST),
            actor=user,
            clock=request_clock(request),
        )
    except DomainError as error:
        return _render(request, study, page, error=error)
    messages.success(request, _("Saved."))
    follow = page if "stay" in request.POST else after(page)
    if not roles_in(study, user).intersection(follow.roles):
        follow = page
    return redirect("readerstudy:wizard", study_id=study.pk, slug=follow.slug)


@role_required(Role.COORDINATOR)
@require_POST
def run_models(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Queue the AI runs that the draft still needs."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    asked = run_missing(study=study, actor=user, clock=request_clock(request))
    said = ngettext("%(n)s run is queued.", "%(n)s runs are queued.", asked) % {"n": asked}
    messages.info(request, said)
    return redirect("readerstudy:wizard", study_id=study.pk, slug="ai")


@role_required(Role.COORDINATOR)
@require_POST
def freeze_study(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Fix the protocol and draw the orders."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    try:
        frozen = freeze(study=study, actor=user, clock=request_clock(request))
    except DomainError as error:
        return _render(request, study, BY_SLUG["freeze"], error=error)
    messages.success(
        request,
        _("The protocol is frozen. Its hash is %(hash)s.") % {"hash": frozen.study.protocol_sha256},
    )
    return redirect("readerstudy:dashboard", study_id=study.pk)


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def index_lesion(request: HttpRequest, study_id: UUID, code: str) -> HttpResponse:
    """Mark the lesion that is asked about: show the case, take the box drawn on it."""
    user = signed_in(request)
    study = study_for(user, study_id, StudyRole.COORDINATOR)
    row = study.cases.select_related("case").filter(code=code).first()
    if row is None or not study.is_draft:
        raise NotFound(_("There is no such case in this draft."))
    if request.method == "POST":
        update_draft(
            study=study,
            pieces=with_lesion(study, code, *_box(request)),
            actor=user,
            clock=request_clock(request),
        )
        messages.success(request, _("The index lesion of %(code)s is marked.") % {"code": code})
        return redirect("readerstudy:wizard", study_id=study.pk, slug="cases")
    case: Case = row.case
    context = {"study": study, "row": row, "case": case}
    return render(request, "readerstudy/wizard/index_lesion.html", context)


def _render(
    request: HttpRequest, study: ReaderStudy, page: Step, error: DomainError | None = None
) -> HttpResponse:
    user = signed_in(request)
    roles = roles_in(study, user)
    context = {
        "study": study,
        "step": page,
        "steps": [one for one in STEPS if roles.intersection(one.roles)],
        "readiness": readiness(study),
        "error": error,
        "given": typed(request) if error else None,
        **page.context(study, user),
    }
    return render(request, page.template, context, status=400 if error else 200)


def _step(slug: str) -> Step:
    if slug not in BY_SLUG:
        raise NotFound(_("The wizard has no such step."))
    return BY_SLUG[slug]


def _box(request: HttpRequest) -> tuple[list[float], list[float]]:
    """Read centre and size in mm from the form that the viewer fills in."""
    try:
        centre = [float(part) for part in request.POST["centre_mm"].split(",")]
        size = [float(part) for part in request.POST["size_mm"].split(",")]
    except (KeyError, ValueError):
        raise InvalidInput(_("Draw a box around the lesion first, then save it.")) from None
    return centre, size
