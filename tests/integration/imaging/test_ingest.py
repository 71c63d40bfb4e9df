"""From paths to cases: what is taken, what is refused, and that it can be done twice."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.core.management import call_command

from tests.integration.cast import Cast
from tests.integration.imaging.conftest import MakeSlices
from tests.unit.inference_io.factories import write
from webapp.core.errors import Unavailable
from webapp.core.models import AuditEvent
from webapp.imaging import selectors, store
from webapp.imaging.ingest import Report
from webapp.imaging.models import Case, Instance, Series

Take = Callable[..., Report]


def codes(report: Report) -> list[str]:
    return [refusal.code.value for _file, refusal in report.refused]


def test_a_folder_becomes_a_case(cast: Cast, slices: MakeSlices, taken_in: Take) -> None:
    report = taken_in(slices()).to_json()
    (case,) = report["cases"]
    (series,) = case["series"]
    assert case["code"] == "RR-000001"
    assert (series["modality"], series["n_instances"], series["n_frames"]) == ("CT", 3, 3)
    assert (series["phase"], series["phase_confidence"]) == (None, None)
    assert report["rejected"] == report["quarantined"] == []
    row = Case.objects.get()
    assert row.owner == cast["clinician"] and row.calibrated and row.created_at == cast.clock.now()
    event = AuditEvent.objects.get(action="images.ingested")
    assert event.data == {"added": {case["id"]: 3}, "refused": 0, "pixels_checked": False}


def test_twice_changes_nothing(slices: MakeSlices, taken_in: Take) -> None:
    taken_in(slices())
    before = sorted(Instance.objects.values_list("pk", "sha256"))
    again = taken_in(slices())
    assert codes(again) == ["duplicate"] * 3
    assert [case.code for case in again.cases] == ["RR-000001"]
    assert sorted(Instance.objects.values_list("pk", "sha256")) == before


def test_another_owner_gets_another_case(cast: Cast, slices: MakeSlices, taken_in: Take) -> None:
    one, other = taken_in(slices()), taken_in(slices(), "coordinator")
    assert one.cases[0].study_uid != other.cases[0].study_uid
    assert codes(other) == [], "nobody learns what others have uploaded"
    seen = selectors.cases_visible_to(cast["clinician"])
    assert list(seen) == one.cases


def test_phases_may_come_one_by_one(slices: MakeSlices, taken_in: Take) -> None:
    taken_in(slices("a", series="1.2.5", SeriesDescription="Arterial", SeriesNumber=2))
    taken_in(slices("b", series="1.2.6", SeriesDescription="Portal venous", SeriesNumber=3))
    case = Case.objects.get()
    found = [(s.number, s.phase, s.n_frames) for s in case.series.all()]
    assert found == [(1, "arterial", 3), (2, "portal_venous", 3)]


def test_slices_of_one_series_may_come_in_two_uploads(slices: MakeSlices, taken_in: Take) -> None:
    folder = slices(count=4)
    (folder / "1.dcm").rename(folder.parent / "late.dcm")
    taken_in(folder)
    taken_in(folder.parent / "late.dcm")
    series = Series.objects.get()
    heights = [frame["position_mm"][2] for frame in series.viewing["frames"]]
    assert heights == [0, 5, 10, 15]
    (_series, files), *_ = selectors.case_files(series.case)
    assert [pydicom.dcmread(path).ImagePositionPatient[2] for path in files] == [0, 5, 10, 15]


def test_a_case_in_a_frozen_study_takes_nothing_more(slices: MakeSlices, taken_in: Take) -> None:
    taken_in(slices("a"))
    Case.objects.update(pinned=True)
    report = taken_in(slices("b", count=4))
    assert codes(report) == ["duplicate"] * 3 + ["case_pinned"]
    assert Series.objects.get().n_frames == 3


def test_same_uid_with_other_pixels_is_not_taken_silently(
    slices: MakeSlices, taken_in: Take, tmp_path: Path
) -> None:
    taken_in(slices(count=1))
    write(tmp_path / "other.dcm", SOPInstanceUID="1.2.2.0", SeriesInstanceUID="1.2.2")
    assert codes(taken_in(tmp_path / "other.dcm")) == ["same_uid"]


def test_a_corrected_phase_survives_more_images(
    cast: Cast, slices: MakeSlices, taken_in: Take
) -> None:
    taken_in(slices("a", SeriesDescription="Arterial"))
    Series.objects.update(phase="delayed", phase_corrected_by=cast["clinician"])
    taken_in(slices("b", count=5, SeriesDescription="Arterial"))
    series = Series.objects.get()
    assert (series.phase, series.n_frames) == ("delayed", 5)


def test_names_are_nowhere_in_the_state_folder(
    home: Path, slices: MakeSlices, taken_in: Take
) -> None:
    folder = slices("Zxqv^Wbkj", PatientName="Zxqv^Wbkj", InstitutionName="Wbkjxq Klinik")
    (folder / "Wbkjxq notes.txt").write_text("x")
    report = taken_in(folder)
    assert report.to_json()["rejected"][0]["file"] == "Wbkjxq notes.txt"
    rows = json.dumps(
        [*Case.objects.values(), *Series.objects.values(), *AuditEvent.objects.values()],
        default=str,
    )
    everything = rows.encode() + b"".join(
        path.read_bytes() for path in home.rglob("*") if path.is_file()
    )
    for canary in (b"Zxqv", b"Wbkj"):
        assert canary not in everything


def test_a_full_disk_is_said_and_nothing_is_registered(
    monkeypatch: pytest.MonkeyPatch, slices: MakeSlices, taken_in: Take
) -> None:
    def full(_descriptor: int, _data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = slices()
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(Unavailable):
            taken_in(folder)
    assert not Case.objects.exists()
    assert len(taken_in(folder).cases) == 1


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("ingest", *arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_command(cast: Cast, slices: MakeSlices, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(slices())
    owner = "clinician@example.org"
    code, out, _ = run(folder, "--owner", owner, "--project", "Pilot", "--json", capsys=capsys)
    assert code == 0
    assert set(json.loads(out)) == {"cases", "rejected", "quarantined", "warnings"}
    case = Case.objects.get()
    assert case.project is not None and list(case.project.members.all()) == [cast["clinician"]]
    code, out, _ = run(folder, capsys=capsys)
    assert code == 0 and out.startswith("RR-000002: 1 series, 3 images")
    assert Case.objects.get(code="RR-000002").owner is None, "works without any user"


@pytest.mark.django_db
def test_command_says_in_one_line_what_is_wrong(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("no image")
    code, out, _ = run(str(tmp_path / "text"), "--json", capsys=capsys)
    assert code == 2
    assert json.loads(out)["rejected"][0]["code"] == "not_an_image_file"
    for arguments in (["nowhere"], [str(tmp_path), "--owner", "nobody@example.org"]):
        code, out, err = run(*arguments, capsys=capsys)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1


def test_real_case(shared_data: Path, taken_in: Take) -> None:
    report = taken_in(shared_data / "ct/crlm-ct-1004").to_json()
    (series,) = report["cases"][0]["series"]
    assert (series["n_instances"], series["n_frames"], series["phase"]) == (41, 41, None)
    heights = [f["position_mm"][2] for f in Series.objects.get().viewing["frames"]]
    assert heights == sorted(heights) and report["warnings"] == []


def test_real_slice_folders_of_jpeg(shared_data: Path, taken_in: Take) -> None:
    report = taken_in(shared_data / "jpeg-ct")
    assert [case.series.get().n_frames for case in report.cases] == [59, 47, 79]
    assert not any(case.calibrated for case in report.cases)
    first = Instance.objects.filter(series__case=report.cases[0]).order_by("position")
    numbers = [pydicom.dcmread(store.path_of(i.sha256)).InstanceNumber for i in first]
    assert numbers == list(range(1, 60))
    assert {code for _case, code in report.notices} == {
        "uncalibrated",
        "no_geometry",
        "names_unchecked",
    }


def test_real_transfer_syntaxes(shared_data: Path, taken_in: Take) -> None:
    for path in sorted((shared_data / "ct/transfer-syntax").glob("*.dcm")):
        Case.objects.all().delete()
        report = taken_in(path)
        if path.name.endswith((".53.dcm", ".55.dcm")):
            assert codes(report) == ["unsupported_encoding"]
            continue
        assert codes(report) == [], path.name
        instance = Instance.objects.get()
        stored = store.path_of(instance.sha256).read_bytes()
        offset, length = instance.frames[0]
        assert len(stored[offset : offset + length]) == length
        assert stored[offset : offset + 2] in (b"\xff\xd8", b"\xff\x4f") or length == 524288


def test_odd_files_end_in_a_case_or_a_sentence(shared_data: Path, taken_in: Take) -> None:
    report = taken_in(shared_data / "odd").to_json()
    files = {path.relative_to(shared_data / "odd") for path in (shared_data / "odd").rglob("*.dcm")}
    refused = report["rejected"] + report["quarantined"]
    taken = Instance.objects.values("sop_uid", "series__case").distinct().count()
    assert taken + len(refused) >= len(files)
    assert all(row["reason"].endswith(".") for row in refused)
    assert {row["code"] for row in report["quarantined"]} == {
        "burned_in_text",
        "secondary_capture",
    }
