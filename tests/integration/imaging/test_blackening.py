"""What a person has drawn over is gone: from the frames, the store, the thumbnails."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from django.test import Client
from PIL import Image
from pydicom.pixels import pixel_array

from inference.jobs.exams import read_case
from tests.integration.cast import Cast
from tests.unit.inference_io.films import film
from webapp.core.errors import Conflict
from webapp.core.models import AuditEvent
from webapp.imaging import blackening, frames, store, thumbnails
from webapp.imaging.ingest import Report
from webapp.imaging.models import Case, Instance, Series

Take = Callable[..., Report]
NAME = (10, 4, 30, 12)
"""Where the name stands: x0, y0, x1, y1."""


@pytest.fixture
def named_case(tmp_path: Path, taken_in: Take) -> Case:
    """Two JPEG pictures in colour and a video."""
    folder = tmp_path / "upload"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(2):
        pixels = rng.integers(60, 255, (32, 40, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=95)
    (folder / "a.mp4").write_bytes(film(tmp_path))
    return taken_in(folder).cases[0]


def blacken(cast: Cast, case: Case, rectangles: Any) -> Any:
    client = Client()
    client.force_login(cast["clinician"])
    body = {"rectangles": json.dumps(rectangles)}
    return client.post(f"/cases/{case.pk}/blacken/", body)


def shown(series: Series) -> list[np.ndarray]:
    return [
        pixel_array(pydicom.dcmread(store.path_of(file.sha256))) for file in series.instances.all()
    ]


def test_rectangles_are_black_in_all_frames_and_nothing_else_changes(
    cast: Cast, named_case: Case
) -> None:
    pictures, cine = named_case.series.all()
    before = shown(cine)[0]
    old = [store.path_of(sha) for sha in Instance.objects.values_list("sha256", flat=True)]
    small = thumbnails.path_for(cine)
    drawn = {str(pictures.pk): [NAME], str(cine.pk): [NAME, (0, 0, 2, 2)]}
    assert blacken(cast, named_case, drawn).status_code == 302
    assert not any(path.exists() for path in (*old, small))
    x0, y0, x1, y1 = NAME
    for picture in shown(pictures):
        assert not picture[y0:y1, x0:x1].any() and picture[y1:].all()
    after = shown(cine)[0]
    hidden = np.zeros(after.shape[1:], bool)
    hidden[y0:y1, x0:x1] = hidden[:2, :2] = True
    assert not after[:, hidden].any()
    np.testing.assert_array_equal(after[:, ~hidden], before[:, ~hidden])
    cine.refresh_from_db()
    assert cine.viewing["content_type"].startswith("image/jls")
    file = pydicom.dcmread(store.path_of(cine.instances.get().sha256))
    assert file.SOPInstanceUID == cine.instances.get().sop_uid
    assert "Clean Pixel Data Option" in file.DeidentificationMethod
    assert (round(file.FrameTime), file.LossyImageCompression) == (40, "01")
    event = AuditEvent.objects.get(action="case.blackened")
    assert event.data == {str(pictures.pk): 1, str(cine.pk): 2}


def test_frames_that_were_looked_at_before_come_anew(cast: Cast, named_case: Case) -> None:
    cine = named_case.series.get(modality="US")
    first = frames.place_of(cine.pk, cine.revision, 3)
    blacken(cast, named_case, {str(cine.pk): [NAME]})
    cine.refresh_from_db()
    place = frames.place_of(cine.pk, cine.revision, 3)
    assert place.path != first.path and len(frames.opened(place).read()) == place.length
    assert [clip.shape_tyxc for clip in read_case(named_case).clips] == [(12, 48, 64, 1)]


def test_the_same_file_does_not_bring_the_name_back(
    cast: Cast, named_case: Case, taken_in: Take, tmp_path: Path
) -> None:
    cine = named_case.series.get(modality="US")
    blacken(cast, named_case, {str(cine.pk): [NAME]})
    report = taken_in(tmp_path / "upload")
    assert sorted(refusal.code for _file, refusal in report.refused) == [
        "duplicate", "duplicate", "same_uid",
    ]  # fmt: skip
    assert not shown(cine)[0][:, 4:12, 10:30].any()


def test_what_can_not_be_blackened_is_said(cast: Cast, named_case: Case) -> None:
    series = str(named_case.series.get(modality="US").pk)
    before = set(Instance.objects.values_list("sha256", flat=True))
    for rectangles in (
        {},
        "words",
        {"x": [NAME]},
        {"00000000-0000-0000-0000-000000000000": [NAME]},
        {series: []},
        {series: [[1, 2, 3]]},
        {series: [[900, 900, 950, 950]]},
        {series: [[0, 0, 1e999, 2]]},
        {series: [NAME] * 51},
    ):
        assert blacken(cast, named_case, rectangles).status_code == 400, rectangles
    assert set(Instance.objects.values_list("sha256", flat=True)) == before


def test_a_frozen_case_keeps_its_images(cast: Cast, named_case: Case) -> None:
    Case.objects.update(pinned=True)
    named_case.refresh_from_db()
    series = named_case.series.get(modality="US")
    with pytest.raises(Conflict, match="frozen"):
        blackening.blacken(
            case=named_case,
            rectangles={series.pk: [NAME]},
            actor=cast["clinician"],
            clock=cast.clock,
        )
