"""Uploading folders: one tar made in the browser, lost lines, going on after a reload."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.frontend.conftest import Open
from tests.e2e.frontend.harness import Harness
from tests.e2e.frontend.tus_server import TusServer


@pytest.fixture
def server(harness: Harness) -> TusServer:
    """Take uploads at the harness."""
    made = TusServer()
    made.serve(harness)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of 9.5 MB with names that are long, nested and not ASCII."""
    random = np.random.default_rng(5)
    sizes = {"1.dcm": 8_500_000, "2.dcm": 513, "Leber/Müller.dcm": 1_000_000, "empty": 0}
    sizes[f"{'deep/' * 20}{'n' * 60}.dcm"] = 1000
    for name, size in sizes.items():
        path = tmp_path / "exam" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.bytes(size))
    (tmp_path / "exam" / ".DS_Store").write_bytes(b"clutter")
    return tmp_path / "exam"


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a tar."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {
            member.name: file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }


def expected(folder: Path) -> dict[str, bytes]:
    """Return what should arrive of a folder."""
    return {
        str(path.relative_to(folder.parent)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".DS_Store"
    }


def test_a_folder_arrives_as_one_tar_and_ends_in_the_report(
    open_page: Open, server: TusServer, folder: Path
) -> None:
    opened = open_page("/upload/", loaded=False)
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(opened.page.get_by_role("heading", name="1 case is ready")).to_be_visible()
    assert unpacked(bytes(server.bodies["u1"])) == expected(folder)
    assert len(server.offsets_sent) == 2
    assert server.metadata["u1"]["filename"] == "exam.tar"
    link = opened.page.get_by_role("link", name="RR-000007")
    expect(link).to_have_attribute("href", "/cases/c-1/")
    row = opened.page.locator("tr", has=link)
    assert row.locator(".badge").all_inner_texts() == ["Portal venous", "Phase unknown"]
    # A file name is text, never markup.
    expect(opened.page.locator("td", has_text="<b>notes</b>.docx")).to_be_visible()


def test_a_lost_line_is_said_and_waited_out(
    open_page: Open, server: TusServer, folder: Path
) -> None:
    server.lose = 1000
    opened = open_page("/upload/", loaded=False)
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(opened.page.locator(".upload__line")).to_contain_text("The line is lost")
    server.lose = 0
    expect(opened.page.get_by_role("heading", name="1 case is ready")).to_be_visible()
    assert server.lost > 0
    assert unpacked(bytes(server.bodies["u1"])) == expected(folder)
    opened.complaints.clear()  # Chromium writes each lost request on the console


def test_after_a_reload_the_same_folder_goes_on_where_it_stopped(
    open_page: Open, server: TusServer, folder: Path
) -> None:
    server.lose = 1000
    opened = open_page("/upload/", loaded=False)
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(opened.page.locator(".upload__line")).to_contain_text("The line is lost")
    sent = len(server.bodies["u1"])
    assert 0 < sent < server.lengths["u1"]
    opened.page.reload()
    server.lose = 0
    zone = opened.page.locator(".drop-zone")
    expect(zone).to_contain_text("An upload of 9.51 MB stopped at 8.39 MB")
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(opened.page.get_by_role("heading", name="1 case is ready")).to_be_visible()
    assert list(server.bodies) == ["u1"]
    assert server.offsets_sent[1] == sent
    assert unpacked(bytes(server.bodies["u1"])) == expected(folder)
    opened.complaints.clear()


def test_a_stopped_upload_can_be_given_up_after_asking_back(
    open_page: Open, server: TusServer
) -> None:
    server.bodies["u1"], server.lengths["u1"] = bytearray(500), 1000
    server.metadata["u1"] = {"fingerprint": "f"}
    opened = open_page("/upload/", loaded=False)
    button = opened.page.get_by_role("button", name="Give it up")
    button.click()
    expect(opened.page.get_by_text("Press again.")).to_be_visible()
    assert list(server.bodies) == ["u1"]
    button.click()
    expect(button).to_have_count(0)
    assert server.bodies == {}


def test_pausing_stops_and_going_on_finishes(
    open_page: Open, server: TusServer, folder: Path
) -> None:
    opened = open_page("/upload/", loaded=False)
    hold = True
    opened.page.route(
        "**/uploads/u1/",
        lambda route, request: None if hold and request.method == "PATCH" else route.continue_(),
    )
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    opened.page.get_by_role("button", name="Pause").click()
    expect(opened.page.locator(".upload__line")).to_have_text("Paused.")
    hold = False
    opened.page.get_by_role("button", name="Go on").click()
    expect(opened.page.get_by_role("heading", name="1 case is ready")).to_be_visible()
    assert unpacked(bytes(server.bodies["u1"])) == expected(folder)


def test_a_single_archive_goes_as_it_is(open_page: Open, server: TusServer, tmp_path: Path) -> None:
    archive = tmp_path / "exam.zip"
    archive.write_bytes(b"PK\x05\x06" + bytes(18))
    opened = open_page("/upload/", loaded=False)
    opened.page.locator("input[multiple]").set_input_files(archive)
    expect(opened.page.get_by_role("heading", name="1 case is ready")).to_be_visible()
    assert bytes(server.bodies["u1"]) == archive.read_bytes()
    assert server.metadata["u1"]["filename"] == "exam.zip"


def test_what_the_server_refuses_is_said_in_its_words(
    open_page: Open, harness: Harness, folder: Path
) -> None:
    refusal = b'{"detail": "The upload is larger than 10 MB. Upload it in parts."}'
    harness.extra += [
        (
            r"/uploads/",
            lambda method, body, request: (
                (200, "application/json", b"[]")
                if method == "GET"
                else (413, "application/problem+json", refusal)
            ),
        )
    ]
    opened = open_page("/upload/", loaded=False)
    opened.page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(opened.page.locator(".upload__line")).to_have_text(
        "The upload is larger than 10 MB. Upload it in parts."
    )
    opened.page.get_by_role("button", name="Upload more").click()
    expect(opened.page.locator(".drop-zone")).to_be_visible()
    opened.complaints.clear()
