"""Readings for their reader; every answer is made by :mod:`readerstudy.blinding`."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.jobs.negotiation import AnyAccept
from readerstudy import blinding
from readerstudy.api import shapes
from readerstudy.services.reading import commit_reading, open_reading, save_draft
from readerstudy.services.timeline import record_events
from webapp.accounts.access import HasRole, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock

READERS = [HasRole.of(Role.READER)]


class Worklist(APIView):
    """A reader's work."""

    permission_classes = READERS

    @extend_schema(responses=shapes.WorklistShape, operation_id="worklist")
    def get(self, request: Request) -> Response:
        """Answer with what comes next in each study, or from when on something does."""
        return Response(blinding.worklist_json(signed_in(request), request_clock(request)))


class ReadingOpen(APIView):
    """Beginning a reading."""

    permission_classes = READERS

    @extend_schema(request=None, responses=shapes.OpenedShape, operation_id="reading_open")
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Open the next reading, or come back to the open one."""
        user, clock = signed_in(request), request_clock(request)
        assignment = blinding.assignment_of(user, reading_id)
        open_reading(assignment=assignment, user=user, clock=clock)
        fresh = blinding.open_assignment_of(user, reading_id)
        return Response(blinding.opened_json(fresh, clock))


class ReadingDraft(APIView):
    """Answers being given."""

    permission_classes = READERS

    @extend_schema(
        request=shapes.DraftShape, responses=shapes.RevisionShape, operation_id="reading_draft"
    )
    def put(self, request: Request, reading_id: UUID) -> Response:
        """Keep the answers; 409 when another window has saved meanwhile."""
        user = signed_in(request)
        assignment = blinding.assignment_of(user, reading_id)
        form = shapes.DraftShape(data=request.data)
        form.is_valid(raise_exception=True)
        revision = save_draft(
            assignment=assignment,
            answers=form.validated_data["answers"],
            revision=form.validated_data["revision"],
            user=user,
            clock=request_clock(request),
        )
        return Response({"revision": revision})


class ReadingCommit(APIView):
    """The end of a reading."""

    permission_classes = READERS

    @extend_schema(
        request=shapes.CommitShape, responses=shapes.CommittedShape, operation_id="reading_commit"
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Store the answers for good; the same key sent again is answered alike."""
        user, clock = signed_in(request), request_clock(request)
        assignment = blinding.assignment_of(user, reading_id)
        form = shapes.CommitShape(data=request.data)
        form.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key") or form.validated_data.get(
            "idempotency_key", ""
        )
        commit_reading(
            assignment=assignment,
            answers=form.validated_data["answers"],
            key=key,
            user=user,
            clock=clock,
        )
        return Response(blinding.committed_json(assignment, clock))


class ReadingEvents(APIView):
    """What the browser reports during a reading."""

    permission_classes = READERS

    @extend_schema(
        request=shapes.EventShape(many=True),
        responses=shapes.StoredShape,
        operation_id="reading_events",
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Store focus, idle and pause events."""
        user = signed_in(request)
        assignment = blinding.assignment_of(user, reading_id)
        clock = request_clock(request)
        stored = record_events(assignment=assignment, events=request.data, user=user, clock=clock)
        return Response({"stored": stored})


class ReadingImages(APIView):
    """The images of an open reading."""

    permission_classes = READERS

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="reading_images")
    def get(self, request: Request, reading_id: UUID) -> Response:
        """Answer with the viewer's manifest under names of this reading's own."""
        assignment = blinding.open_assignment_of(signed_in(request), reading_id)
        return Response(blinding.images_json(assignment, request))


class ReadingTokens(APIView):
    """Permissions to fetch frames."""

    permission_classes = READERS

    @extend_schema(request=None, responses=shapes.TokensShape, operation_id="reading_tokens")
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Answer with fresh frame tokens."""
        assignment = blinding.open_assignment_of(signed_in(request), reading_id)
        return Response(blinding.tokens_json(assignment, request))


class ReadingAi(APIView):
    """The AI's output, in arms that show it."""

    permission_classes = READERS

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="reading_ai")
    def get(self, request: Request, reading_id: UUID) -> Response:
        """Answer with what the arm shows; 404 in arms without AI."""
        assignment = blinding.open_assignment_of(signed_in(request), reading_id)
        return Response(blinding.ai_json(assignment))


class ReadingHeatmap(APIView):
    """One heat map, in arms that show it."""

    permission_classes = READERS
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="reading_heatmap",
    )
    def get(self, request: Request, reading_id: UUID, heatmap_id: UUID) -> HttpResponse:
        """Answer with the grid: int8, (z, y, x) in C order; value = int8 / 127 * vmax."""
        assignment = blinding.open_assignment_of(signed_in(request), reading_id)
        content = blinding.heatmap_bytes(assignment, heatmap_id)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Cache-Control"] = "private, no-store"
        return response
