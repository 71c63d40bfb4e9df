"""The short way for frames."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from webapp.core.errors import DomainError
from webapp.imaging.frame_api import frame_response

_ADDRESS = re.compile(r"/api/v1/frames/([-\w]+)/(\d{1,6})/")


class FrameMiddleware:
    """Answer for frames before sessions, languages and forms, none of which they need.

    Hundreds of frames are fetched for each case, and the token alone is their permission. A
    request that can't be answered goes the long way, which ends in the sentence that says why.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = _ADDRESS.fullmatch(request.path_info)
        if address and request.method == "GET":
            try:
                return frame_response(request, address[1], int(address[2]))
            except DomainError:
                pass
        return self.get_response(request)
