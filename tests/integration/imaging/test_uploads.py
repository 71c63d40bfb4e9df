"""Resumable uploads: cut lines, two windows, wrong offsets, and that nothing is left behind."""

import base64
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponseBase
from django.test import Client

from tests.integration.cast import Cast
from tests.integration.imaging.conftest import MakeSlices
from webapp.core.clock import MovableClock, SystemClock
from webapp.core.models import AuditEvent
from webapp.imaging import rawfiles, uploads
from webapp.imaging.models import Case, UploadSession
from webapp.imaging.worker import Sweeper

URL = "/api/v1/uploads/"


def packed(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}")
    return buffer.getvalue()


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast.client("clinician")


@pytest.fixture
def content(slices: MakeSlices) -> bytes:
    return packed(slices("Wbkjxq"))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def begin(client: Client, length: int, name: str = "Wbkjxq.zip", fingerprint: str = "f") -> Any:
    metadata = f"filename {encoded(name)},fingerprint {encoded(fingerprint)}"
    return client.post(URL, headers={"Upload-Length": str(length), "Upload-Metadata": metadata})


def send(client: Client, url: str, offset: int, data: bytes) -> Any:
    return client.patch(
        url,
        data,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def complete(client: Client, url: str, **body: Any) -> Any:
    return client.post(f"{url}complete/", json.dumps(body), content_type="application/json")


def uploaded(client: Client, content: bytes) -> str:
    url = str(begin(client, len(content))["Location"])
    assert send(client, url, 0, content).status_code == 204
    return url


def offset(client: Client, url: str) -> int:
    return int(client.head(url)["Upload-Offset"])


def test_an_upload_becomes_a_case(client: Client, content: bytes) -> None:
    made = begin(client, len(content))
    assert made.status_code == 201 and made["Tus-Resumable"] == "1.0.0"
    url = made["Location"]
    half = len(content) // 2
    assert send(client, url, 0, content[:half])["Upload-Offset"] == str(half)
    assert offset(client, url) == half
    assert send(client, url, half, content[half:]).status_code == 204
    report = complete(client, url).json()
    assert report["state"] == "done"
    assert [len(case["series"]) for case in report["cases"]] == [1]
    status = client.get(url).json()
    assert (status["state"], status["progress"], status["ingested"]) == ("done", 1.0, 3)


def test_a_folder_sent_as_tar(client: Client, slices: MakeSlices) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(slices(), "folder")
    report = complete(client, uploaded(client, buffer.getvalue())).json()
    assert report["cases"][0]["series"][0]["n_instances"] == 3


def test_completing_again_answers_the_same_without_names(client: Client, content: bytes) -> None:
    url = uploaded(client, content)
    first = complete(client, url).json()
    again = complete(client, url).json()
    assert again["cases"] == first["cases"]
    duplicates = complete(client, uploaded(client, content)).json()
    assert duplicates["rejected"][0]["file"] == "Wbkjxq/0.dcm"
    assert Case.objects.count() == 1


def test_nothing_with_a_name_is_left(home: Path, client: Client, content: bytes) -> None:
    url = uploaded(client, content)
    complete(client, url)
    complete(client, uploaded(client, content))
    kept = json.dumps([*UploadSession.objects.values(), *AuditEvent.objects.values()], default=str)
    assert "duplicate" in kept and "Wbkjxq" not in kept
    assert list((home / "uploads").iterdir()) == []
    assert "Wbkjxq" not in json.dumps(client.get(url).json())


def test_a_wrong_offset_is_told_and_nothing_is_written(client: Client, content: bytes) -> None:
    url = begin(client, len(content))["Location"]
    send(client, url, 0, content[:100])
    for wrong in (0, 99, 101):
        answer = send(client, url, wrong, b"x" * 10)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_offset")
    assert offset(client, url) == 100


def test_what_arrived_before_the_line_broke_counts(cast: Cast, client: Client) -> None:
    url = begin(client, 100)["Location"]
    upload = UploadSession.objects.get()

    def broken() -> Iterator[bytes]:
        yield b"a" * 30
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.append(upload=upload, offset=0, chunks=broken(), clock=SystemClock())
    assert offset(client, url) == 30
    assert send(client, url, 30, b"b" * 70).status_code == 204
    assert rawfiles.raw_path(upload).read_bytes() == b"a" * 30 + b"b" * 70


def test_bytes_that_were_never_acknowledged_are_overwritten(client: Client) -> None:
    url = begin(client, 20)["Location"]
    send(client, url, 0, b"a" * 10)
    with rawfiles.raw_path(UploadSession.objects.get()).open("ab") as file:
        file.write(b"garbage of a crash")
    send(client, url, 10, b"b" * 10)
    assert rawfiles.raw_path(UploadSession.objects.get()).read_bytes() == b"a" * 10 + b"b" * 10


def test_a_second_window_has_to_wait(client: Client) -> None:
    url = begin(client, 20)["Location"]
    with rawfiles.exclusive(UploadSession.objects.get()):
        answer = send(client, url, 0, b"x")
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert send(client, url, 0, b"x").status_code == 204


def test_more_than_announced_is_refused(client: Client) -> None:
    url = begin(client, 10)["Location"]
    assert send(client, url, 0, b"x" * 11).status_code == 413
    assert offset(client, url) == 0


def test_completing_too_early(client: Client, content: bytes) -> None:
    url = begin(client, len(content))["Location"]
    send(client, url, 0, content[:-1])
    answer = complete(client, url)
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete")


def test_only_one_request_ingests(cast: Cast, client: Client, content: bytes) -> None:
    url = uploaded(client, content)
    now = SystemClock().now()
    UploadSession.objects.update(state="ingesting", changed_at=now)
    answer = complete(client, url)
    assert (answer.status_code, answer.json()["code"]) == (409, "ingesting")
    silent = now - uploads.SILENT_AFTER - timedelta(seconds=1)
    UploadSession.objects.update(changed_at=silent)
    assert complete(client, url).status_code == 200, "the process that began has died"


def test_a_failed_ingest_can_be_repeated(
    client: Client, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = uploaded(client, content)
    with monkeypatch.context() as patched:

        def failing(**_: Any) -> None:
            raise DatabaseError

        patched.setattr(uploads, "ingest", failing)
        client.raise_request_exception = False
        assert complete(client, url).status_code == 500
    assert client.get(url).json()["state"] == "open"
    assert complete(client, url).json()["state"] == "done"


def test_an_upload_is_found_again_by_its_fingerprint(cast: Cast, client: Client) -> None:
    begin(client, 10, fingerprint="one")
    begin(client, 20, fingerprint="two")
    (found,) = client.get(f"{URL}?state=open&fingerprint=two").json()
    assert (found["length"], found["fingerprint"]) == (20, "two")
    assert "two" not in json.dumps(list(UploadSession.objects.values("fingerprint")))
    assert cast.client("coordinator").get(f"{URL}?fingerprint=two").json() == []


def test_uploads_are_their_owners_alone(cast: Cast, client: Client, content: bytes) -> None:
    url = uploaded(client, content)
    other = cast.client("coordinator")
    answers: list[HttpResponseBase] = [
        other.get(url), other.head(url), send(other, url, 0, b""), complete(other, url),
        other.delete(url),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}


def test_giving_up_destroys_the_bytes(home: Path, client: Client) -> None:
    url = begin(client, 10)["Location"]
    assert client.delete(url).status_code == 204
    assert list((home / "uploads").iterdir()) == []
    assert client.get(url).status_code == 404


def test_after_seven_days_it_is_gone(home: Path, cast: Cast, client: Client) -> None:
    begin(client, 10)
    clock = MovableClock(SystemClock().now() + timedelta(days=6, hours=23))
    assert uploads.purge_expired(clock=clock) == 0
    clock.advance(timedelta(hours=2))
    assert uploads.purge_expired(clock=clock) == 1
    assert list((home / "uploads").iterdir()) == []


def test_the_worker_destroys_what_is_too_old(home: Path, cast: Cast, client: Client) -> None:
    begin(client, 10)
    UploadSession.objects.update(created_at=SystemClock().now() - timedelta(days=8))
    sweep = Sweeper()
    sweep()
    assert list((home / "uploads").iterdir()) == []
    begin(client, 10)
    UploadSession.objects.update(created_at=SystemClock().now() - timedelta(days=8))
    sweep()
    assert UploadSession.objects.count() == 1, "the next look is an hour later"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": "1e9"}, 400),
        ({"Upload-Length": str(uploads.LARGEST + 1)}, 413),
        ({"Upload-Length": "5", "Upload-Metadata": "filename ???"}, 400),
    ],
)
def test_bad_beginnings(client: Client, headers: dict[str, str], status: int) -> None:
    answer = client.post(URL, headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"].endswith(".")
    assert not UploadSession.objects.exists()


def test_a_disk_without_room_is_said_before_the_first_byte(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: Usage)
    answer = begin(client, 900)
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")


def test_bytes_have_their_own_type(client: Client) -> None:
    url = begin(client, 10)["Location"]
    answer = client.patch(
        url, b"{}", content_type="application/json", headers={"Upload-Offset": "0"}
    )
    assert answer.status_code == 400
