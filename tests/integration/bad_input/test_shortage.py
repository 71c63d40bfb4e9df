"""Full disk, database that doesn't answer, weights that are gone: one sentence, nothing lost."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from inference import io
from inference.contracts import Exam
from inference.jobs import systems
from inference.jobs.execution import run_job
from readerstudy.models import ReaderStudy
from tests.integration.bad_input.plain import complaints, faults_of, internals_in, sentence_of
from tests.integration.cast import PASSWORD, Cast, build_people
from tests.integration.jobs.samples import make_case, make_job
from tests.integration.readerstudy.stage import ANSWERS, frozen_study, opened
from webapp.core.home import ensure_home
from webapp.imaging.models import UploadSession
from webapp.opinions.models import OpinionRequest

pytestmark = pytest.mark.django_db
UPLOADS = "/api/v1/uploads/"
FULL = OSError(errno.ENOSPC, "No space left on device", "/srv/secret/place")


@pytest.fixture
def cast(db: None, tmp_path: Path, settings: Any) -> Cast:
    """Everybody, in a state folder of their own."""
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    return build_people()


@contextmanager
def database(message: str, *commands: str) -> Iterator[None]:
    """Let statements that begin with one of the words fail, every one without words."""

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not commands or sql.startswith(commands):
            raise OperationalError(message)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


def full_database() -> Any:
    """SQLite's words; what reads goes on."""
    return database("database or disk is full", "INSERT", "UPDATE")


def assert_full(response: Any, path: str) -> None:
    """The answer says that the disk is full, in a sentence."""
    assert response.status_code == 503
    assert "disk is full" in sentence_of(response, path)
    assert complaints(response, path) == []


def open_upload(client: Client, content: bytes) -> str:
    """Open an upload and return its address."""
    answer = client.post(UPLOADS, headers={"Upload-Length": str(len(content))})
    return str(answer["Location"])


def send(client: Client, url: str, content: bytes) -> Any:
    """Send a chunk from the start."""
    kind = "application/offset+octet-stream"
    return client.patch(url, content, content_type=kind, headers={"Upload-Offset": "0"})


def raising(*_args: Any, **_options: Any) -> None:
    """Stand in for a call to a disk without room."""
    raise FULL


def test_a_chunk_that_found_no_room_is_sent_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cast.client("clinician")
    url = open_upload(client, b"12345")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", raising)
        assert_full(send(client, url, b"12345"), url)
    assert client.get(url).json()["offset"] == 0
    assert send(client, url, b"12345").status_code == 204
    assert client.get(url).json()["offset"] == 5


def test_an_upload_without_room_for_its_file_leaves_no_trace(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "touch", raising)
    response = cast.client("clinician").post(UPLOADS, headers={"Upload-Length": "5"})
    assert_full(response, UPLOADS)
    assert not UploadSession.objects.exists()


def test_a_reading_stays_open_with_its_draft(cast: Cast) -> None:
    study = frozen_study(cast, truths=("HCC",), readers=("junior",))
    reading = opened(cast, study, "junior").pk
    client, base = cast.client("junior"), f"/api/v1/readings/{reading}/"
    body = {"answers": ANSWERS, "revision": 0}
    assert client.put(f"{base}draft/", body, content_type="application/json").status_code == 200
    with full_database():
        answer = client.post(f"{base}commit/", body, content_type="application/json")
    assert_full(answer, base)
    draft = client.post(f"{base}open/").json()["draft"]
    assert draft == {"answers": ANSWERS, "revision": 1}
    answer = client.post(f"{base}commit/", body, content_type="application/json")
    assert answer.json()["committed"] is True


def test_pages_offer_what_was_typed_again(cast: Cast) -> None:
    case = make_case(cast["clinician"], cast.clock)
    forms = {
        f"/cases/{case.pk}/opinion/ask/": ("clinician", {"question": "Benign after all?"}),
        "/studies/new/": ("coordinator", {"title": "Typed for long"}),
        "/people/": (
            "admin",
            {"display_name": "Grace", "email": "g@example.org", "roles": "reader"},
        ),
    }
    for path, (name, fields) in forms.items():
        client = cast.client(name)
        with full_database():
            response = client.post(path, fields)
        assert_full(response, path)
        assert f'action="{path}"' in response.content.decode()
        for typed in fields.values():
            assert f'value="{typed}"' in response.content.decode()
    assert not OpinionRequest.objects.exists()
    assert not ReaderStudy.objects.exists()


def test_signing_in_with_a_full_disk(cast: Cast) -> None:
    with full_database():
        response = Client(raise_request_exception=False).post(
            "/sign-in/", {"username": "junior@example.org", "password": PASSWORD}
        )
    assert_full(response, "/sign-in/")
    assert PASSWORD not in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/cases/", "/api/v1/cases/", "/worklist/", "/sign-in/"])
def test_a_database_that_does_not_answer(cast: Cast, path: str) -> None:
    client = cast.client("clinician")
    with database("could not connect to server: 10.1.2.3 refused"):
        response = client.get(path)
    text = response.content.decode()
    assert "10.1.2.3" not in text
    if path != "/sign-in/":
        assert response.status_code == 503
        assert "The database doesn't answer" in sentence_of(response, path)


def test_missing_weights_end_the_run_with_a_sentence(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from inference.pipelines.lilnet_ct import pipeline  # torch loads slowly
    from inference.registry import loading

    pipeline.open_pipeline.cache_clear()
    monkeypatch.setattr(loading, "shipped_weights", lambda _spec: tmp_path)
    monkeypatch.setattr(systems, "folder", lambda _spec: tmp_path)
    monkeypatch.setattr(io, "read_exam", lambda *_args, **_options: Exam(key="exam"))
    job = make_job(cast, make_case(cast["clinician"], cast.clock))
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock)
    answer = cast.client("clinician").get(f"/api/v1/inferences/{job.pk}/").json()
    assert answer["job"]["state"] == "failed"
    assert answer["job"]["error"]["code"] == "missing_weights"
    sentence = answer["job"]["error"]["message"]
    assert "weights" in sentence
    assert internals_in(sentence) + faults_of(sentence) == []
    page = cast.client("admin").get("/models/").content.decode()
    assert "restore its weights" in page
