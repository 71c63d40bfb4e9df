"""A small tus 1.0 server in memory, enough to see what a browser sends it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.frontend.harness import Answer, Harness, as_json

REPORT = {
    "cases": [
        {
            "id": "c-1",
            "code": "RR-000007",
            "series": [
                {"id": "s-1", "modality": "CT", "phase": "portal_venous", "n_frames": 41},
                {"id": "s-2", "modality": "CT", "phase": None, "n_frames": 3},
            ],
        }
    ],
    "rejected": [
        {
            "file": "exam/<b>notes</b>.docx",
            "code": "not_an_image_file",
            "reason": "This is neither DICOM nor JPEG nor PNG.",
        }
    ],
    "quarantined": [],
    "warnings": [],
}


@dataclass
class TusServer:
    """Uploads by id, and what was asked."""

    bodies: dict[str, bytearray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    offsets_sent: list[int] = field(default_factory=list)
    lose: int = 0
    """How many of the coming chunks after the first shall get no answer."""
    lost: int = 0
    done: bool = False

    def serve(self, harness: Harness) -> None:
        """Answer below /uploads/ of a harness."""
        harness.extra += [
            (r"/uploads/", self.uploads),
            (r"/uploads/\w+/", self.upload),
            (r"/uploads/\w+/complete/", self.complete),
        ]

    def uploads(self, method: str, body: bytes, request: Any) -> Answer:
        """Create or list uploads."""
        _, headers, answer = request
        if method == "GET":
            return as_json([] if self.done else [self._entry(one) for one in self.bodies])
        name = f"u{len(self.bodies) + 1}"
        self.bodies[name] = bytearray()
        self.lengths[name] = int(headers["Upload-Length"])
        pairs = (pair.split(" ") for pair in headers["Upload-Metadata"].split(","))
        self.metadata[name] = {key: base64.b64decode(value).decode() for key, value in pairs}
        answer["Location"] = f"/uploads/{name}/"
        return 201, "application/json", b"{}"

    def upload(self, method: str, body: bytes, request: Any) -> Answer:
        """Tell or move the offset of one upload."""
        parts, headers, answer = request
        name = parts.path.split("/")[2]
        held = self.bodies[name]
        if method == "GET":
            return as_json(
                {"state": "ingesting", "progress": 0.5, "ingested": 1, "total": 2, "report": None}
            )
        if method == "DELETE":
            del self.bodies[name]
            return 204, "text/plain", b""
        if method == "PATCH":
            assert headers["Tus-Resumable"] == "1.0.0"
            offset = int(headers["Upload-Offset"])
            if offset != len(held):
                return as_json({"detail": "The upload stands elsewhere."}, 409)
            if self.lose > self.lost and self.offsets_sent:
                self.lost += 1
                raise ConnectionError
            self.offsets_sent.append(offset)
            held.extend(body)
        answer["Upload-Offset"] = str(len(held))
        return (204 if method == "PATCH" else 200), "text/plain", b""

    def complete(self, method: str, body: bytes, request: Any) -> Answer:
        """Answer with a report."""
        self.done = True
        assert json.loads(body)["pixels_checked"] is False
        return as_json(REPORT)

    def _entry(self, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "fingerprint": self.metadata[name]["fingerprint"],
            "offset": len(self.bodies[name]),
            "length": self.lengths[name],
        }
