"""Stored values become Hounsfield units and grey levels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from inference.errors import UnusableInput
from inference.io import read_exam
from tests.unit.inference_io.factories import write


def read(folder: Path) -> NDArray[np.float32]:
    (volume,) = read_exam(folder).volumes
    return volume.array_zyx


def stored(value: int, dtype: Any = np.int16) -> NDArray[Any]:
    return np.full((4, 5), value, dtype)


def test_each_slice_has_its_own_rescale(tmp_path: Path) -> None:
    for n, (slope, intercept) in enumerate([(1, -1024), (2, -1000), (0.5, 0)]):
        write(
            tmp_path / f"{n}.dcm", stored(100),
            ImagePositionPatient=[0, 0, 5 * n], RescaleSlope=slope, RescaleIntercept=intercept,
        )  # fmt: skip
    assert read(tmp_path)[:, 0, 0].tolist() == [-924, -800, 50]


def test_small_integers_do_not_overflow(tmp_path: Path) -> None:
    write(tmp_path / "a.dcm", stored(255, np.uint8), RescaleSlope=100, RescaleIntercept=-1000)
    assert read(tmp_path).max() == 24_500


@pytest.mark.parametrize("padding", [-2000, 63_536])
def test_padding_becomes_air_even_when_written_unsigned(tmp_path: Path, padding: int) -> None:
    pixels = stored(30)
    pixels[0] = -2000
    path = write(tmp_path / "a.dcm", pixels, RescaleIntercept=0)
    add_padding(path, padding)
    assert read(tmp_path)[0, :2, 0].tolist() == [-1024, 30]


def add_padding(path: Path, value: int) -> None:
    from pydicom import dcmread

    image = dcmread(path)
    image.add_new("PixelPaddingValue", "US" if value > 32_767 else "SS", value)
    image.save_as(path)


def test_inverted_grey_is_turned_unless_it_is_calibrated(tmp_path: Path) -> None:
    for name, modality in (("a", "CT"), ("b", "MR")):
        write(
            tmp_path / name / "a.dcm", stored(1000, np.uint16),
            PhotometricInterpretation="MONOCHROME1", Modality=modality, RescaleIntercept=0,
        )  # fmt: skip
    assert read(tmp_path / "a").max() == 1000
    assert read(tmp_path / "b").max() == 65_535 - 1000


def test_a_modality_look_up_table_is_applied(tmp_path: Path) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4, 10, 16])
    table.add_new("LUTData", "OW", np.array([5, 6, 7, 800], "<u2").tobytes())
    table.ModalityLUTType = "US"
    write(
        tmp_path / "a.dcm", stored(13, np.uint16), Modality="OT",
        RescaleSlope=None, RescaleIntercept=None, ModalityLUTSequence=Sequence([table]),
    )  # fmt: skip
    assert read(tmp_path).max() == 800


def test_colour_becomes_luma(tmp_path: Path) -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    pixels[..., 1] = 100
    write(tmp_path / "a.dcm", pixels, Modality="OT", RescaleSlope=None, RescaleIntercept=None)
    assert read(tmp_path).max() == pytest.approx(58.7)


def test_a_missing_slice_is_filled_from_its_neighbours(tmp_path: Path) -> None:
    for n in (0, 1, 2, 3, 5):
        write(tmp_path / f"{n}.dcm", stored(100 * n), ImagePositionPatient=[0, 0, 5 * n])
    exam = read_exam(tmp_path)
    assert exam.volumes[0].array_zyx[:, 0, 0].tolist() == [100 * n - 1024 for n in range(6)]
    assert [notice.code for notice in exam.notices] == ["missing_slices"]


def test_a_broken_slice_is_named(tmp_path: Path) -> None:
    for n in range(3):
        write(tmp_path / f"{n}.dcm", stored(n), ImagePositionPatient=[0, 0, 5 * n])
    whole = (tmp_path / "1.dcm").read_bytes()
    (tmp_path / "1.dcm").write_bytes(whole[:-10])
    with pytest.raises(UnusableInput, match=r"Slice 2 of 3.*cut off") as caught:
        read(tmp_path)
    assert caught.value.code == "truncated"
    assert str(tmp_path) not in str(caught.value)
