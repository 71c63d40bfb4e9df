"""JPEG and PNG slices: pixels kept, everything else left behind."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from pydicom.uid import JPEGBaseline8Bit

from tests.unit.imaging.made import frames, read, stored_bytes
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.pictures import Place, wrap
from webapp.imaging.rejection import Code, Refusal

CANARY = b"Zxqv Wbkj"
GREY = np.add.outer(np.arange(16), np.arange(24)).astype(np.uint8) * 5
COLOUR = np.stack([GREY, GREY // 2, 255 - GREY], axis=-1)


def wrapped(content: bytes) -> Clean:
    return wrap(content, Place("2.25.1", "2.25.2", "2.25.3", 7))


def picture(values: np.ndarray, form: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "options", "photometric"),
    [
        (GREY, {}, "MONOCHROME2"),
        (COLOUR, {"subsampling": 2}, "YBR_FULL_422"),
        (COLOUR, {"subsampling": 0}, "YBR_FULL"),
    ],
)
def test_baseline_jpeg_keeps_its_compressed_pixels(
    values: np.ndarray, options: dict[str, Any], photometric: str
) -> None:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    content = picture(values, comment=CANARY, exif=exif, **options) + CANARY
    assert CANARY in content
    clean = wrapped(content)
    assert CANARY not in stored_bytes(clean)
    found = read(clean)
    assert clean.syntax == JPEGBaseline8Bit
    assert found.PhotometricInterpretation == photometric
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(frames(clean)[0]))),
        np.asarray(Image.open(io.BytesIO(content))),
    )
    assert (found.Rows, found.Columns, found.InstanceNumber) == (16, 24, 7)
    assert found.LossyImageCompression == "01"
    assert "PixelSpacing" not in found and "RescaleSlope" not in found


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(picture(COLOUR, progressive=True), id="progressive"),
        pytest.param(picture(COLOUR, keep_rgb=True), id="coded as RGB"),
        pytest.param(picture(COLOUR, "PNG"), id="PNG"),
        pytest.param(picture(COLOUR, "BMP"), id="BMP"),
    ],
)
def test_other_pictures_are_stored_as_plain_pixels(content: bytes) -> None:
    found = read(wrapped(content))
    assert not found.file_meta.TransferSyntaxUID.is_compressed
    np.testing.assert_array_equal(
        found.pixel_array, np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    )


def test_png_text_is_left_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Patient", CANARY.decode())
    content = picture(GREY, "PNG", pnginfo=notes)
    assert CANARY in content
    assert CANARY not in stored_bytes(wrapped(content))


def test_sixteen_bit_png() -> None:
    deep = GREY.astype(np.uint16) * 200
    found = read(wrapped(picture(deep, "PNG")))
    assert found.BitsStored == 16
    np.testing.assert_array_equal(found.pixel_array, deep)


def test_a_turned_picture_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read(wrapped(picture(GREY, exif=exif)))
    assert (found.Rows, found.Columns) == (24, 16)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(picture(GREY)[:200], id="cut off"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\0" * 50, id="nonsense"),
    ],
)
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        wrapped(content)
    assert caught.value.code is Code.BROKEN_PICTURE


def test_real_slices_keep_their_pixels(shared_data: Path) -> None:
    content = (shared_data / "jpeg-ct/case_1/10.jpg").read_bytes()
    clean = wrapped(content)
    decoded = [np.asarray(Image.open(io.BytesIO(c))) for c in (content, frames(clean)[0])]
    np.testing.assert_array_equal(*decoded)
