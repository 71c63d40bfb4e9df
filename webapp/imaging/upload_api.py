"""Uploads over HTTP: tus 1.0 (https://tus.io/protocols/resumable-upload), then the ingest."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.access import HasRole, signed_in
from webapp.accounts.models import Role, User
from webapp.core.clock import SystemClock, request_clock
from webapp.core.errors import InvalidInput, NotFound
from webapp.core.form_input import whole_number
from webapp.core.json_input import JsonInput
from webapp.imaging import uploads
from webapp.imaging.models import PictureKind, UploadSession, UploadState
from webapp.imaging.serializers import CompleteIn, CompleteOut, UploadOut

UPLOADERS = (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
CHUNK = 1 << 20
OFFSET_STREAM = "application/offset+octet-stream"
MACHINE = SystemClock()
_TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}


def _header(name: str, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required)


class OffsetStream(BaseParser):
    """Leaves the body of a PATCH unread, so that the view can stream it to the disk."""

    media_type = OFFSET_STREAM

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return nothing; the body is read piece by piece."""
        return {}


class Uploads(APIView):
    """The uploads of the person who asks."""

    permission_classes = [HasRole.of(*UPLOADERS)]

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=UploadState.values),
            OpenApiParameter("fingerprint", str),
        ],
        responses=UploadOut(many=True),
        operation_id="uploads_list",
    )
    def get(self, request: Request) -> Response:
        """Answer with own uploads, the latest first, to go on with one after a reload."""
        owner = signed_in(request)
        found = UploadSession.objects.filter(owner=owner)
        if state := request.query_params.get("state"):
            found = found.filter(state=state)
        fingerprint = request.query_params.get("fingerprint", "")
        if fingerprint:
            found = found.filter(fingerprint=uploads.fingerprint_of(fingerprint, owner))
        return Response([upload_json(upload, fingerprint) for upload in found])

    @extend_schema(
        parameters=[_header("Upload-Length"), _header("Upload-Metadata", required=False)],
        request=None,
        responses={201: UploadOut},
        operation_id="uploads_create",
    )
    def post(self, request: Request) -> Response:
        """Open an upload; its address is in ``Location``."""
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        upload = uploads.begin(
            owner=signed_in(request),
            length=_number(request, "Upload-Length"),
            fingerprint=metadata.get("fingerprint", ""),
            filename=metadata.get("filename", ""),
            clock=MACHINE,
        )
        address = reverse("upload", args=[upload.pk])
        headers = _TUS | {"Location": address, "Upload-Offset": "0"}
        return Response(upload_json(upload), status=201, headers=headers)


class Upload(APIView):
    """One upload."""

    permission_classes = [HasRole.of(*UPLOADERS)]
    parser_classes = [OffsetStream, JsonInput]

    @extend_schema(responses=UploadOut, operation_id="uploads_retrieve")
    def get(self, request: Request, upload_id: UUID) -> Response:
        """Answer with the state, the progress of the checking, and the report once there is one."""
        return Response(upload_json(_own(signed_in(request), upload_id)))

    @extend_schema(responses={200: None}, operation_id="uploads_offset")
    def head(self, request: Request, upload_id: UUID) -> Response:
        """Answer with how many bytes are safe, in ``Upload-Offset``."""
        upload = _own(signed_in(request), upload_id)
        places = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)}
        return Response(headers=_TUS | places)

    @extend_schema(
        parameters=[_header("Upload-Offset")],
        request={OFFSET_STREAM: OpenApiTypes.BINARY},
        responses={204: None},
        operation_id="uploads_append",
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Take the bytes from ``Upload-Offset`` on; 409 when the upload stands elsewhere."""
        upload = _own(signed_in(request), upload_id)
        if request.content_type != OFFSET_STREAM:
            raise InvalidInput(_("Bytes are sent as %(type)s.") % {"type": OFFSET_STREAM})
        offset = uploads.append(
            upload=upload,
            offset=_number(request, "Upload-Offset"),
            chunks=_chunks(request._request),
            clock=MACHINE,
        )
        return Response(status=204, headers=_TUS | {"Upload-Offset": str(offset)})

    @extend_schema(responses={204: None}, operation_id="uploads_destroy")
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give the upload up; its bytes are destroyed."""
        owner = signed_in(request)
        uploads.discard(upload=_own(owner, upload_id), actor=owner, clock=MACHINE)
        return Response(status=204, headers=_TUS)


class Complete(APIView):
    """The end of an upload."""

    permission_classes = [HasRole.of(*UPLOADERS)]

    @extend_schema(request=CompleteIn, responses=CompleteOut, operation_id="uploads_complete")
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Take all files into cases and answer with the report; asked again, with the same."""
        upload = _own(signed_in(request), upload_id)
        form = CompleteIn(data=request.data)
        form.is_valid(raise_exception=True)
        report = uploads.complete(
            upload=upload,
            pixels_checked=form.validated_data["pixels_checked"],
            pictures_are=PictureKind(form.validated_data["pictures_are"]),
            clock=request_clock(request),
            machine_clock=MACHINE,
        )
        return Response({"id": str(upload.pk), "state": UploadState.DONE.value, **report})


def upload_json(upload: UploadSession, fingerprint: str = "") -> dict[str, Any]:
    """Return an upload as the API shows it; the fingerprint is given back to who knew it."""
    done = upload.state == UploadState.DONE
    return {
        "id": str(upload.pk),
        "state": upload.state,
        "length": upload.length,
        "offset": upload.offset,
        "ingested": upload.ingested,
        "total": upload.total,
        "progress": 1.0 if done else upload.ingested / max(1, upload.total),
        "fingerprint": fingerprint,
        "created_at": upload.created_at,
        "report": upload.report,
    }


def _own(owner: User, upload_id: UUID) -> UploadSession:
    found = UploadSession.objects.filter(pk=upload_id, owner=owner).first()
    if found is None:
        raise NotFound(_("This upload is gone, or it is not yours. Start it again."))
    return found


def _number(request: Request, header: str) -> int:
    written = request.headers.get(header, "")
    number = whole_number(written)
    if number is None:
        raise InvalidInput(
            _("The header %(header)s must be a whole number of bytes, found “%(found)s”.")
            % {"header": header, "found": written[:20]}
        )
    return number


def _metadata(header: str) -> dict[str, str]:
    """Read ``Upload-Metadata``: pairs of key and base64, with commas between."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")[:1024]
        except ValueError:  # no base64, or no UTF-8 inside
            raise InvalidInput(_("The header Upload-Metadata can't be read.")) from None
    return found


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body in pieces; a line that breaks ends it, what came before counts."""
    try:
        while chunk := request.read(CHUNK):
            yield chunk
    except UnreadablePostError:
        return
