"""Phantom ultrasound: sector geometry, speckle statistics, DICOM that reads back as written."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from inference.io import read_exam
from inference.phantoms.ultrasound import (
    Grain,
    Levels,
    Sector,
    attenuation_db,
    behind_db,
    draw_sector,
    grey_frame,
    speckle_db,
)
from inference.phantoms.ultrasound_dicom import UltrasoundImage, UltrasoundStudy, write_ultrasound

CURVED = Sector((128, 128), 1.2, 140.0, 50.0, 35.0)
LINEAR = Sector((128, 128), 0.75, 96.0, None, 40.0)
STUDY = UltrasoundStudy("phantom-us-1-0001", 1, 0, 61, "F", "Phantom", "Curved 5-2")


@pytest.mark.parametrize("sector", [CURVED, LINEAR])
def test_beams_and_image_are_the_same_place(sector: Sector) -> None:
    depth, across = sector.beam_coordinates()
    there_and_back = sector.from_beams(sector.to_beams(depth.astype(np.float32)))
    inner = sector.inside() & (depth > 3) & (depth < sector.depth_mm - 3) & (np.abs(across) < 0.97)
    x, _ = sector.millimetres()
    in_view = np.abs(x) < 0.5 * sector.pixel_mm * (sector.shape_yx[1] - 6)
    error = np.abs(there_and_back - depth)[inner & in_view]
    assert error.max() < 0.5 * sector.pixel_mm


def test_speckle_is_rayleigh_distributed() -> None:
    field = speckle_db(np.random.default_rng(1), LINEAR, Grain(3, 3))[LINEAR.inside()]
    # 20 log10 of a Rayleigh amplitude deviates by 5.57 dB; sampling between beams smooths it.
    assert abs(float(field.mean())) < 0.3
    assert 4.6 < float(field.std()) < 6.0
    assert float(np.median(field)) > 0.3  # skewed towards dark


def test_enhancement_lies_behind_and_only_behind() -> None:
    x, y = LINEAR.millimetres()
    inside = ((x**2 + (y - 40) ** 2) < 100).astype(np.float32)
    behind = behind_db(LINEAR, inside, 0.2)
    assert behind[y < 28].max() == 0
    assert behind[(np.abs(x) < 2) & (y > 55)].min() == pytest.approx(4.0, abs=0.3)
    assert np.abs(behind[np.abs(x) > 12]).max() == 0


def test_frames_are_black_outside_the_sector_and_darken_with_depth() -> None:
    levels = attenuation_db(CURVED, 0.1)
    frame = grey_frame(levels, CURVED.inside(), Levels(60, 0.5))
    assert frame.dtype == np.uint8
    assert (frame[~CURVED.inside()] == 0).all()
    middle = frame[:, 64][CURVED.inside()[:, 64]].astype(int)
    assert (np.diff(middle) <= 0).all() and middle[0] > middle[-1] + 40


def test_drawn_sectors_fit_their_image() -> None:
    for seed in range(20):
        sector = draw_sector(np.random.default_rng(seed), 160, linear_share=0.5)
        assert sector.shape_yx == (160, 160)
        assert 0.35 < sector.inside().mean() < 1
        assert sector.inside()[-1].any()


def test_stills_and_cines_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    still = rng.integers(0, 255, (1, 33, 47, 1), dtype=np.uint8)
    cine = rng.integers(0, 255, (4, 32, 40, 3), dtype=np.uint8)
    write_ultrasound(tmp_path / "a.dcm", UltrasoundImage(still, 0.5, 1, 1, "Liver B-mode"), STUDY)
    write_ultrasound(
        tmp_path / "b.dcm",
        UltrasoundImage(cine, 0.75, 2, 1, "Liver contrast", (0, 0, 20, 32), 83.3, 60.0),
        STUDY,
    )
    exam = read_exam(tmp_path)
    assert (exam.age_years, exam.sex) == (61, "F")
    assert [clip.spacing_mm for clip in exam.clips] == [(0.5, 0.5), (0.75, 0.75)]
    assert [clip.frame_time_ms for clip in exam.clips] == [None, 83.3]
    assert np.array_equal(exam.clips[0].frames_tyxc, still)
    assert np.array_equal(exam.clips[1].frames_tyxc, cine)
    header = dcmread(tmp_path / "b.dcm")
    assert header.SequenceOfUltrasoundRegions[0].RegionLocationMaxX1 == 19
    assert header.FrameIncrementPointer == 0x00181063


def test_the_same_image_is_the_same_file(tmp_path: Path) -> None:
    image = UltrasoundImage(np.zeros((1, 8, 8, 1), np.uint8), 0.5, 1, 1, "Liver")
    for name in ("a", "b"):
        write_ultrasound(tmp_path / name, image, STUDY)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
