"""Every error ends in one plain sentence, and nothing internal gets out."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from inference.errors import UnusableInput
from webapp.core import errors

RAISED: list[Exception] = []


def page(request: HttpRequest) -> HttpResponse:
    raise RAISED[-1]


class Endpoint(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        raise RAISED[-1]


urlpatterns = [
    path("boom/", page),
    path("api/v1/boom/", Endpoint.as_view()),
    path("", include("webapp.urls")),
]
handler404 = "webapp.core.problems.not_found"


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidInput("Say it again."), 400, "invalid"),
        (errors.Forbidden("Not you."), 403, "forbidden"),
        (errors.NotFound("Not here."), 404, "not_found"),
        (errors.Conflict("Not now.", code="not_unblinded"), 409, "not_unblinded"),
        (errors.TooLarge("Too large."), 413, "too_large"),
        (errors.Unavailable("Down."), 503, "unavailable"),
        (UnusableInput("not_dicom", "This is no DICOM file."), 400, "not_dicom"),
        (OSError(28, "No space left on device", "/secret/place"), 503, "disk_full"),
    ],
)
def test_known_errors_become_problem_documents_and_pages(
    client: Client, error: Exception, status: int, code: str
) -> None:
    RAISED.append(error)
    answer = client.get("/api/v1/boom/")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert "/secret/place" not in answer.content.decode()
    shown = client.get("/boom/")
    assert shown.status_code == status
    assert "Research use only" in shown.content.decode()
    assert "/secret/place" not in shown.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/boom/", "/api/v1/boom/"])
def test_unforeseen_errors_say_only_a_reference(client: Client, address: str) -> None:
    RAISED.append(DatabaseError("relation patients of DOE^JANE is missing"))
    answer = client.get(address)
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "reference" in text
    assert "DOE" not in text
    assert "relation" not in text


@pytest.mark.django_db
def test_unknown_addresses(client: Client) -> None:
    assert client.get("/api/v1/nothing/").json()["code"] == "not_found"
    assert "nothing at this address" in client.get("/nothing/").content.decode()


@pytest.mark.django_db
def test_expired_form_says_what_to_do() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"username": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert "Sign in again" in answer.content.decode()
