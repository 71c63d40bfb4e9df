"""Wrong addresses, methods, queries and headers: never an answer 500, always a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import TestCase

from tests.integration.bad_input.plain import complaints
from tests.integration.cast import ANONYMOUS, Cast, build_cast
from tests.integration.permission_matrix import ROWS, Row
from tests.integration.routes import ARGUMENT, arguments, routes

METHODS = ("get", "post", "put", "patch", "delete", "options")
NASTY_PARTS = (
    "0", "-1", "99999999999999999999", "x", "%00", "%F0%9F%AB%80", "%2e%2e%2f", "'", "a" * 400,
    "00000000-0000-0000-0000-000000000000", "%ED%A0%80", "%3Cscript%3E", "{id}",
)  # fmt: skip
QUERIES = (
    "state=%00&fingerprint=%00&token=%00&reader=%00&next=%00", "state=x&reader=x&task=%ED%A0%80",
    "token=" + "A" * 91 + "&next=//evil.example&page=-1&offset=1e9", "token=" + "A" * 5000,
)  # fmt: skip
HEADERS: tuple[Mapping[str, str], ...] = (
    {"Authorization": "Token"}, {"Authorization": "Token a b"}, {"Authorization": "Token ÿ"},
    {"Authorization": "Token " + "0" * 40}, {"Authorization": "Basic x"},
    {"Accept": "text/html"}, {"Accept": "image/png;q=x"}, {"Accept-Language": "x" * 600},
    {"Content-Type": "text/xml"}, {"Content-Type": "multipart/form-data"},
    {"Content-Type": "application/json; charset=klingon"}, {"Content-Type": ""},
    {"Cookie": "sessionid=\x01; csrftoken="}, {"Host": "evil.example"}, {"Host": "a b"},
    {"Upload-Length": "-1"}, {"Upload-Length": "9" * 5000}, {"Upload-Length": "²"},
    {"Upload-Length": "1", "Upload-Metadata": "fingerprint ÿ"},
    {"Upload-Length": str(10**15)}, {"Upload-Offset": "-1"}, {"Upload-Offset": "NaN"},
)  # fmt: skip
ROUTES_FOR_HEADERS = {
    "", "sign-in/", "i18n/setlang/", "studies/new/", "api/v1/token/", "api/v1/uploads/",
    "api/v1/uploads/<uuid:upload_id>/", "api/v1/studies/", "api/v1/schema/",
    "api/v1/frames/<slug:name>/<int:number>/", "api/v1/inferences/<uuid:job_id>/png/",
}  # fmt: skip
"""One of each kind of view."""


def somebody(row: Row) -> str:
    """Return the first of those who get through."""
    return (sorted(row.who) or ["admin"])[0]


def one_row_per_route() -> Iterator[Row]:
    """Yield a row of the permission matrix for each route, for its arguments."""
    seen = set()
    for row in ROWS:
        if row.route not in seen:
            yield row
        seen.add(row.route)


class Addresses(TestCase):
    """What can be wrong about a request besides its body."""

    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    def check(self, name: str, method: str, url: str, **more: Any) -> HttpResponseBase:
        """Send a request, undo what it changed, and look at the answer."""
        with transaction.atomic():
            response = self.cast.client(name).generic(method.upper(), url, **more)
            transaction.set_rollback(True)
        if not url.startswith("/healthz"):
            found = complaints(response, url)
            assert not found, f"{name}: {method} {url[:120]} {more}: {found}"
        return response

    def test_wrong_methods(self) -> None:
        for row in one_row_per_route():
            with self.subTest(route=row.route):
                for method in METHODS:
                    for name in (ANONYMOUS, somebody(row)):
                        self.check(name, method, filled(row.route, row.args(self.cast)))

    def test_wrong_parts_of_addresses(self) -> None:
        for row in one_row_per_route():
            right = dict(row.args(self.cast))
            for argument in arguments(row.route):
                with self.subTest(route=row.route, argument=argument):
                    for part in NASTY_PARTS:
                        url = filled(row.route, right | {argument: part})
                        self.check(somebody(row), row.method, url)

    def test_wrong_queries(self) -> None:
        for row in one_row_per_route():
            with self.subTest(route=row.route):
                for query in QUERIES:
                    url = filled(row.route, row.args(self.cast)) + "?" + query
                    self.check(somebody(row), "get", url)

    def test_wrong_headers(self) -> None:
        for row in one_row_per_route():
            if row.route not in ROUTES_FOR_HEADERS:
                continue
            with self.subTest(route=row.route):
                for headers in HEADERS:
                    url = filled(row.route, row.args(self.cast))
                    for method in ("get", "post", "patch"):
                        self.check(somebody(row), method, url, headers=headers)

    def test_addresses_that_are_none(self) -> None:
        for start in ("/", "/api/v1/", "/cases/", "/static/"):
            for part in (*NASTY_PARTS, "a/" * 200, "index.php", ".git/config", "%FF%FE"):
                self.check("clinician", "get", f"{start}{part}")

    def test_every_route_is_asked(self) -> None:
        assert {row.route for row in one_row_per_route()} == set(routes())


def filled(route: str, values: Mapping[str, Any]) -> str:
    """Fill a pattern's arguments in as they are, however wrong."""
    return "/" + ARGUMENT.sub(lambda found: str(values[found.group(1)]), route)
