"""MR phantoms: reproducible DICOM whose images show the features and categories they state."""

from pathlib import Path

import numpy as np
from pydicom import dcmread

from inference.contracts import ContrastPhase, Volume
from inference.io import read_exam
from inference.io.cohort import labelled_exams
from inference.io.masks import mask_file, read_mask
from inference.lirads import by_acr_v2018
from inference.phantoms import PhantomSize, phantom_cases, write_cohort
from inference.phantoms.lesions import lesion_voxels
from inference.phantoms.mr import MrLesion, MrPhantom, make_case
from inference.phantoms.shapes import Grid
from tests.unit.inference_phantoms.folders import digest

SMALL = PhantomSize(rows=96, slices=16)
SEED = 3
ARTERIAL, PORTAL, DELAYED = (
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", SEED), ("b", SEED), ("c", SEED + 1)):
        write_cohort("lirads_mri", 2, seed, tmp_path / name, SMALL)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_files_equal_the_exam_in_memory_and_phases_are_recognised(tmp_path: Path) -> None:
    write_cohort("lirads_mri", 8, SEED, tmp_path, SMALL)
    made = list(phantom_cases("lirads_mri", 8, SEED, SMALL))
    joined = 0
    for case, (exam, rows) in zip(made, labelled_exams(tmp_path), strict=True):
        memory = case.exam()
        assert [v.phase for v in exam.volumes] == [v.phase for v in memory.volumes]
        assert rows == case.truth()
        assert (exam.age_years, exam.sex) == (memory.age_years, memory.sex)
        assert exam.clinical == memory.clinical
        assert not exam.notices
        joined += any("#" in volume.series_key for volume in exam.volumes)
        assert isinstance(case, MrPhantom)
        if case.geometry.affine[2, 2] > 0:
            ours, read = memory.volumes[-1].array_zyx, exam.volumes[-1].array_zyx
            np.testing.assert_allclose(read, ours, rtol=1e-6)
        mask, geometry = read_mask(mask_file(tmp_path, case.name, "lesion1", DELAYED))
        assert np.array_equal(mask, case.labels() == 1)
        np.testing.assert_allclose(geometry.affine, case.geometry.affine, atol=1e-4)
    assert 0 < joined < len(made)


def test_categories_are_balanced_and_follow_from_the_features() -> None:
    cases = [make_case(SEED, index, SMALL) for index in range(60)]
    assert [
        [case.lesions[0].category for case in cases].count(code)
        for code in ("LR-3", "LR-4", "LR-5")
    ] == [20, 20, 20]
    for case in cases:
        for lesion, row in zip(case.lesions, case.truth(), strict=True):
            assert row.truth == by_acr_v2018(lesion.features).category
            assert row.strata["APHE"] == str(int(lesion.features.aphe))
            x0, y0, _, x1, y1, _ = case.geometry.pixel_box(row.box_mm)
            assert x1 > x0 and y1 > y0
    sizes = np.array([row.size_mm for case in cases for row in case.truth()])
    assert 0.25 < (sizes < 20).mean() < 0.75
    assert any(case.gadoxetate for case in cases)
    assert any(case.lesions[0].features.prior for case in cases)
    for name in ("background", "scanner", "orientation", "n_lesions", "agent"):
        assert len({case.truth()[0].strata[name] for case in cases}) >= 2, name


def contrast(case: MrPhantom, volume: Volume, lesion: MrLesion) -> float:
    """Return the median brightness of a lesion's core against the liver around it, relative."""
    assert volume.phase is not None
    grid = Grid(case.geometry, case.acquisition.origin_mm).moved(
        case.acquisition.shifts_mm[volume.phase]
    )
    window, inside = lesion_voxels(grid, lesion.form)
    pixels = volume.array_zyx[window]
    bright = pixels > 0.5 * np.median(pixels[inside])
    return float(np.median(pixels[inside]) / np.median(pixels[~inside & bright]) - 1)


def test_images_show_the_features() -> None:
    found: dict[tuple[str, bool], list[float]] = {}
    cases = (make_case(SEED, index, SMALL) for index in range(50))
    for case in (case for case in cases if case.lesions[0].form.radius_mm > 10):
        exam, lesion = case.exam(), case.lesions[0]
        for sign, phase in (("aphe", ARTERIAL), ("washout_portal_venous", PORTAL)):
            (volume,) = exam.volumes_of(phase)
            there = bool(getattr(lesion.features, sign))
            found.setdefault((sign, there), []).append(contrast(case, volume, lesion))
    assert len(found) == 4 and min(map(len, found.values())) >= 3
    mean = {key: np.mean(values) for key, values in found.items()}
    assert mean["aphe", True] > 0.1 > mean["aphe", False] + 0.05
    assert mean["washout_portal_venous", True] < -0.1 < mean["washout_portal_venous", False] - 0.05


def test_headers_are_mr_and_name_no_person(tmp_path: Path) -> None:
    case = make_case(SEED, 1, SMALL)
    case.write(tmp_path)
    images = [dcmread(path) for path in sorted(tmp_path.rglob("*.dcm"))]
    assert len({image.SOPInstanceUID for image in images}) == len(images)
    for image in images:
        assert image.Modality == "MR" and image.SOPClassUID.name == "MR Image Storage"
        assert str(image.PatientName).startswith("PHANTOM^")
        assert image.ScanningSequence == "GR" and image.MRAcquisitionType == "3D"
        assert image.BitsStored == 12 and int(image.pixel_array.max()) < 4096
    assert read_exam(tmp_path).volumes_of(DELAYED)
