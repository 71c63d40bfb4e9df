"""What an answer to bad input may look like: a sentence for a person, and nothing internal."""

import html
import json
import re

from django.conf import settings
from django.http import HttpResponseBase

from tests.conftest import REPOSITORY
from tests.integration.readerstudy.crawl import everything

DISK_FULL = 503
INTERNAL = re.compile(
    r"Traceback|File \"|\.py\b|\b(?:[A-Z][a-z]+){1,5}(?:Error|Exception)\b|DoesNotExist"
    r"|\b(?:django|webapp|readerstudy|inference|rest_framework|sqlite3?|psycopg2?)\.\w"
    r"|\bSELECT |\bINSERT |UNIQUE constraint|object at 0x|<class |site-packages|\[Errno"
)
"""What only programmers understand, or attackers."""
ALERT = re.compile(r'role="alert">(.*?)</', re.DOTALL)


def complaints(response: HttpResponseBase, path: str) -> list[str]:
    """Return what is wrong with an answer; empty when it is good news or plain bad news."""
    status = response.status_code
    if status >= 500 and status != DISK_FULL:
        return [f"answers {status}"]
    if status < 400:
        return []
    text = everything(response).decode(errors="replace")
    return internals_in(text) + faults_of(sentence_of(response, path))


def internals_in(text: str) -> list[str]:
    """Return what a text shows that nobody but programmers should see."""
    secrets = (str(settings.READING_ROOM_HOME), str(REPOSITORY))
    found = [f"shows {hit.group()!r}" for hit in [INTERNAL.search(text)] if hit]
    return found + [f"shows the folder {secret}" for secret in secrets if secret in text]


def faults_of(sentence: str) -> list[str]:
    """Return what keeps a text from being a sentence."""
    whole = re.search(r"[.?!”)]$", sentence) is not None
    return [] if whole else [f"says no sentence: {sentence[:200]!r}"]


def sentence_of(response: HttpResponseBase, path: str) -> str:
    """Return what a refusal says: the detail of a problem document, a page's first alert."""
    content: bytes = getattr(response, "content", b"")
    if path.startswith("/api/"):
        if response["Content-Type"] != "application/problem+json":
            return ""
        body = json.loads(content)
        return str(body["detail"]).strip() if body["code"] and body["status"] else ""
    found = ALERT.search(content.decode(errors="replace"))
    return html.unescape(found.group(1)).strip() if found else ""
