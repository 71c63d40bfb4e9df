"""The one place where errors become HTTP.

API answers are problem documents (RFC 9457, ``application/problem+json``); pages get one
sentence on the error page. Whatever isn't a known error says only that it was recorded.
"""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from inference.errors import InferenceError
from webapp.core import errors

logger = logging.getLogger("reading_room.problems")

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidInput: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Unavailable: 503,
}
CONTENT_TYPE = "application/problem+json"


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a domain error, by the nearest class in :data:`STATUS`."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def problem(
    status: int, code: str, message: str, fields: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Build a problem document (RFC 9457 section 3) with our ``code`` and ``fields`` members."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "code": code,
        "detail": message,
    }
    if fields:
        body["fields"] = fields
    return body


def as_domain_error(error: Exception) -> errors.DomainError | None:
    """Translate the frameworks' own errors into ours; None for what nobody foresaw."""
    match error:
        case errors.DomainError():
            return error
        case InferenceError():
            return errors.InvalidInput(str(error), code=error.code)
        case Http404():
            return errors.NotFound(_("There is nothing at this address, or it is not for you."))
        case PermissionDenied():
            return errors.Forbidden(_("Your role does not allow this."))
        case RequestDataTooBig():
            return errors.TooLarge(_("The request is larger than this page takes."))
        case OSError(errno=28):
            return errors.Unavailable(
                _("The disk is full. Nothing was lost; ask an administrator for room, then retry."),
                code="disk_full",
            )
    return None


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any exception of an API view into a problem document."""
    set_rollback()
    known = as_domain_error(error)
    if known is not None:
        status = status_of(known)
        body = problem(status, known.code, known.message, known.fields)
    elif isinstance(error, drf.APIException):
        status, body = _from_rest_framework(error)
    else:
        return None  # ProblemMiddleware records it
    response = Response(body, status=status, content_type=CONTENT_TYPE)
    if isinstance(error, drf.APIException) and getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return response


def _from_rest_framework(error: drf.APIException) -> tuple[int, dict[str, Any]]:
    if isinstance(error, drf.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        flat = {key: " ".join(map(str, _flatten(value))) for key, value in fields.items()}
        sentence = " ".join(f"{key}: {text}" if key else text for key, text in flat.items())
        return 400, problem(400, "invalid", sentence, flat)
    return error.status_code, problem(error.status_code, error.default_code, str(error.detail))


def _flatten(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [f"{key}: {item}" for key, inner in value.items() for item in _flatten(inner)]
    if isinstance(value, list):
        return [item for inner in value for item in _flatten(inner)]
    return [value]


class ProblemMiddleware:
    """Answer every error of a page or an API view in plain words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer an exception that a view let through."""
        known = as_domain_error(error)
        if known is not None:
            return respond(request, status_of(known), known.code, known.message, known.fields)
        return unexpected(request, error)


def unexpected(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Record an error nobody foresaw and answer with its reference number only."""
    reference = uuid.uuid4().hex[:8]
    logger.error(
        "unexpected error %s at %s", reference, request.resolver_match, exc_info=error or True
    )
    return respond(
        request,
        500,
        "unexpected",
        _("Something went wrong on our side (reference %(reference)s). What you had saved is kept.")
        % {"reference": reference},
    )


def respond(
    request: HttpRequest, status: int, code: str, message: str, fields: dict[str, str] | None = None
) -> HttpResponse:
    """Answer with a problem document below ``/api/``, else with the error page."""
    if request.path.startswith("/api/"):
        body = problem(status, code, message, fields)
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    context = {"status": status, "message": message, "fields": fields or {}}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return respond(request, 400, "invalid", _("The request could not be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return respond(request, 403, "forbidden", _("Your role does not allow this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose session is gone."""
    return respond(
        request,
        403,
        "session_expired",
        _("Your session has ended or this form is too old. Sign in again and resend it."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return respond(
        request, 404, "not_found", _("There is nothing at this address, or it is not for you.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, for what fails outside a view."""
    return unexpected(request, None)
