"""Videos and pictures without DICOM, from the folder to the viewer."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from inference.jobs.exams import read_case
from inference.registry.spec import ImageKind
from tests.integration.cast import Cast
from tests.unit.inference_io.films import CANARY, film, named
from webapp.core.models import AuditEvent
from webapp.imaging import frames, selectors
from webapp.imaging.ingest import Report
from webapp.imaging.models import Case, Instance, PictureKind, Series

Take = Callable[..., Report]


def codes(report: Report) -> list[str]:
    return [refusal.code.value for _file, refusal in report.refused]


def mixed(folder: Path) -> Path:
    """A folder of two stills and two videos, one of them twice, all with names about."""
    folder.mkdir()
    for number in (10, 2):
        still = Image.fromarray(np.full((16, 24), number, np.uint8))
        still.save(folder / f"Wbkj {number}.png")
    content = named(film(folder))
    for name in ("b", "copy of b"):
        (folder / f"Zxqv {name}.mp4").write_bytes(content)
    (folder / "Zxqv a.mpeg").write_bytes(named(film(folder, "mpeg", frames=5)))
    return folder


def test_a_folder_is_one_case_whatever_is_in_it(tmp_path: Path, taken_in: Take) -> None:
    report = taken_in(mixed(tmp_path / "Zxqv Wbkj"))
    assert codes(report) == ["duplicate"]
    (case,) = report.cases
    listed = [(s.number, s.modality, s.n_instances, s.n_frames) for s in case.series.all()]
    assert listed == [(1, "OT", 2, 2), (2, "US", 1, 5), (3, "US", 1, 12)]
    film_row = case.series.get(number=3)
    assert film_row.lossy and film_row.viewing["spacing_mm"] is None
    assert abs(film_row.viewing["frame_time_ms"] - 40) < 0.1
    again = taken_in(tmp_path / "Zxqv Wbkj")
    assert codes(again) == ["duplicate"] * 5 and Case.objects.count() == 1


def test_nothing_of_the_container_or_its_name_is_kept(
    home: Path, tmp_path: Path, taken_in: Take
) -> None:
    taken_in(mixed(tmp_path / "Zxqv Wbkj"))
    tables = (Case, Series, Instance, AuditEvent)
    rows = json.dumps([list(table.objects.values()) for table in tables], default=str)
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    for canary in (*CANARY.split(), b"Lavf", b"isom"):
        assert canary not in rows.encode() + b"".join(files)


def test_broken_videos_are_refused_and_the_rest_is_taken(tmp_path: Path, taken_in: Take) -> None:
    content = film(tmp_path)
    (tmp_path / "cut.mp4").write_bytes(content[:-300])
    (tmp_path / "other.mkv").write_bytes(film(tmp_path, "mkv"))
    (tmp_path / "whole.mp4").write_bytes(content)
    report = taken_in(tmp_path).to_json()
    assert {row["file"]: row["code"] for row in report["rejected"]} == {
        "cut.mp4": "broken_video",
        "other.mkv": "video_file",
    }
    assert [series["n_frames"] for series in report["cases"][0]["series"]] == [12]


def test_frames_are_fetched_one_by_one(tmp_path: Path, taken_in: Take, cast: Cast) -> None:
    (tmp_path / "a.mp4").write_bytes(film(tmp_path))
    (case,) = taken_in(tmp_path / "a.mp4").cases
    client = Client()
    client.force_login(cast["clinician"])
    shown = client.get(f"/api/v1/cases/{case.pk}/manifest/").json()["series"][0]
    assert shown["lossy"] is True and len(shown["frames"]) == 12
    answer = client.get(f"{shown['frames_url']}11/", {"token": shown["token"]})
    place = frames.place_of(case.series.get().pk, 12, 11)
    assert answer["Content-Type"] == "image/jls; transfer-syntax=1.2.840.10008.1.2.4.80"
    assert len(b"".join(answer.streaming_content)) == place.length


def test_upload_over_http(tmp_path: Path, cast: Cast) -> None:
    content = named(film(tmp_path))
    client = APIClient()
    client.force_authenticate(cast["clinician"])
    sizes = {"HTTP_UPLOAD_LENGTH": str(len(content))}
    address = client.post("/api/v1/uploads/", **sizes)["Location"]
    stream = {"content_type": "application/offset+octet-stream", "HTTP_UPLOAD_OFFSET": "0"}
    assert client.patch(address, io.BytesIO(content).read(), **stream).status_code == 204
    report = client.post(f"{address}complete/", {}, format="json").json()
    assert [one["n_frames"] for one in report["cases"][0]["series"]] == [12]


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast[name])
    return client


def test_nobody_has_looked_for_names_until_somebody_says_so(
    tmp_path: Path, taken_in: Take, cast: Cast
) -> None:
    (tmp_path / "a.mp4").write_bytes(film(tmp_path))
    report = taken_in(tmp_path / "a.mp4")
    (case,) = report.cases
    assert {code for _case, code in report.notices} == {"names_unchecked", "no_geometry"}
    client = signed_in(cast, "clinician")
    page, address = f"/cases/{case.pk}/", f"/api/v1/cases/{case.pk}/"
    assert "No name shows" in client.get(page).content.decode()
    assert client.get(address).json()["series"][0]["names_unchecked"] is True
    answer = client.post(f"{address}names-checked/")
    assert answer.json()["series"][0]["names_unchecked"] is False
    assert "No name shows" not in client.get(page).content.decode()
    client.post(f"/cases/{case.pk}/names-checked/")
    event = AuditEvent.objects.get(action="case.names_checked")
    assert (event.actor, event.target_id) == (cast["clinician"], str(case.pk))


def test_checked_before_the_upload_is_checked(tmp_path: Path, taken_in: Take) -> None:
    (tmp_path / "a.mp4").write_bytes(film(tmp_path))
    report = taken_in(tmp_path / "a.mp4", pixels_checked=True)
    assert {code for _case, code in report.notices} == {"no_geometry"}
    assert not Series.objects.get().names_unchecked


def stills(folder: Path) -> Path:
    folder.mkdir()
    for number in range(2):
        Image.fromarray(np.full((16, 24), 9 * number, np.uint8)).save(folder / f"{number}.bmp")
    return folder


def test_pictures_are_what_people_say(tmp_path: Path, taken_in: Take, cast: Cast) -> None:
    (case,) = taken_in(stills(tmp_path / "a")).cases
    series, client = case.series.get(), signed_in(cast, "clinician")
    address = f"/api/v1/series/{series.pk}/"
    assert (series.modality, [len(read_case(case).volumes), len(read_case(case).clips)]) == (
        "OT",
        [1, 0],
    )
    changed = client.patch(address, {"modality": "US"}, content_type="application/json")
    assert changed.json()["modality"] == "US"
    case.refresh_from_db()
    assert case.modality == "US" and case.calibrated
    assert [clip.modality for clip in read_case(case).clips] == ["US", "US"]
    assert selectors.image_kinds(case) == {ImageKind.STILLS}
    again = taken_in(tmp_path / "a", pictures_are=PictureKind.ULTRASOUND)
    assert codes(again) == ["duplicate"] * 2 and again.cases == [case]
    client.post(f"/series/{series.pk}/pictures/", {"pictures": "OT"})
    case.refresh_from_db()
    assert case.modality == "OT" and not case.calibrated
    data = [event.data for event in AuditEvent.objects.filter(action="series.pictures_corrected")]
    assert {"before": "OT", "after": "US"} in data and {"before": "US", "after": "OT"} in data


def test_what_cannot_be_said_of_pictures(
    tmp_path: Path, case: Case, taken_in: Take, cast: Cast
) -> None:
    client = signed_in(cast, "clinician")

    def change(series: Series, **wanted: str) -> tuple[int, str]:
        address = f"/api/v1/series/{series.pk}/"
        answer = client.patch(address, wanted, content_type="application/json")
        return answer.status_code, answer.json().get("code", "")

    (picture_case,) = taken_in(stills(tmp_path / "a"), pictures_are=PictureKind.ULTRASOUND).cases
    pictures = picture_case.series.get()
    assert pictures.modality == "US"
    assert change(case.series.get(), modality="US") == (409, "not_pictures")
    assert change(pictures, modality="CT")[0] == 400
    assert change(pictures)[0] == 400
    Case.objects.update(pinned=True)
    assert change(pictures, modality="OT") == (409, "case_pinned")
    answer = client.post(f"/series/{pictures.pk}/pictures/", {"pictures": "CT"})
    assert answer.status_code == 400


def test_real_videos(shared_data: Path, taken_in: Take) -> None:
    report = taken_in(shared_data / "us/video")
    assert codes(report) == []
    (case,) = report.cases
    found = [(s.n_frames, s.columns, s.viewing["frame_time_ms"]) for s in case.series.all()]
    # frames and sizes as in the manifest of the data
    assert found[0][:2] == (374, 386) and abs(1000 / found[0][2] - 29.04) < 0.01
    assert found[1:] == [(280, 370, 40), (273, 370, 40), (207, 370, 40)]
