"""Frames over HTTP: the busiest route, answered without asking the database."""

from django.http import FileResponse, HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from webapp.core.clock import SystemClock
from webapp.imaging import frames, tokens

BLOCK = 1 << 18
MACHINE = SystemClock()


class Frame(APIView):
    """One frame of a series.

    The token is the permission: it was issued after a check of rights, at most a minute ago, and
    holds for one session and one series only.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[OpenApiParameter("token", str, required=True)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="frames_retrieve",
    )
    def get(self, request: Request, name: str, number: int) -> FileResponse:
        """Answer with the frame's bytes as stored; the media type names the transfer syntax."""
        return frame_response(request._request, name, number)


def frame_response(request: HttpRequest, name: str, number: int) -> FileResponse:
    """Send a frame straight from its file."""
    grant = tokens.verify(
        request.GET.get("token", ""),
        opaque_id=name,
        binding=tokens.binding(request),
        now=MACHINE.now(),
    )
    place = frames.place_of(grant.series, grant.revision, number)
    response = FileResponse(frames.opened(place), content_type=place.content_type)
    response.block_size = BLOCK
    response["Content-Length"] = str(place.length)
    # Nothing may outlive the session in a shared browser's cache; the viewer keeps its own.
    response["Cache-Control"] = "private, no-store"
    return response
