"""An upload that is cut in the middle goes on at the byte where it stopped."""

import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from inference.phantoms.cohort import write_cohort
from tests.e2e.conftest import Cast, Installation
from tests.e2e.faults.api import Api
from tests.e2e.faults.server import kill_web, wait_for_web
from tests.e2e.faults.stage import SIZE

PADDING_BYTES = 22_000_000
PATIENCE_MS = 240_000
CHOICE = "input[type=file]:not([webkitdirectory])"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ZIP of three chunks: one small case, and a large file that is none."""
    folder = tmp_path_factory.mktemp("exam")
    write_cohort("lilnet_ct", 1, 81, folder / "cohort", SIZE)
    path = folder / "exam.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted((folder / "cohort").rglob("*.dcm")):
            packed.write(file, file.relative_to(folder))
        packed.writestr("notes.bin", os.urandom(PADDING_BYTES))
    return path


class Chunks:
    """Watches a page send chunks and lets something happen as the second one sets out.

    Parameters
    ----------
    page
        The page.
    accident
        What happens then, once.
    """

    def __init__(self, page: Page, accident: Callable[[], None] = lambda: None) -> None:
        self.offsets: list[int] = []
        self.accident = accident
        page.route("**/api/v1/uploads/*/", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method == "PATCH":
            self.offsets.append(int(route.request.headers["upload-offset"]))
            if len(self.offsets) == 2:
                self.accident()
        route.continue_()


def choose(page: Page, archive: Path) -> None:
    """Open the page and choose the file."""
    page.goto("/upload/")
    page.locator(CHOICE).set_input_files(archive)


def expect_lost(page: Page) -> None:
    """The page says that the line is lost."""
    expect(page.locator(".upload__line")).to_contain_text("The line is lost", timeout=PATIENCE_MS)


def expect_report(page: Page) -> None:
    """The case is there, and the file that is none is refused by name."""
    report = page.locator(".upload__report")
    expect(report).to_contain_text("1 case is ready", timeout=PATIENCE_MS)
    expect(report).to_contain_text("notes.bin")


def test_a_killed_server_and_a_reload_go_on_at_the_stored_byte(
    people: Cast, installation: Installation, archive: Path
) -> None:
    page = people("clinician").page
    Chunks(page, lambda: kill_web(installation))
    choose(page, archive)
    expect_lost(page)
    page.goto("about:blank")  # else the page itself would go on as soon as it can
    page.unroute_all()
    wait_for_web(installation)
    page.goto("/upload/")
    expect(page.locator("#upload")).to_contain_text("stopped at", timeout=PATIENCE_MS)
    (upload,) = page.request.get("/api/v1/uploads/?state=open").json()
    assert 0 < upload["offset"] < archive.stat().st_size
    chunks = Chunks(page)
    choose(page, archive)
    expect_report(page)
    assert chunks.offsets[0] == upload["offset"]


def test_a_lost_line_is_waited_out_without_a_reload(people: Cast, archive: Path) -> None:
    page = people("coordinator").page
    chunks = Chunks(page, lambda: page.context.set_offline(True))
    choose(page, archive)
    expect_lost(page)
    page.context.set_offline(False)
    expect_report(page)
    first, cut, again = chunks.offsets[:3]
    assert first == 0 < cut == again


def test_what_arrived_before_the_line_broke_counts(
    installation: Installation, archive: Path
) -> None:
    """Half a chunk and then silence; the rest goes on from there, and every byte is right."""
    content = archive.read_bytes()
    half = len(content) // 2
    api = Api.of(installation, "coordinator2")
    made = api.post("uploads/", None, Upload_Length=str(len(content))).json
    address = f"/api/v1/uploads/{made['id']}/"
    _send(api, address, 0, content[:half], announced=len(content))
    deadline = time.monotonic() + 60
    while (offset := api.get(f"uploads/{made['id']}/").json["offset"]) == 0:
        assert time.monotonic() < deadline, "nothing of the cut chunk was kept"
        time.sleep(0.1)
    assert offset <= half
    _send(api, address, offset, content[offset:])
    report = api.post(f"uploads/{made['id']}/complete/").json
    assert [len(report["cases"]), len(report["rejected"])] == [1, 1]


def _send(api: Api, address: str, offset: int, body: bytes, announced: int | None = None) -> None:
    """Send a chunk by hand; with more announced than sent the connection ends too early."""
    place = urlsplit(api.installation.address)
    headers = {
        "Host": place.netloc,
        "Authorization": f"Token {api.token}",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(announced or len(body)),
        "Connection": "close",
    }
    lines = [f"PATCH {address} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    with socket.create_connection((place.hostname or "", place.port or 0)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        if announced is None:
            assert b" 204 " in line.recv(200)
