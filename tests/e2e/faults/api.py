"""The API as a program uses it: a token, JSON, and lines that may break."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from tests.e2e.conftest import PASSWORD, Installation

PATIENCE_SECONDS = 60.0


class LineLost(Exception):
    """The server went away before it had answered; what it did is not known."""


@dataclass(frozen=True)
class Answer:
    """What came back: status and parsed JSON."""

    status: int
    json: Any


@dataclass(frozen=True)
class Api:
    """One person's program.

    Parameters
    ----------
    installation
        Where.
    token
        Of the person.
    """

    installation: Installation
    token: str

    @classmethod
    def of(cls, installation: Installation, name: str) -> "Api":
        """Return the program of ``name@example.org``."""
        body = {"email": f"{name}@example.org", "password": PASSWORD}
        return cls(installation, cls(installation, "").post("token/", body).json["token"])

    def get(self, path: str) -> Answer:
        """Fetch an address below ``/api/v1/``."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Post JSON."""
        return self._ask("POST", path, body, headers)

    def put(self, path: str, body: Any) -> Answer:
        """Put JSON."""
        return self._ask("PUT", path, body, {})

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Content-Type"] = "application/json"
        if self.token:
            sent["Authorization"] = f"Token {self.token}"
        request = urllib.request.Request(
            f"{self.installation.address}/api/v1/{path}",
            data=None if body is None and method == "GET" else json.dumps(body or {}).encode(),
            headers=sent,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                return Answer(response.status, json.loads(response.read() or b"null"))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, json.loads(refused.read() or b"null"))
        except (OSError, HTTPException) as error:
            raise LineLost(str(error)) from error
