"""From folders to exams."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from inference.contracts import ContrastPhase
from inference.errors import UnusableInput
from inference.io import read_exam
from inference.io.clips import frame_times_ms
from inference.io.dicom import read_header
from inference.io.headers import seconds
from tests.unit.inference_io.factories import write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


def code(path: Path) -> str:
    with pytest.raises(UnusableInput) as caught:
        read_exam(path)
    assert str(path) not in str(caught.value)
    return caught.value.code


def test_series_of_one_study_are_one_exam(tmp_path: Path) -> None:
    for series in (1, 2):
        for n in range(3):
            write(
                tmp_path / f"s{series}" / f"{n}", SeriesInstanceUID=f"1.2.{series}",
                ImagePositionPatient=[0, 0, 5 * n], PatientAge="058Y", PatientSex="F",
            )  # fmt: skip
    exam = read_exam(tmp_path)
    assert [volume.series_key for volume in exam.volumes] == ["1.2.1", "1.2.2"]
    assert (exam.key, exam.age_years, exam.sex) == ("1.2.1", 58, "F")
    assert all(volume.calibrated and volume.shape_zyx == (3, 4, 5) for volume in exam.volumes)


def test_people_know_the_phases_better_than_headers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", SeriesDescription="arterial")
    assert read_exam([path]).volumes[0].phase is ContrastPhase.ARTERIAL
    corrected = {"1.2.2": ContrastPhase.DELAYED}
    assert read_exam([path], phases=corrected).volumes[0].phase is ContrastPhase.DELAYED
    assert read_exam([path], phases={}).volumes[0].phase is None


def test_two_studies_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path / "a.dcm")
    write(tmp_path / "b.dcm", StudyInstanceUID="1.9")
    assert code(tmp_path) == "several_exams"


def test_what_is_no_image_is_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path / "a.dcm")
    write(tmp_path / "again.dcm")
    write(tmp_path / "scout.dcm", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    write(tmp_path / "plan.dcm", Rows=None)
    (tmp_path / "notes.txt").write_text("hello")
    exam = read_exam(tmp_path)
    assert len(exam.volumes) == 1
    assert len(exam.notices) == 3
    assert {notice.code for notice in exam.notices} == {"files_left_out"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "a.dcm", StudyInstanceUID="1.9")
    write(tmp_path / "in" / "a.dcm")
    (tmp_path / "in" / "b.dcm").symlink_to(outside)
    assert read_exam(tmp_path / "in").key == "1.2.1"


def test_inputs_without_images_are_refused(tmp_path: Path) -> None:
    assert code(tmp_path / "nowhere") == "no_input"
    assert code(tmp_path) == "no_images"
    (tmp_path / "a.txt").write_text("hello")
    assert code(tmp_path / "a.txt") == "not_dicom"


def test_pictures_come_in_natural_order_without_units(tmp_path: Path) -> None:
    for n in (0, 1, 2, 10):
        Image.fromarray(np.full((6, 8), n, np.uint8)).save(tmp_path / f"{n}.png")
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "thumb.png")
    exam = read_exam(tmp_path)
    (volume,) = exam.volumes
    assert volume.array_zyx[:, 0, 0].tolist() == [0, 1, 2, 10]
    assert (volume.geometry, volume.calibrated, volume.phase) == (None, False, None)
    assert [notice.code for notice in exam.notices] == ["uncalibrated", "files_left_out"]


def test_a_broken_picture_ends_in_a_sentence(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((6, 8), np.uint8)).save(tmp_path / "0.jpg")
    whole = (tmp_path / "0.jpg").read_bytes()
    (tmp_path / "0.jpg").write_bytes(whole[:30])
    assert code(tmp_path) == "broken_picture"


def test_a_cine_is_a_clip(tmp_path: Path) -> None:
    frames = np.arange(3 * 4 * 5 * 3, dtype=np.uint8).reshape(3, 4, 5, 3)
    path = write(
        tmp_path / "a.dcm", frames, Modality="US", NumberOfFrames=3, FrameTime=40,
        ImagePositionPatient=None, RescaleSlope=None, RescaleIntercept=None,
    )  # fmt: skip
    exam = read_exam(path)
    assert not exam.volumes
    assert exam.clips[0].frame_time_ms == 40
    assert np.array_equal(exam.clips[0].frames_tyxc, frames)


def region(x0: int, x1: int, *, form: int = 1, centimetres: float = 0.02) -> Dataset:
    """An ultrasound region (PS3.3 C.8.5.5) over all rows; its corners belong to it."""
    made = Dataset()
    made.RegionSpatialFormat = form
    made.RegionLocationMinX0, made.RegionLocationMaxX1 = x0, x1
    made.RegionLocationMinY0, made.RegionLocationMaxY1 = 0, 3
    made.PhysicalUnitsXDirection = made.PhysicalUnitsYDirection = 3
    made.PhysicalDeltaX = made.PhysicalDeltaY = centimetres
    return made


TRACE = region(0, 9, form=2, centimetres=1)


@pytest.mark.parametrize(
    ("regions", "pictures", "spacing"),
    [
        ([region(0, 4), region(5, 9), TRACE], ((0, 0, 5, 4), (5, 0, 10, 4)), (0.2, 0.2)),
        ([region(0, 4), region(5, 9, centimetres=0.03)], ((0, 0, 5, 4), (5, 0, 10, 4)), None),
        ([region(0, 9), region(2, 4)], (), (0.2, 0.2)),
        ([region(0, 9)], (), (0.2, 0.2)),
        ([], (), None),
    ],
)
def test_pictures_beside_one_another_are_told_by_their_regions(
    tmp_path: Path, regions: list[Dataset], pictures: object, spacing: object
) -> None:
    bare = dict.fromkeys(("ImagePositionPatient", "RescaleSlope", "RescaleIntercept"))
    pixels = np.zeros((2, 4, 10), np.uint8)
    ultrasound = {"Modality": "US", "NumberOfFrames": 2, "SequenceOfUltrasoundRegions": regions}
    (clip,) = read_exam(write(tmp_path / "a.dcm", pixels, **ultrasound, **bare)).clips
    assert (clip.pictures_px, clip.spacing_mm) == (pictures, spacing)


def test_times_of_a_vector(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.dcm", np.zeros((3, 4, 5), np.uint8), Modality="US", NumberOfFrames=3,
        FrameTimeVector=[0, 40, 60], ImagePositionPatient=None,
    )  # fmt: skip
    assert read_exam(path).clips[0].frame_time_ms == 50
    assert frame_times_ms(read_header(path)) == (0, 40, 100)


def test_clinical_values_are_found_by_the_cases_name(tmp_path: Path) -> None:
    write(tmp_path / "case-1" / "a.dcm")
    rows = "case,variable,value,unit\ncase-1,AFP,12.5,ng/mL\ncase-2,AFP,1,ng/mL\n"
    (tmp_path / "clinical.csv").write_text(rows)
    clinical = read_exam(tmp_path).clinical
    assert (clinical["AFP"].value, clinical["AFP"].unit) == ("12.5", "ng/mL")
    (tmp_path / "clinical.csv").write_text("name,AFP\n")
    assert code(tmp_path) == "bad_clinical"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("101530.5", 36930.5),
        ("1015", 36900),
        ("10:15:30", 36930),
        ("20240101101530", 36930),
        ("20240101101530.25+0100", 36930.25),
        ("", None),
        ("99", None),
        ("abc", None),
    ],
)
def test_times_of_day(written: str, expected: float | None) -> None:
    assert seconds(written) == expected


@pytest.mark.parametrize(
    ("age", "born", "years"),
    [("058Y", "", 58), ("018M", "", 1), ("000Y", "", None), ("", "19600615", 64), ("x", "y", None)],
)
def test_ages(tmp_path: Path, age: str, born: str, years: int | None) -> None:
    path = write(tmp_path / "a.dcm", PatientAge=age, PatientBirthDate=born, StudyDate="20240701")
    assert read_exam(path).age_years == years
