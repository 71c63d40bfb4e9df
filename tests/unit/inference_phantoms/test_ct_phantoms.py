"""Phantoms are reproducible, valid DICOM, and their truth lies where the lesion is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from inference.contracts import ContrastPhase
from inference.errors import UnusableInput
from inference.io import read_exam
from inference.io.cohort import labelled_exams, read_truth
from inference.phantoms import PhantomCase, PhantomSize, make_case, phantom_cases, write_cohort
from inference.phantoms.acquisition import ORIENTATIONS
from inference.phantoms.ct_dicom import write_case
from inference.phantoms.kinetics import CLASSES
from tests.unit.inference_phantoms.folders import digest

SMALL = PhantomSize(rows=96, slices=16)
SEED = 5


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", SEED), ("b", SEED), ("c", SEED + 1)):
        write_cohort("lilnet_ct", 2, seed, tmp_path / name, SMALL)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_a_cohort_begins_like_a_larger_one(tmp_path: Path) -> None:
    write_cohort("lilnet_ct", 1, SEED, tmp_path / "a", SMALL)
    write_cohort("lilnet_ct", 2, SEED, tmp_path / "b", SMALL)
    first = next(path.name for path in (tmp_path / "a").iterdir() if path.is_dir())
    assert digest(tmp_path / "a" / first) == digest(tmp_path / "b" / first)


def test_classes_are_balanced_and_the_largest_lesion_comes_first() -> None:
    cases = list(phantom_cases("lilnet_ct", 12, SEED, SMALL))
    assert sorted(case.class_code for case in cases) == sorted(2 * CLASSES)
    for case in cases:
        rows = case.truth()
        assert {row.truth for row in rows} == {case.class_code}
        assert [row.lesion for row in rows] == list(range(1, len(rows) + 1))
        radii = [lesion.radius_mm for lesion in case.lesions]
        assert radii == sorted(radii, reverse=True)


def case_with(orientation: str) -> PhantomCase:
    """Return the first case of an orientation whose index lesion isn't tiny."""
    return next(
        case
        for index in range(300)
        if (case := make_case(SEED, index, SMALL)).acquisition.orientation == orientation
        and case.lesions[0].radius_mm > 15
    )


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_truth_lands_on_the_lesion_in_decoded_volumes(tmp_path: Path, orientation: str) -> None:
    case = case_with(orientation)
    write_case(case, tmp_path / case.name)
    exam = read_exam(tmp_path / case.name)
    (volume,) = exam.volumes_of(ContrastPhase.PORTAL_VENOUS)
    assert volume.geometry is not None
    bare = next(
        made
        for made in replace(case, lesions=()).phases()
        if made.phase is ContrastPhase.PORTAL_VENOUS
    )
    flip = slice(None, None, -1 if case.geometry.affine[2, 2] < 0 else 1)
    change = np.abs(volume.array_zyx - np.maximum(bare.hu_zyx[flip], -1024))
    change[bare.hu_zyx[flip] < -300] = 0  # air and padding
    world = volume.geometry.world_from_index(np.argwhere(change > 6)[:, ::-1])
    boxes = [row.box_mm for row in case.truth()]
    slack = max(volume.geometry.spacing_mm)
    covered = np.any(
        [(np.abs(world - box.centre) <= box.size / 2 + slack).all(axis=1) for box in boxes], axis=0
    )
    assert len(world) > 20
    assert covered.mean() > 0.99
    x0, y0, z0, x1, y1, z1 = volume.geometry.pixel_box(boxes[0])
    assert (change[z0:z1, y0:y1, x0:x1] > 6).mean() > 0.15


def test_phases_are_recognised_and_files_equal_the_exam_in_memory(tmp_path: Path) -> None:
    write_cohort("lilnet_ct", 6, SEED, tmp_path, SMALL)
    for case, (exam, rows) in zip(
        phantom_cases("lilnet_ct", 6, SEED, SMALL), labelled_exams(tmp_path), strict=True
    ):
        made = case.exam()
        assert [volume.phase for volume in exam.volumes] == [v.phase for v in made.volumes]
        assert rows == case.truth()
        assert (exam.age_years, exam.sex) == (made.age_years, made.sex)
        assert not exam.notices
        if case.acquisition.scanner.padding is None and case.geometry.affine[2, 2] > 0:
            ours, read = made.volumes[0].array_zyx, exam.volumes[0].array_zyx
            assert np.array_equal(np.maximum(ours, -1024), np.maximum(read, -1024))


def test_truth_survives_the_file(tmp_path: Path) -> None:
    write_cohort("lilnet_ct", 2, SEED, tmp_path, SMALL)
    expected = [row for case in phantom_cases("lilnet_ct", 2, SEED, SMALL) for row in case.truth()]
    assert list(read_truth(tmp_path)) == expected
    (tmp_path / "truth.csv").write_text("case,lesion\n")
    with pytest.raises(UnusableInput, match="lacks the columns"):
        read_truth(tmp_path)


def test_headers_are_plausible_and_name_no_person(tmp_path: Path) -> None:
    case = make_case(SEED, 0, SMALL)
    write_case(case, tmp_path)
    images = [dcmread(path) for path in sorted(tmp_path.rglob("*.dcm"))]
    assert len(images) == SMALL.slices * len(case.acquisition.delays_s)
    assert len({image.SOPInstanceUID for image in images}) == len(images)
    assert len({image.SeriesInstanceUID for image in images}) == len(case.acquisition.delays_s)
    assert len({image.StudyInstanceUID for image in images}) == 1
    for image in images:
        assert str(image.PatientName).startswith("PHANTOM^")
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID
        assert all(len(part) <= 16 for part in map(str, image.ImagePositionPatient))
        assert ("ContrastBolusAgent" in image) == ("ContrastBolusStartTime" in image)


def test_strata_vary() -> None:
    rows = [row for case in phantom_cases("lilnet_ct", 60, SEED, SMALL) for row in case.truth()]
    for name in ("size_band", "background", "scanner", "kernel", "orientation", "n_lesions"):
        assert len({row.strata[name] for row in rows}) >= 3, name
    assert len({row.phases for row in rows}) >= 3


def test_cohorts_that_cannot_be_are_refused(tmp_path: Path) -> None:
    for arguments, expected in (
        (("no_such_system", 1, 0), "no_phantom"),
        (("lilnet_ct", 0, 0), "bad_argument"),
        (("lilnet_ct", 1, -1), "bad_argument"),
    ):
        with pytest.raises(UnusableInput) as caught:
            phantom_cases(*arguments)
        assert caught.value.code == expected
    (tmp_path / "here").touch()
    with pytest.raises(UnusableInput, match="isn't empty"):
        write_cohort("lilnet_ct", 1, 0, tmp_path, SMALL)
