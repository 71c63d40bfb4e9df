"""A tiny server for looking at the front end without Django, under the product's own CSP.

`python -m tests.e2e.frontend.harness BUNDLE_FOLDER` serves it on port 8765 for a person to look at.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e.frontend.encodings import ENCODINGS, beside_raw
from tests.e2e.frontend.made_cases import CASES as MADE_CASES
from tests.e2e.frontend.pages import reading_page, upload_page, viewer_page
from tests.e2e.frontend.synthetic_case import MadeCase

CASES: dict[str, Callable[[], MadeCase]] = {
    **MADE_CASES,
    **{label: partial(beside_raw, label) for label in ENCODINGS},
}

PUBLIC = Path(__file__).resolve().parents[3] / "static" / "public"

CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; font-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)

TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}

Answer = tuple[int, str, bytes]


@dataclass
class Harness:
    """What the tests can see and change of the running server."""

    bundle: Path
    url: str = ""
    token_life: float = 60.0
    """Seconds a token lasts."""
    first_token_life: float | None = None
    """The same for tokens that come with a manifest, when it shall differ."""
    told_life: float = 60.0
    """Seconds the page is told that tokens last."""
    renewals: int = 0
    frames_sent: list[str] = field(default_factory=list)
    refused_tokens: int = 0
    extra: list[tuple[str, Callable[[str, bytes, Any], Answer]]] = field(default_factory=list)
    """More routes: a regular expression on the path, and (method, body, request) -> answer, which
    may raise ConnectionError to answer nothing."""

    def token(self, life: float | None = None) -> str:
        """Return a token that says when it ends."""
        return f"{time.monotonic() + (self.token_life if life is None else life):.3f}"

    def manifest(self, name: str) -> dict[str, Any]:
        """Return the viewer manifest of a case."""
        case = CASES[name]()
        series = [
            {
                **one.entry,
                "id": one.id,
                "frames_url": f"/frames/{name}/{one.id}/",
                "token": self.token(self.first_token_life),
            }
            for one in case.series
        ]
        return {
            "code": "RR-000001",
            "tokens_url": f"/tokens/{name}/",
            "expires_in": self.told_life,
            "series": series,
            "lesions": list(case.manifest_lesions),
        }

    def result(self, name: str) -> dict[str, Any]:
        """Return an AI result for a case."""
        return ai_result(CASES[name](), name)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        """Route one request."""
        if match := re.fullmatch(r"/viewer/([\w-]+)/", path):
            return as_html(viewer_page(match[1], query))
        if path == "/reading/":
            draft = {"answers": {}, "revision": 0}
            return as_html(reading_page(aided="ai" in query, draft=draft))
        if path == "/favicon.ico":
            return 204, "image/x-icon", b""
        if path == "/upload/":
            return as_html(upload_page())
        if match := re.fullmatch(r"/manifest/([\w-]+)/", path):
            return as_json(self.manifest(match[1]))
        if match := re.fullmatch(r"/ai/([\w-]+)/", path):
            return as_json(self.result(match[1]))
        if match := re.fullmatch(r"/heat/([\w-]+)/([\w-]+)/", path):
            maps = {one.entry["id"]: one for one in CASES[match[1]]().heatmaps}
            return 200, "application/octet-stream", maps[match[2]].values.tobytes()
        if method == "POST" and (match := re.fullmatch(r"/tokens/([\w-]+)/", path)):
            self.renewals += 1
            tokens = {one.id: self.token() for one in CASES[match[1]]().series}
            return as_json({"tokens": tokens, "expires_in": self.told_life})
        if match := re.fullmatch(r"/frames/([\w-]+)/([\w-]+)/(\d+)/", path):
            return self.frame(match[1], match[2], int(match[3]), query)
        return static_file(path, self.bundle)

    def frame(self, name: str, series: str, n: int, query: dict[str, list[str]]) -> Answer:
        """Return a frame when its token still holds."""
        if float(query.get("token", ["0"])[0]) < time.monotonic():
            self.refused_tokens += 1
            return as_json({"detail": "The token has run out."}, status=403)
        made = next(one for one in CASES[name]().series if one.id == series)
        self.frames_sent.append(f"{series}/{n}")
        return 200, made.entry["content_type"], made.frames[n]


def ai_result(case: MadeCase, name: str) -> dict[str, Any]:
    """Return a plausible AI result whose heat maps are served by the harness."""
    return {
        "id": "r-1",
        "system": "lilnet_ct",
        "version": "0.1.0",
        "weights_sha256": "4f2a" * 16,
        "badge": "phantom-trained",
        "decision": "HCC",
        "probabilities": {
            "HCC": 0.71,
            "ICC": 0.14,
            "MET": 0.06,
            "FNH": 0.05,
            "HEM": 0.03,
            "CYST": 0.01,
        },
        "stages": [
            {"id": "bm", "probabilities": {"benign": 0.09, "malignant": 0.91}},
            {"id": "malignant", "probabilities": {"HCC": 0.78, "ICC": 0.15, "MET": 0.07}},
            {"id": "benign", "probabilities": {"FNH": 0.56, "HEM": 0.33, "CYST": 0.11}},
        ],
        "lesions": list(case.lesions),
        "phases_used": ["non_contrast", "arterial", "portal_venous"],
        "phases_missing": ["delayed"],
        "warnings": [{"code": "missing_phase", "message": "The delayed phase was not used."}],
        "heatmaps": [
            {**one.entry, "url": f"/heat/{name}/{one.entry['id']}/"} for one in case.heatmaps
        ],
    }


def as_html(text: str) -> Answer:
    """Return a page."""
    return 200, "text/html; charset=utf-8", text.encode()


def as_json(value: Any, status: int = 200) -> Answer:
    """Return a JSON answer; errors as problem+json."""
    kind = "application/json" if status < 400 else "application/problem+json"
    return status, kind, json.dumps(value).encode()


def static_file(path: str, bundle: Path) -> Answer:
    """Return a file of static/public, the bundle from its own folder."""
    if not path.startswith("/static/"):
        return 404, "text/plain", b"not found"
    name = path.removeprefix("/static/")
    inside = name.removeprefix("viewer/")
    file = bundle / inside if name.startswith("viewer/") else PUBLIC / name
    if not file.is_file():
        return 404, "text/plain", b"not found"
    return 200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()


def handler(harness: Harness) -> type[BaseHTTPRequestHandler]:
    """Return a request handler class bound to a harness."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            extra = next(
                (run for rule, run in harness.extra if re.fullmatch(rule, parts.path)), None
            )
            headers: dict[str, str] = {}
            if extra:
                try:
                    made = extra(self.command, body, (parts, self.headers, headers))
                except ConnectionError:
                    self.close_connection = True  # the line is lost: no answer at all
                    return
                status, kind, content = made
            else:
                query = parse_qs(parts.query)
                status, kind, content = harness.answer(self.command, parts.path, query, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", CSP)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_HEAD = do_DELETE = reply  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler


@contextmanager
def serving(bundle: Path, port: int = 0) -> Iterator[Harness]:
    """Serve in a thread until the block ends."""
    harness = Harness(bundle)
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(harness))
    harness.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield harness
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with serving(Path(sys.argv[1]), port=8765) as running:
        sys.stdout.write(f"{running.url}/viewer/four-phases/?ai=1&drawable=1\n")
        threading.Event().wait()
