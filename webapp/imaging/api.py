"""Cases over HTTP: list, show, correct a phase, images for the viewer."""

from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.contracts import ContrastPhase
from webapp.accounts.access import signed_in
from webapp.core.clock import request_clock
from webapp.core.errors import InvalidInput
from webapp.imaging import clinical, manifest, selectors, services, thumbnails
from webapp.imaging.models import Case, PictureKind
from webapp.imaging.presentation import case_json, case_series_json
from webapp.imaging.serializers import (
    CaseOut,
    CaseSeries,
    ClinicalChange,
    ClinicalField,
    FrameTokens,
    SeriesChange,
)


class Cases(APIView):
    """The cases of the person who asks."""

    @extend_schema(responses=CaseOut(many=True), operation_id="cases_list")
    def get(self, request: Request) -> Response:
        """Answer with the cases this person may open, the latest first."""
        cases = selectors.cases_visible_to(signed_in(request)).prefetch_related("series")
        return Response([case_json(case) for case in cases])


class CaseDetail(APIView):
    """One case."""

    @extend_schema(responses=CaseOut, operation_id="cases_retrieve")
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with a case and its series."""
        return Response(case_json(selectors.case_for(signed_in(request), case_id)))


class CaseClinical(APIView):
    """Clinical values of one case, for the systems that use them."""

    @extend_schema(responses=ClinicalField(many=True), operation_id="cases_clinical")
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with each variable that may be entered, and its value."""
        return self._fields(selectors.case_for(signed_in(request), case_id))

    @extend_schema(
        request=ClinicalChange,
        responses=ClinicalField(many=True),
        operation_id="cases_clinical_change",
    )
    def put(self, request: Request, case_id: UUID) -> Response:
        """Keep these values in place of all earlier ones."""
        case = selectors.editable_case_for(signed_in(request), case_id)
        form = ClinicalChange(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data["values"]
        services.set_clinical(
            case=case,
            values={name: value or "" for name, value in values.items()},
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return self._fields(case)

    @staticmethod
    def _fields(case: Case) -> Response:
        return Response([field.to_json() for field in clinical.fields_of(case)])


class SeriesDetail(APIView):
    """One series of a case."""

    @extend_schema(request=SeriesChange, responses=CaseSeries, operation_id="series_correct")
    def patch(self, request: Request, series_id: UUID) -> Response:
        """Correct the contrast phase, or what pictures are; who did it is recorded."""
        series = selectors.editable_series_for(signed_in(request), series_id)
        form = SeriesChange(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        actor, clock = signed_in(request), request_clock(request)
        if not wanted:
            raise InvalidInput(_("Say what to change: phase or modality."))
        if "modality" in wanted:
            kind = PictureKind(wanted["modality"])
            series = services.correct_pictures(series=series, kind=kind, actor=actor, clock=clock)
        if "phase" in wanted:
            phase = ContrastPhase(wanted["phase"]) if wanted["phase"] else None
            series = services.correct_phase(series=series, phase=phase, actor=actor, clock=clock)
        return Response(case_series_json(series))


class CaseNames(APIView):
    """Whether names show in the pictures of a case."""

    @extend_schema(request=None, responses=CaseOut, operation_id="cases_names_checked")
    def post(self, request: Request, case_id: UUID) -> Response:
        """Confirm that the person has looked through all pictures and no name shows."""
        user = signed_in(request)
        case = selectors.editable_case_for(user, case_id)
        services.confirm_no_names(case=case, actor=user, clock=request_clock(request))
        return Response(case_json(selectors.case_for(user, case_id)))


class CaseManifest(APIView):
    """What the viewer needs to show a case."""

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="cases_manifest")
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with series, geometry and frame tokens (docs/viewer.md)."""
        case = selectors.case_for(signed_in(request), case_id)
        found = manifest.viewer_manifest(
            case,
            request=request._request,
            subject=case.pk,
            code=case.code,
            tokens_url=reverse("case-tokens", args=[case.pk]),
        )
        return Response(found)


class CaseTokens(APIView):
    """Fresh frame tokens for a case."""

    @extend_schema(request=None, responses=FrameTokens, operation_id="cases_tokens")
    def post(self, request: Request, case_id: UUID) -> Response:
        """Answer with a token for each series."""
        case = selectors.case_for(signed_in(request), case_id)
        return Response(manifest.frame_tokens(case, request=request._request, subject=case.pk))


class SeriesThumbnail(APIView):
    """A small picture of a series."""

    @extend_schema(
        responses={(200, "image/png"): OpenApiTypes.BINARY}, operation_id="series_thumbnail"
    )
    def get(self, request: Request, series_id: UUID) -> FileResponse:
        """Answer with a PNG of the middle frame, at most 96 pixels wide and high."""
        series = selectors.series_for(signed_in(request), series_id)
        response = FileResponse(thumbnails.path_for(series).open("rb"), content_type="image/png")
        response["Cache-Control"] = "private, max-age=300"
        return response
