"""The analysis plan, and the results once they are open, as a document to read and print."""

from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from readerstudy.models import StudyState
from readerstudy.reports import document
from readerstudy.reports.document.html import style_source
from readerstudy.selectors.protocols import frozen_plan, protocol_for
from readerstudy.selectors.results import results
from readerstudy.selectors.studies import roles_in, study_for
from readerstudy.views.results import ANALYSTS
from webapp.accounts.access import role_required, signed_in


@csp_update({"style-src": [style_source()]})
@role_required(*ANALYSTS)
@require_GET
def html(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show the document as a page that stands alone."""
    return HttpResponse(document.as_html(_document(request, study_id)))


@role_required(*ANALYSTS)
@require_GET
def pdf(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show the document as PDF."""
    content = document.as_pdf(_document(request, study_id))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="report-{study_id}.pdf"'
    return response


def _document(request: HttpRequest, study_id: UUID) -> document.Document:
    user = signed_in(request)
    study = study_for(user, study_id)
    plan = frozen_plan(study)
    return document.report(
        protocol_for(study, roles_in(study, user)),
        plan,
        results(study) if study.state == StudyState.UNBLINDED else None,
        protocol_sha256=study.protocol_sha256,
    )
