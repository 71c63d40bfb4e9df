"""Cases over HTTP: who sees which, phases, manifest, frames, thumbnails, pages."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.integration.cast import Cast
from tests.integration.imaging.conftest import MakeSlices
from webapp.core.models import AuditEvent
from webapp.imaging import access, frame_api, frames, store
from webapp.imaging.access import Badge, Panel
from webapp.imaging.ingest import Report
from webapp.imaging.models import Case, Instance, Project, Series

Take = Callable[..., Report]


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast.client("clinician")


def manifest(client: Client, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/cases/{case.pk}/manifest/").json()
    return found


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_owners_and_administrators_see_a_case_nobody_else(cast: Cast, case: Case) -> None:
    seen = {
        name
        for name in cast.people
        if cast.client(name).get(f"/api/v1/cases/{case.pk}/").status_code == 200
    }
    assert seen == {"clinician", "admin"}
    assert cast.client("junior").get("/api/v1/cases/").json() == []


def test_members_of_the_project_see_its_cases(cast: Cast, case: Case) -> None:
    project = Project.objects.create(name="Pilot")
    project.members.add(cast["coordinator"], cast["junior"])
    Case.objects.update(project=project)
    assert len(cast.client("coordinator").get("/api/v1/cases/").json()) == 1
    assert cast.client("junior").get("/api/v1/cases/").json() == [], "readers never"


def test_rooms_above_may_show_a_case_to_more(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_visibilities", [])
    access.register_visibility(
        lambda user: Q(code="RR-000001") if user == cast["truth"] else Q(pk=None)
    )
    assert cast.client("truth").get(f"/api/v1/cases/{case.pk}/").status_code == 200
    series = case.series.get()
    answer = cast.client("truth").patch(
        f"/api/v1/series/{series.pk}/", {"phase": None}, content_type="application/json"
    )
    assert answer.status_code == 404, "seeing is not correcting"


def test_a_phase_is_corrected_and_recorded(cast: Cast, client: Client, case: Case) -> None:
    url = f"/api/v1/series/{case.series.get().pk}/"
    answer = client.patch(url, {"phase": "arterial"}, content_type="application/json").json()
    assert (answer["phase"], answer["phase_confidence"]) == ("arterial", 1.0)
    assert answer["phase_corrected"]
    event = AuditEvent.objects.get(action="series.phase_corrected")
    assert event.data == {"before": None, "after": "arterial"} and event.actor == cast["clinician"]
    bad = client.patch(url, {"phase": "purple"}, content_type="application/json")
    assert bad.status_code == 400
    Case.objects.update(pinned=True)
    late = client.patch(url, {"phase": None}, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "case_pinned")


def test_the_manifest_says_what_the_viewer_needs(client: Client, case: Case) -> None:
    found = manifest(client, case)
    (series,) = found["series"]
    assert found["code"] == "RR-000001"
    assert series["pixel"]["rows"] == 8 and series["calibrated"]
    assert series["rescale"] == {"slope": 1.0, "intercept": -1024.0}
    assert [frame["position_mm"] for frame in series["frames"]] == [[0, 0, 5 * n] for n in range(3)]
    assert series["content_type"].startswith("application/octet-stream; transfer-syntax=")
    assert "order" not in series
    stored = json.dumps(found)
    assert case.study_uid not in stored and case.series.get().series_uid not in stored


def test_frames_come_as_stored_without_a_query(client: Client, case: Case) -> None:
    (series,) = manifest(client, case)["series"]
    url = f"{series['frames_url']}%s/?token={series['token']}"
    assert client.get(url % 0).status_code == 200
    for n in range(3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(url % n)
        assert body(response) == np.full((8, 8), n, "<i2").tobytes()
        assert response["Content-Length"] == "128"
        assert response["Content-Type"] == series["content_type"]
        assert response["Cache-Control"] == "private, no-store"
        assert len(queries) == 0
    missing = client.get(url % 3)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_tokens_hold_for_their_session_series_and_minute(
    cast: Cast, client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    (series,) = manifest(client, case)["series"]
    url = f"{series['frames_url']}0/"
    token = series["token"]
    assert client.get(url, {"token": token}).status_code == 200
    assert client.get(url).status_code == 403
    assert client.get(url, {"token": token[:-1]}).status_code == 403
    assert client.get(f"/api/v1/frames/other/0/?token={token}").status_code == 403
    for name in ("admin", "junior", "anonymous"):
        assert cast.client(name).get(url, {"token": token}).status_code == 403
    later = frame_api.MACHINE.now() + timedelta(seconds=61)

    class Later:
        def now(self) -> object:
            return later

    monkeypatch.setattr(frame_api, "MACHINE", Later())
    answer = client.get(url, {"token": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "token_expired")


def test_fresh_tokens(client: Client, case: Case) -> None:
    answer = client.post(f"/api/v1/cases/{case.pk}/tokens/").json()
    (name,) = answer["tokens"]
    assert answer["expires_in"] == 60
    url = f"/api/v1/frames/{name}/0/?token={answer['tokens'][name]}"
    assert client.get(url).status_code == 200


def test_a_series_that_grows_is_looked_up_anew(
    client: Client, case: Case, slices: MakeSlices, taken_in: Take
) -> None:
    (before,) = manifest(client, case)["series"]
    client.get(f"{before['frames_url']}0/?token={before['token']}")
    taken_in(slices("more", count=5))
    (after,) = manifest(client, case)["series"]
    response = client.get(f"{after['frames_url']}4/?token={after['token']}")
    assert body(response) == np.full((8, 8), 4, "<i2").tobytes()


def test_a_lost_file_is_said(client: Client, case: Case) -> None:
    (series,) = manifest(client, case)["series"]
    for instance in Instance.objects.all():
        store.path_of(instance.sha256).unlink()
    answer = client.get(f"{series['frames_url']}0/?token={series['token']}")
    assert (answer.status_code, answer.json()["code"]) == (503, "file_missing")


def test_a_frame_file_ends_with_its_frame(case: Case) -> None:
    place = frames.place_of(case.series.get().pk, 3, 1)
    with frames.FrameFile(place) as file:
        assert file.read(100) + file.read(100) + file.read() == np.full((8, 8), 1, "<i2").tobytes()
        assert file.read(1) == b""


def test_thumbnails(cast: Cast, client: Client, case: Case) -> None:
    url = f"/api/v1/series/{case.series.get().pk}/thumbnail/"
    response = client.get(url)
    picture = Image.open(io.BytesIO(body(response)))
    assert response["Content-Type"] == "image/png" and picture.mode == "L"
    assert cast.client("junior").get(url).status_code == 404


def test_pages(cast: Cast, client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_badges", [])
    monkeypatch.setattr(access, "_panels", [])
    access.register_badges(lambda ids: {pk: [Badge("ai", "Done <b>")] for pk in ids})
    access.register_panels(lambda user, case: [Panel("ai", "AI result", "/somewhere/")])
    table = client.get("/cases/").content.decode()
    assert "RR-000001" in table and "Done &lt;b&gt;" in table and "Series 1" in table
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f"/api/v1/cases/{case.pk}/manifest/" in page
    assert 'data-fragment="/somewhere/"' in page and "nothing tells" in page
    upload = client.get("/upload/").content.decode()
    assert 'data-endpoint="/api/v1/uploads/"' in upload and 'data-case-url="/cases/{id}/"' in upload
    assert client.get(f"/cases/{case.pk}/").status_code == 200
    assert cast.client("coordinator").get(f"/cases/{case.pk}/").status_code == 404


def test_a_phase_is_corrected_on_the_page(client: Client, case: Case) -> None:
    series = case.series.get()
    page = f"/cases/{case.pk}/"
    answer = client.post(f"/series/{series.pk}/phase/", {"phase": "delayed"})
    assert answer["Location"] == page
    assert "set by a person" in client.get(page).content.decode()
    assert client.post(f"/series/{series.pk}/phase/", {"phase": "purple"}).status_code == 400
    client.post(f"/series/{series.pk}/phase/", {"phase": ""})
    assert Series.objects.get().phase is None


def test_the_empty_table_says_what_to_do(client: Client) -> None:
    assert "There is no case yet" in client.get("/cases/").content.decode()
