"""Coming in, one-time links, roles, throttling."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from webapp.accounts import services
from webapp.accounts.models import Role, User
from webapp.core.clock import MovableClock
from webapp.core.errors import Conflict, InvalidInput, NotFound
from webapp.core.models import AuditEvent

pytestmark = pytest.mark.django_db
CLOCK = MovableClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
PASSWORD = "correct horse battery"


def person(email: str, *roles: Role, password: str | None = PASSWORD) -> User:
    return services.create_user(
        email=email, display_name=email.split("@")[0].title(), roles=roles, actor=None,
        clock=CLOCK, password=password,
    )  # fmt: skip


def test_sign_in_ignores_case_of_the_address(client: Client) -> None:
    person("ada@example.org", Role.READER)
    answer = client.post("/sign-in/", {"username": "ADA@Example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_addresses_are_unique_whatever_their_case() -> None:
    person("ada@example.org")
    with pytest.raises(Conflict, match="already a person"):
        person("ADA@example.org")


def test_wrong_passwords_lock_for_a_while(client: Client) -> None:
    person("ada@example.org")
    for _attempt in range(8):
        answer = client.post("/sign-in/", {"username": "ada@example.org", "password": "no"})
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    right = client.post("/sign-in/", {"username": "ada@example.org", "password": PASSWORD})
    assert right.status_code == 429


def test_token_for_the_api(client: Client) -> None:
    person("ada@example.org", Role.COORDINATOR)
    body = {"email": "ada@example.org", "password": PASSWORD}
    token = client.post("/api/v1/token/", body, content_type="application/json").json()["token"]
    refused = client.get("/api/v1/schema/")
    allowed = client.get("/api/v1/schema/", headers={"Authorization": f"Token {token}"})
    assert (refused.status_code, allowed.status_code) == (401, 200)
    wrong = client.post(
        "/api/v1/token/", {**body, "password": "no"}, content_type="application/json"
    )
    assert wrong.status_code == 403
    assert wrong["Content-Type"] == "application/problem+json"


def test_one_time_link_works_once_and_without_mail(client: Client) -> None:
    admin = person("admin@example.org", Role.ADMINISTRATOR)
    ada = person("ada@example.org", Role.READER, password=None)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.post(reverse("accounts:link", args=[ada.pk]))
    link = urlsplit(shown.context["link"]).path
    stranger = Client()
    assert stranger.get(link).status_code == 200
    weak = stranger.post(link, {"password": "short", "repeated": "short"})
    assert "too short" in weak.content.decode()
    done = stranger.post(link, {"password": PASSWORD, "repeated": PASSWORD})
    assert done.status_code == 302
    assert stranger.get("/").status_code == 200
    again = Client().get(link)
    assert again.status_code == 404
    assert "Ask an administrator" in again.content.decode()


@pytest.mark.parametrize("uid", ["", "%%%", "bm9ib2R5", "AAAA"])
def test_made_up_links_read_like_used_ones(uid: str) -> None:
    with pytest.raises(NotFound):
        services.user_of_link(uid=uid, token="x")


def test_roles_change_with_an_event_and_admins_keep_a_key() -> None:
    admin, ada = person("admin@example.org", Role.ADMINISTRATOR), person("ada@example.org")
    services.set_roles(user=ada, roles=[Role.READER], actor=admin, clock=CLOCK)
    assert User.objects.get(pk=ada.pk).has_role(Role.READER)
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.data) == ("user.roles_set", {"before": [], "after": ["reader"]})
    with pytest.raises(Conflict):
        services.set_roles(user=admin, roles=[], actor=admin, clock=CLOCK)
    with pytest.raises(Conflict):
        services.set_active(user=admin, active=False, actor=admin, clock=CLOCK)


def test_signing_asks_for_the_right_password() -> None:
    ada = person("ada@example.org")
    services.confirm_identity(user=ada, password=PASSWORD)
    with pytest.raises(InvalidInput, match="nothing was signed"):
        services.confirm_identity(user=ada, password="wrong")


def test_people_page_is_for_administrators(client: Client) -> None:
    client.force_login(person("ada@example.org", Role.COORDINATOR))
    assert client.get("/people/").status_code == 403
    client.force_login(person("admin@example.org", Role.ADMINISTRATOR))
    form = {"display_name": "Grace", "email": "grace@example.org", "roles": ["reader"]}
    assert client.post("/people/", form).status_code == 302
    assert User.objects.get(email="grace@example.org").has_role(Role.READER)
