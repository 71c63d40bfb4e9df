"""What every request gets, and every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from webapp.core.clock import current_clock

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClockMiddleware:
    """Set ``request.clock``; views pass it on to services."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.clock = current_clock()  # type: ignore[attr-defined]
        return self.get_response(request)


class PrivateMiddleware:
    """Keep pages out of shared caches, and what the API says out of every cache.

    Pages may stay in the browser for its back button, which brings back what was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        api = request.path.startswith("/api/")
        response.setdefault("Cache-Control", "private, no-store" if api else "private, no-cache")
        return response
