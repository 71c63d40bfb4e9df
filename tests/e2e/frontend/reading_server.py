"""The server's side of one reading in memory: draft with revisions, events, commit."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.frontend.harness import Answer, Harness, as_html, as_json
from tests.e2e.frontend.pages import reading_page


@dataclass
class ReadingServer:
    """What it holds, and what shall go wrong."""

    answers: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    events: list[str] = field(default_factory=list)
    commits: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    line_lost: bool = False
    lose_commit_answers: bool = False

    def serve(self, harness: Harness) -> None:
        """Answer below /reading/ of a harness."""
        harness.extra += [
            (r"/reading/", self.page),
            (r"/reading/draft/", self.draft),
            (r"/reading/events/", self.take_events),
            (r"/reading/commit/", self.commit),
            (r"/worklist/", self.worklist),
        ]

    def page(self, method: str, body: bytes, request: Any) -> Answer:
        """Return the reading page with the draft as it stands."""
        draft = {"answers": self.answers, "revision": self.revision}
        return as_html(reading_page(aided=False, draft=draft))

    def draft(self, method: str, body: bytes, request: Any) -> Answer:
        """Keep a draft when nobody else has saved since its revision."""
        if self.line_lost:
            raise ConnectionError
        sent = json.loads(body)
        if sent["revision"] != self.revision:
            sentence = "Another window has changed these answers. Reload to see them."
            return as_json({"detail": sentence, "code": "draft_changed"}, 409)
        self.answers, self.revision = sent["answers"], self.revision + 1
        return as_json({"revision": self.revision})

    def take_events(self, method: str, body: bytes, request: Any) -> Answer:
        """Note timing events."""
        self.events += [event["kind"] for event in json.loads(body)]
        return 204, "text/plain", b""

    def commit(self, method: str, body: bytes, request: Any) -> Answer:
        """Store a commit; the answer may get lost on its way back."""
        key = request[1]["Idempotency-Key"]
        self.commits.append((key, json.loads(body)["answers"]))
        if self.lose_commit_answers:
            raise ConnectionError
        return as_json({"committed": True, "next": None, "next_due": None})

    def worklist(self, method: str, body: bytes, request: Any) -> Answer:
        """Return where a reader goes when nothing is left."""
        return as_html("<!doctype html><title>Worklist</title><h1>Worklist</h1>")
