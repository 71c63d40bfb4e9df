"""Fetching every address with every key in the database, in search of what must not come back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from readerstudy.wizard import BY_SLUG
from tests.integration.routes import address, arguments

WORDS: Mapping[str, Sequence[Any]] = {
    "slug": list(BY_SLUG),
    "system": ["lilnet_ct"],
    "code": ["C001"],
    "analysis": ["bm_roc", "bm_accuracy"],
    "form": ["svg", "csv"],
    "number": [0],
    "uid": ["MQ"],
    "token": ["set-password"],
}
"""What stands for arguments that are no keys; a new one has to be added here."""
KEYS = "_id"


def every_key() -> list[UUID]:
    """Return the key of every row of every table that has such keys."""
    found: list[UUID] = []
    for model in apps.get_models():
        if isinstance(model._meta.pk.get_internal_type(), str):
            keys = model._default_manager.values_list("pk", flat=True)
            found += [key for key in keys if isinstance(key, UUID)]
    return sorted(set(found))


@dataclass
class Crawler:
    """One signed-in person who tries everything.

    Parameters
    ----------
    client
        Their browser.
    known
        The right value of every key argument: patterns with several are varied one at a time
        around it, others take every key there is.
    canaries
        What must not come back, by name.
    """

    client: Client
    known: Mapping[str, Any]
    canaries: Mapping[str, bytes]
    keys: list[UUID] = field(default_factory=every_key)
    asked: int = 0

    def leaks(self, routes: Iterable[str]) -> set[tuple[str, str]]:
        """Return the routes that gave a canary away, each with the canary's name.

        Everything is fetched with every key; what answers to POST is tried with the known keys.
        """
        found: set[tuple[str, str]] = set()
        for route in routes:
            for method, keys in (("get", self.keys), ("post", list(self.known.values()))):
                for url in self._addresses(route, keys):
                    content = self._ask(method, url)
                    hits = [name for name, secret in self.canaries.items() if secret in content]
                    found |= {(route, name) for name in hits}
        return found

    def _addresses(self, route: str, keys: Sequence[UUID]) -> Iterator[str]:
        names = arguments(route)
        if not names:
            yield address(route, {})
            return
        base = {name: self.known.get(name, _values(name, keys)[0]) for name in names}
        for name in names:
            for value in _values(name, keys):
                yield address(route, {**base, name: value})

    def _ask(self, method: str, url: str) -> bytes:
        """Return all that comes back; undo what the request changed."""
        cookies = self.client.cookies.copy()
        body = {"data": {}, "content_type": "application/json"} if method == "post" else {}
        with transaction.atomic():
            response = getattr(self.client, method)(url, **body)
            content = everything(response)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        self.asked += 1
        return content


def _values(name: str, keys: Sequence[UUID]) -> Sequence[Any]:
    """Return what to try for an argument of a pattern."""
    if name in WORDS:
        return WORDS[name]
    assert name.endswith(KEYS) or name == "name", f"add values for <{name}> to WORDS"
    return keys


def everything(response: HttpResponseBase) -> bytes:
    """Return an answer's headers and body."""
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]
    headers = "".join(f"{name}: {value}\n" for name, value in response.items())
    return headers.encode() + body
