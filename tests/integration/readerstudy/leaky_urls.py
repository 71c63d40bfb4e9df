"""The application with routes that leak on purpose: the leak test has to find each of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from inference.jobs.models import Explanation, Prediction
from inference.jobs.selectors import heatmap_bytes
from readerstudy.models import Draft, ReferenceStandard, StudyCase
from webapp.accounts.models import User
from webapp.imaging.models import Case, UploadSession


def ai(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give the AI's output away."""
    told = ("result", "record", "revisions__edits")
    found = Prediction.objects.filter(job__case=case_id).values(*told)
    return JsonResponse({"found": list(found)})


def overlay(request: HttpRequest, heatmap_id: UUID) -> HttpResponse:
    """Give a heat map away."""
    found = Explanation.objects.filter(pk=heatmap_id).first()
    return HttpResponse(b"" if found is None else heatmap_bytes(found))


def truth(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Give the reference standard away."""
    found = ReferenceStandard.objects.filter(study_case__study=study_id).values("source")
    strata = StudyCase.objects.filter(study=study_id).values("strata")
    return JsonResponse({"found": list(found), "strata": list(strata)})


def names(request: HttpRequest) -> HttpResponse:
    """Give people's names away, in a header."""
    people = User.objects.exclude(pk=request.user.pk).values_list("display_name", flat=True)
    return HttpResponse(headers={"X-People": "; ".join(people)})


def files(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Give file names away."""
    return JsonResponse({"r": list(UploadSession.objects.filter(pk=upload_id).values("report"))})


def answers(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Give other readers' answers away."""
    return JsonResponse({"r": list(Draft.objects.filter(reading=reading_id).values("answers"))})


def identifiers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give a case's identifiers away."""
    found = Case.objects.filter(pk=case_id).values("code", "study_uid", "series__series_uid")
    return JsonResponse({"found": list(found)})


LEAKS = {
    "leak/ai/<uuid:case_id>/": ai,
    "leak/overlay/<uuid:heatmap_id>/": overlay,
    "leak/truth/<uuid:study_id>/": truth,
    "leak/names/": names,
    "leak/files/<uuid:upload_id>/": files,
    "leak/answers/<uuid:reading_id>/": answers,
    "leak/identifiers/<uuid:case_id>/": identifiers,
}
urlpatterns = [
    path("", include("webapp.urls")),
    *(path(route, view) for route, view in LEAKS.items()),
]
