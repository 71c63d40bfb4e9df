"""Of ultrasound pictures only the marked regions are kept."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import UltrasoundMultiFrameImageStorage

from tests.unit.imaging.made import cleaned, encoded, read
from tests.unit.inference_io.factories import dataset
from webapp.imaging.dicom import masking
from webapp.imaging.rejection import Code, Refusal

ULTRASOUND = {"SOPClassUID": UltrasoundMultiFrameImageStorage, "Modality": "US"}


def region(x0: int, y0: int, x1: int, y1: int) -> Dataset:
    """An ultrasound region by its corners, which belong to it."""
    item = Dataset()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = x0, y0
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = x1, y1
    return item


def test_ultrasound_checked_by_the_sender_is_taken_as_it_is() -> None:
    content = encoded(**ULTRASOUND, BurnedInAnnotation="NO")
    assert read(cleaned(content)).PixelData == opened(content).PixelData


@pytest.mark.parametrize("colour", ["MONOCHROME1", "MONOCHROME2", "RGB", "PALETTE COLOR"])
def test_outside_the_regions_ultrasound_is_black(colour: str) -> None:
    rng = np.random.default_rng(3)
    shape = (2, 6, 8, 3) if colour == "RGB" else (2, 6, 8)
    made = dataset(rng.integers(1, 200, shape, np.uint8), NumberOfFrames=2)
    made.PhotometricInterpretation = colour
    if colour == "PALETTE COLOR":
        for name in ("Red", "Green", "Blue"):
            setattr(made, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
            table = rng.integers(1 << 8, 1 << 16, 256).astype("<u2").tobytes()
            setattr(made, f"{name}PaletteColorLookupTableData", table)
    for name, value in ULTRASOUND.items():
        setattr(made, name, value)
    made.SequenceOfUltrasoundRegions = [region(1, 2, 3, 4), region(6, 0, 99, 0)]
    before = decoded(opened(encoded(made)))
    after = read(cleaned(encoded(made)))
    assert after.BurnedInAnnotation == "NO"
    assert "Clean Pixel Data Option" in after.DeidentificationMethod
    inside = np.zeros((6, 8), bool)
    inside[2:5, 1:4] = inside[0, 6:] = True
    shown = pixel_array(after)
    assert np.array_equal(shown[:, inside], before[:, inside])
    assert (shown[:, ~inside] == (255 if colour == "MONOCHROME1" else 0)).all()


def opened(content: bytes) -> Dataset:
    """Read a file as it came."""
    return pydicom.dcmread(io.BytesIO(content))


def decoded(source: Dataset) -> NDArray[np.uint8]:
    """Frames as 8-bit grey or RGB, without anything of ours."""
    pixels = pixel_array(source)
    if source.PhotometricInterpretation == "PALETTE COLOR":
        return (apply_color_lut(pixels, source) >> 8).astype(np.uint8)
    return pixels


def test_pixels_that_would_swell_beyond_measure_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = dataset(np.ones((6, 8), np.uint8), SequenceOfUltrasoundRegions=[region(0, 0, 3, 3)])
    for name, value in ULTRASOUND.items():
        setattr(made, name, value)
    content = encoded(made)
    assert cleaned(content).frames
    monkeypatch.setattr(masking, "MOST_TIMES", 0.5)
    with pytest.raises(Refusal) as caught:
        cleaned(content)
    assert caught.value.code is Code.UNSUPPORTED_PIXELS


@pytest.mark.parametrize("corners", [(20, 0, 30, 5), (3, 3, 1, 1)])
def test_regions_beside_the_picture_are_no_regions(corners: tuple[int, int, int, int]) -> None:
    content = encoded(**ULTRASOUND, SequenceOfUltrasoundRegions=[region(*corners)])
    with pytest.raises(Refusal) as caught:
        cleaned(content)
    assert caught.value.code is Code.ULTRASOUND_WITHOUT_REGIONS


@pytest.mark.parametrize(
    "name",
    ["cine_acuson_65frames", "examples_palette", "examples_ybr_color", "gdcm-US-ALOKA-16"],
)
def test_real_ultrasound_keeps_nothing_outside_its_regions(name: str, shared_data: Path) -> None:
    content = (shared_data / "us" / f"{name}.dcm").read_bytes()
    after = read(cleaned(content))
    inside = np.zeros((after.Rows, after.Columns), bool)
    for box in after.SequenceOfUltrasoundRegions:
        rows = slice(box.RegionLocationMinY0, box.RegionLocationMaxY1 + 1)
        inside[rows, box.RegionLocationMinX0 : box.RegionLocationMaxX1 + 1] = True
    shape = (-1, after.Rows, after.Columns, after.SamplesPerPixel)
    shown, before = (
        pixels.reshape(shape) for pixels in (pixel_array(after), decoded(opened(content)))
    )
    assert not shown[:, ~inside].any()
    assert np.array_equal(shown[:, inside], before[:, inside])
