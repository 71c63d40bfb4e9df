"""Inference over HTTP: ask for a run, watch it, fetch its result and overlays."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.contracts import LesionInput
from inference.jobs import exports, revisions, selectors, services
from inference.jobs.exams import outline_from_json
from inference.jobs.models import InferenceJob
from inference.jobs.negotiation import AnyAccept
from inference.jobs.results import Json, job_json, result_json
from inference.jobs.serializers import FindingEdits, Inference, InferenceRequest
from webapp.accounts.access import HasRole, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.imaging import selectors as imaging

STAFF = (Role.CLINICIAN, Role.RADIOLOGIST, Role.COORDINATOR, Role.ADMINISTRATOR)


def inference_json(job: InferenceJob) -> Json:
    """Return ``{"job", "result"}``, the form of the command contract, with downloads."""
    result = result_json(job)
    if result is not None:
        if result["editable"]:
            result["revise_url"] = reverse("inference-revisions", args=[job.pk])
        result["downloads"] = {
            "csv": reverse("inference-csv", args=[job.pk]),
            "png": reverse("inference-png", args=[job.pk]),
        }
    return {"job": job_json(job), "result": result}


class CaseInferences(APIView):
    """The runs of one case."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=Inference(many=True), operation_id="case_inferences_list")
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with the case's runs, the latest first."""
        case = imaging.case_for(signed_in(request), case_id)
        return Response([inference_json(job) for job in selectors.jobs_of(case)])

    @extend_schema(
        request=InferenceRequest, responses={202: Inference}, operation_id="case_inferences_create"
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Queue a run; while the same one is unfinished, answer with that."""
        case = imaging.case_for(signed_in(request), case_id)
        form = InferenceRequest(data=request.data)
        form.is_valid(raise_exception=True)
        job = services.request_inference(
            case=case,
            system=form.validated_data["system"],
            lesions=_boxes(form.validated_data["lesions"]),
            outlines=[outline_from_json(entry) for entry in form.validated_data["outlines"]],
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return Response(inference_json(job), status=202)


class LatestInference(APIView):
    """The run of a case, or of one system on it, that was asked for last."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(
        parameters=[OpenApiParameter("system", str)],
        responses={200: Inference, 204: None},
        operation_id="case_inference_latest",
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with the latest run; 204 when none was ever asked for."""
        case = imaging.case_for(signed_in(request), case_id)
        job = selectors.latest_of(case, request.query_params.get("system", ""))
        return Response(status=204) if job is None else Response(inference_json(job))


class InferenceDetail(APIView):
    """One run."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=Inference, operation_id="inference_retrieve")
    def get(self, request: Request, job_id: UUID) -> Response:
        """Answer with the job's state and, once it is done, its result."""
        return Response(inference_json(selectors.job_for(signed_in(request), job_id)))


class InferenceRetry(APIView):
    """Another try of a failed run."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(request=None, responses={202: Inference}, operation_id="inference_retry")
    def post(self, request: Request, job_id: UUID) -> Response:
        """Queue the failed run again."""
        job = services.retry_job(
            job=selectors.job_for(signed_in(request), job_id),
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return Response(inference_json(job), status=202)


class InferenceRevisions(APIView):
    """A person's own values for findings of a run."""

    permission_classes = [HasRole.of(Role.CLINICIAN, Role.RADIOLOGIST)]

    @extend_schema(
        request=FindingEdits, responses={201: Inference}, operation_id="inference_revise"
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Keep the values; the model's own stay. None at all takes earlier changes back."""
        job = selectors.job_for(signed_in(request), job_id)
        form = FindingEdits(data=request.data)
        form.is_valid(raise_exception=True)
        revisions.revise(
            job=job,
            edits=form.validated_data["edits"],
            outlines=form.validated_data["outlines"],
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return Response(inference_json(selectors.with_result(job.pk)), status=201)


class InferenceHeatmap(APIView):
    """The values of one overlay."""

    permission_classes = [HasRole.of(*STAFF)]
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="inference_heatmap",
    )
    def get(self, request: Request, job_id: UUID, heatmap_id: UUID) -> HttpResponse:
        """Answer with the grid: int8, (z, y, x) in C order; value = int8 / 127 * vmax."""
        job = selectors.job_for(signed_in(request), job_id)
        content = selectors.heatmap_bytes(selectors.explanation_of(job, heatmap_id))
        return _private(HttpResponse(content, content_type="application/octet-stream"))


class InferenceCsv(APIView):
    """A result as a table."""

    permission_classes = [HasRole.of(*STAFF)]
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR}, operation_id="inference_result_csv"
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """Answer with the result as CSV: section, item, value."""
        job = selectors.job_for(signed_in(request), job_id)
        return _download(exports.as_csv(job).encode(), "text/csv; charset=utf-8", job, "csv")


class InferencePng(APIView):
    """A result as a picture."""

    permission_classes = [HasRole.of(*STAFF)]
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "image/png"): OpenApiTypes.BINARY}, operation_id="inference_result_png"
    )
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """Answer with the result as PNG."""
        from inference.jobs.picture import as_png  # matplotlib loads slowly and is rarely needed

        job = selectors.job_for(signed_in(request), job_id)
        return _download(as_png(job), "image/png", job, "png")


def _boxes(lesions: Sequence[Json]) -> list[LesionInput]:
    return [
        LesionInput(centre_mm=tuple(box["centre_mm"]), size_mm=tuple(box["size_mm"]))
        for box in lesions
    ]


def _download(content: bytes, kind: str, job: InferenceJob, suffix: str) -> HttpResponse:
    response = _private(HttpResponse(content, content_type=kind))
    name = f"{job.case.code}-{job.system}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
