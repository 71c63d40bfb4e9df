"""Whatever is sent to the API as a body, by whomever: never an answer 500, always a sentence."""

from collections.abc import Iterator

from django.db import transaction
from django.http import HttpResponseBase
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.bad_input.bodies import PLAUSIBLE, spoiled
from tests.integration.bad_input.plain import complaints
from tests.integration.cast import Cast, build_cast
from tests.integration.permission_matrix import EVERYBODY, ROWS, Row
from tests.integration.routes import address

API = "api/v1/"
WRITING = ("post", "put", "patch")


def writing_rows() -> Iterator[Row]:
    """Yield one row for each API route and method that takes a body."""
    seen = set()
    for row in ROWS:
        if row.route.startswith(API) and row.method in WRITING:
            if (row.route, row.method) not in seen:
                yield row
            seen.add((row.route, row.method))


def people_for(row: Row) -> st.SearchStrategy[str]:
    """Draw somebody, more often one of those who get through."""
    return st.sampled_from(sorted(row.who) + sorted(EVERYBODY))


class ApiBodies(TestCase):
    """Every route of the resolver that takes a body."""

    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    def test_spoiled_bodies(self) -> None:
        for row in writing_rows():
            with self.subTest(method=row.method, route=row.route):
                self.fuzz(row)

    def fuzz(self, row: Row) -> None:
        plausible = PLAUSIBLE.get(row.route.removeprefix(API))

        @settings(
            max_examples=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(people_for(row), spoiled(plausible))
        def check(name: str, body: bytes) -> None:
            response = self.send(name, row, body)
            assert not complaints(response, "/" + row.route), response

        check()

    def send(
        self, name: str, row: Row, body: bytes, content_type: str = "application/json"
    ) -> HttpResponseBase:
        """Send a body and undo what it changed."""
        path = address(row.route, row.args(self.cast))
        with transaction.atomic():
            response = self.cast.client(name).generic(
                row.method.upper(), path, body, content_type=content_type
            )
            transaction.set_rollback(True)
        return response
