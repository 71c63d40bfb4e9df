"""The one place where errors become HTTP.

API answers are problem documents (RFC 9457, ``application/problem+json``); pages get one
sentence on the error page. Whatever isn't a known error says only that it was recorded.
"""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from webapp.core import errors
from webapp.core.foreign_errors import as_domain_error

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
API = "/api/"
FORM_TOO_OLD = gettext_lazy(
    "Your session has ended or this form is too old. Sign in again in another tab, then send it "
    "again from here."
)
SENTENCES = {
    drf.NotAuthenticated: gettext_lazy(
        "You are not signed in, or your session has ended. Sign in in another tab, then go on "
        "here; nothing is lost."
    ),
    drf.AuthenticationFailed: gettext_lazy("This API token is not valid. Ask for a new one."),
    drf.PermissionDenied: gettext_lazy("Your role does not allow this."),
    drf.MethodNotAllowed: gettext_lazy(
        "This address doesn't take such a request. See the API's pages."
    ),
    drf.UnsupportedMediaType: gettext_lazy("A body of this type can't be read here. Send JSON."),
    drf.NotAcceptable: gettext_lazy(
        "This can't be answered in the format asked for. Ask for JSON."
    ),
}
"""Rest framework's refusals in our words."""
WHOLE_BODY = "non_field_errors"
SHOWN = 3
"""How many faults of a body a sentence names."""


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


def api_exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Turn any exception of an API view into a problem document, whatever the view answers in."""
    set_rollback()
    known = as_domain_error(error)
    if known is not None:
        status = status_of(known)
        body = problem(status, known.code, known.message, known.fields)
    elif isinstance(error, drf.APIException):
        status, body = _from_rest_framework(error)
    else:
        return None  # ProblemMiddleware records it
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if isinstance(error, drf.APIException) and getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return response


def _from_rest_framework(error: drf.APIException) -> tuple[int, dict[str, Any]]:
    status = error.status_code
    if isinstance(error, drf.ValidationError):
        return status, _invalid(error)
    if isinstance(error, drf.PermissionDenied) and str(error.detail).startswith("CSRF"):
        return status, problem(status, "session_expired", str(FORM_TOO_OLD))
    sentence = next((SENTENCES[kind] for kind in type(error).__mro__ if kind in SENTENCES), None)
    return status, problem(status, error.default_code, str(sentence or error.detail))


def _invalid(error: drf.ValidationError) -> dict[str, Any]:
    """Build the document of a body that breaks its shape; the sentence names the first faults."""
    fields = error.detail if isinstance(error.detail, dict) else {WHOLE_BODY: error.detail}
    flat = {str(key): _sentence(_flatten(value)) for key, value in fields.items()}
    named = [text if key == WHOLE_BODY else f"{key}: {text}" for key, text in flat.items()]
    return problem(400, "invalid", _sentence(named), flat)


def _sentence(faults: list[Any]) -> str:
    """Join the first faults, each closed with a full stop."""
    shown = [text if text.endswith((".", "?")) else f"{text}." for text in map(str, faults[:SHOWN])]
    return " ".join(shown)


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
        response = self.get_response(request)
        if response.status_code == 405 and not request.path.startswith(API):
            return respond(
                request, 405, "method_not_allowed", _("Nothing can be done here. Start anew.")
            )
        return response

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
    """Answer with a problem document below ``/api/``, else with the error page.

    Where the same form may succeed later, the page holds what was typed and sends it again.
    """
    if request.path.startswith(API):
        body = problem(status, code, message, fields)
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    again = request.method == "POST" and (code == "session_expired" or status == 503)
    context = {
        "status": status,
        "message": message,
        "fields": fields or {},
        "given": typed(request) if again else None,
    }
    try:
        return render(request, "error.html", context, status=status)
    except DatabaseError:  # who is signed in can't be known: a page for nobody in particular
        bare = context | {"request": request, "csrf_token": get_token(request)}
        return HttpResponse(render_to_string("error.html", bare), status=status)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a form held, passwords and its own token left out."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return respond(
        request, 400, "invalid", _("The request could not be understood. Send it again.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return respond(request, 403, "forbidden", _("Your role does not allow this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose session is gone."""
    return respond(request, 403, "session_expired", str(FORM_TOO_OLD))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return respond(
        request, 404, "not_found", _("There is nothing at this address, or it is not for you.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, for what fails outside a view."""
    return unexpected(request, None)
