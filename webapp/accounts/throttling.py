"""What a person reads after too many wrong passwords."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from webapp.core.problems import respond


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a sign-in that is refused for a while."""
    message = _(
        "Too many wrong passwords for this address. Wait 15 minutes and try again, "
        "or ask an administrator for a one-time sign-in link."
    )
    return respond(request, 429, "locked_out", message)
