"""Headers, cookies and throttling that protect people who share a network or a computer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, TestCase

from tests.conftest import REPOSITORY
from tests.integration.cast import PASSWORD, Cast, build_cast, build_people
from tests.integration.permission_matrix import ROWS
from tests.integration.routes import address

OUTSIDE = "//evil.example/"


class Headers(TestCase):
    """Every address, asked by somebody who gets through and by somebody who does not."""

    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = build_cast()

    def test_every_answer_is_guarded(self) -> None:
        for row in ROWS:
            if row.method != "get":
                continue
            for name in {"anonymous", (sorted(row.who) or ["junior"])[0]}:
                with self.subTest(route=row.route, name=name):
                    self.check(name, address(row.route, row.args(self.cast)))

    def check(self, name: str, url: str) -> None:
        """Look at one answer's headers."""
        response = self.cast.client(name).get(url)
        policy = response["Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        for rule in ("script-src", "style-src"):
            assert "'self'" in rules[rule].split()
            assert not {"'unsafe-eval'", "'unsafe-inline'", "*"} & set(rules[rule].split())
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert "private" in response["Cache-Control"]

    def test_no_cache_keeps_what_readers_are_sent(self) -> None:
        reading = f"/api/v1/readings/{self.cast.things['reading_id']}/"
        client = self.cast.client("junior")
        for url in ("/api/v1/worklist/", f"{reading}images/"):
            assert client.get(url)["Cache-Control"] == "private, no-store"
        for url in (f"{reading}open/", f"{reading}tokens/"):
            assert client.post(url)["Cache-Control"] == "private, no-store"
        aided = f"/api/v1/readings/{self.cast.things['aided_reading_id']}/ai/"
        response = self.cast.client("junior2").get(aided)
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody."""
    return build_people()


def sign_in(client: Client, **more: str) -> object:
    """Sign in as the junior reader."""
    fields = {"username": "junior@example.org", "password": PASSWORD, **more}
    return client.post("/sign-in/", fields)


def test_cookies_are_for_this_site_and_the_session_not_for_scripts(cast: Cast) -> None:
    client = Client()
    client.get("/sign-in/")
    sign_in(client)
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"] is True
    assert (session["samesite"], csrf["samesite"]) == ("Lax", "Lax")
    assert int(session["max-age"]) <= 12 * 3600


def test_signing_in_changes_the_session(cast: Cast) -> None:
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    sign_in(client)
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else"
    assert client.get("/").status_code == 200


def test_signing_in_leads_nowhere_else(cast: Cast) -> None:
    response = sign_in(Client(), next=OUTSIDE)
    assert response["Location"] == "/"  # type: ignore[index]


def test_passwords_can_not_be_guessed_through_the_api(cast: Cast) -> None:
    client = Client()
    body = {"email": "junior@example.org", "password": "guess"}
    for _guess in range(8):
        answer = client.post("/api/v1/token/", body, content_type="application/json")
    right = client.post(
        "/api/v1/token/", {**body, "password": PASSWORD}, content_type="application/json"
    )
    for refused in (answer, right):
        assert refused.status_code == 429
        assert refused.json()["code"] == "locked_out"
    other = {"email": "senior@example.org", "password": PASSWORD}
    answer = client.post("/api/v1/token/", other, content_type="application/json")
    assert answer.status_code == 200


def test_behind_tls_cookies_are_secure_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=REPOSITORY,
        env={**own, "READING_ROOM_TLS": "1", "READING_ROOM_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    insecure = {"security.W004", "security.W012", "security.W016", "security.W018", "security.W022"}
    assert [code for code in insecure if code in done.stderr] == []
