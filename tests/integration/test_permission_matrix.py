"""Every address against everybody, over two parallel studies."""

from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import TestCase

from tests.integration.cast import Cast, build_cast
from tests.integration.permission_matrix import EVERYBODY, ROWS, Row
from tests.integration.routes import address, routes


def gets_through(response: HttpResponseBase) -> bool:
    """Say whether an answer comes from behind the permission check."""
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in/?next=")
    return not to_sign_in and response.status_code not in (401, 403, 404)


def ask(cast: Cast, name: str, row: Row) -> HttpResponseBase:
    """Send a row's request as one of the cast."""
    url = address(row.route, row.args(cast)) + (f"?{row.query}" if row.query else "")
    options: dict[str, Any] = {"data": row.body or {}} if row.method != "get" else {}
    if row.route.startswith("api/") and options:
        options["content_type"] = "application/json"
    return getattr(cast.client(name), row.method)(url, **options)


class PermissionMatrix(TestCase):
    """The matrix itself."""

    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    def test_every_route_has_a_row_and_every_row_a_route(self) -> None:
        known, wanted = set(routes()), {row.route for row in ROWS}
        assert known - wanted == set(), "routes without a row in permission_matrix.py"
        assert wanted - known == set(), "rows whose route does not exist"

    def test_everybody_gets_exactly_where_they_may(self) -> None:
        for row in ROWS:
            with self.subTest(method=row.method, route=row.route):
                self.check(row)

    def check(self, row: Row) -> None:
        """Ask as everybody; undo what that changed."""
        let_in, failed = set(), set()
        for name in sorted(EVERYBODY):
            with transaction.atomic():
                response = ask(self.cast, name, row)
                transaction.set_rollback(True)
            if response.status_code >= 500 and row.route != "healthz":
                failed.add(name)
            elif gets_through(response):
                let_in.add(name)
        assert not failed, f"answers 500 for {sorted(failed)}"
        assert let_in == set(row.who), (
            f"wrongly let in: {sorted(let_in - row.who)}; "
            f"wrongly kept out: {sorted(row.who - let_in)}"
        )
