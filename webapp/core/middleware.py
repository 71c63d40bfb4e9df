"""Give every request its clock."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from webapp.core.clock import current_clock


class ClockMiddleware:
    """Set ``request.clock``; views pass it on to services."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.clock = current_clock()  # type: ignore[attr-defined]
        return self.get_response(request)
