"""Pixels are passed on untouched, and each frame is found where it is said to lie."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, fragment_frame, generate_fragments, itemize_fragment
from pydicom.pixels import get_encoder, pixel_array
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundMultiFrameImageStorage,
)

from tests.unit.imaging.made import cleaned, encoded, frames, read
from tests.unit.inference_io.factories import dataset
from webapp.imaging.rejection import Code, Refusal

VALUES = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)


def multiframe(compressed: list[bytes], *, has_bot: bool, fragments: int = 1) -> bytes:
    """Return an RLE file of several frames, each in so many fragments."""
    made = dataset(VALUES[0], NumberOfFrames=len(compressed))
    made.file_meta.TransferSyntaxUID = RLELossless
    if has_bot:
        made.PixelData = encapsulate(compressed, fragments_per_frame=fragments)
    else:
        items = [
            itemize_fragment(part) for f in compressed for part in fragment_frame(f, fragments)
        ]
        made.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0" + b"".join(items)
    made["PixelData"].is_undefined_length = True
    return encoded(made)


def rle(values: np.ndarray) -> bytes:
    return b"".join(
        get_encoder(RLELossless).iter_encode(
            values,
            rows=4,
            columns=5,
            samples_per_pixel=1,
            number_of_frames=1,
            bits_allocated=16,
            bits_stored=16,
            pixel_representation=1,
            photometric_interpretation="MONOCHROME2",
        )
    )


def test_native_frames() -> None:
    clean = cleaned(encoded(dataset(VALUES[0], NumberOfFrames=3, PixelData=VALUES.tobytes())))
    assert frames(clean) == [frame.tobytes() for frame in VALUES]
    np.testing.assert_array_equal(read(clean).pixel_array, VALUES)


def test_padding_behind_the_pixels_is_cut_off() -> None:
    clean = cleaned(encoded(dataset(VALUES[0], PixelData=VALUES[0].tobytes() + b"John Doe")))
    assert frames(clean) == [VALUES[0].tobytes()]
    assert b"John" not in b"".join(clean.parts)


@pytest.mark.parametrize(("has_bot", "fragments"), [(True, 1), (False, 1), (True, 3)])
def test_compressed_frames_end_as_one_fragment_each(has_bot: bool, fragments: int) -> None:
    compressed = [rle(frame) for frame in VALUES]
    clean = cleaned(multiframe(compressed, has_bot=has_bot, fragments=fragments))
    padded = [frame + b"\0" * (len(frame) % 2) for frame in compressed]
    assert frames(clean) == padded
    found = read(clean)
    assert len(list(generate_fragments(found.PixelData))) == 1 + len(VALUES), "the table and 3"
    np.testing.assert_array_equal(found.pixel_array, VALUES)


def test_one_frame_in_many_fragments_without_offsets() -> None:
    compressed = rle(VALUES[0])
    clean = cleaned(multiframe([compressed], has_bot=False, fragments=4))
    assert frames(clean) == [compressed + b"\0" * (len(compressed) % 2)]


def test_deflated_files_are_inflated() -> None:
    made = dataset(VALUES[0])
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    clean = cleaned(encoded(made))
    assert clean.syntax == "1.2.840.10008.1.2.1"
    assert frames(clean) == [VALUES[0].tobytes()]


def refusal_of(content: bytes) -> Code:
    with pytest.raises(Refusal) as caught:
        cleaned(content)
    assert caught.value.sentence.endswith(".")
    return caught.value.code


def broken(**elements: object) -> bytes:
    return encoded(dataset(VALUES[0], **elements))


def test_what_can_not_be_shown_is_refused() -> None:
    whole = VALUES[0].tobytes()
    assert refusal_of(broken(PixelData=whole[:-4])) is Code.TRUNCATED
    assert refusal_of(broken(PixelData=None)) is Code.NO_PIXELS
    assert refusal_of(broken(Rows=None)) is Code.BROKEN_HEADER
    assert refusal_of(broken(BitsStored=17)) is Code.BROKEN_HEADER
    assert refusal_of(broken(Rows=0)) is Code.BROKEN_HEADER
    assert refusal_of(broken(Rows=60000, Columns=60000)) is Code.UNSUPPORTED_PIXELS
    assert refusal_of(broken(SamplesPerPixel=2)) is Code.UNSUPPORTED_PIXELS
    assert refusal_of(broken(BitsAllocated=1, BitsStored=1)) is Code.UNSUPPORTED_PIXELS
    assert refusal_of(multiframe([rle(VALUES[0])], has_bot=True)[:-12]) is Code.TRUNCATED
    assert refusal_of(multiframe([b"\xff" * 64], has_bot=True)) is Code.UNDECODABLE
    made = dataset(VALUES[0], SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4")
    assert refusal_of(encoded(made)) is Code.NOT_AN_IMAGE


def test_an_unknown_transfer_syntax_is_named() -> None:
    made = dataset(VALUES[0])
    content = encoded(made).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.9\0")
    assert refusal_of(content) is Code.UNSUPPORTED_ENCODING


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"BurnedInAnnotation": "YES"}, Code.BURNED_IN_TEXT),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, Code.SECONDARY_CAPTURE),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, Code.SECONDARY_CAPTURE),
        (
            {"SOPClassUID": UltrasoundMultiFrameImageStorage, "Modality": "US"},
            Code.ULTRASOUND_WITHOUT_REGIONS,
        ),
    ],
)
def test_pictures_that_may_show_a_name_are_held_back(
    elements: dict[str, object], code: Code
) -> None:
    content = broken(**elements)
    assert refusal_of(content) is code
    assert read(cleaned(content, pixels_checked=True)).BurnedInAnnotation == "NO"


def test_checking_changes_nothing_about_files_that_were_not_held_back() -> None:
    assert cleaned(broken()).parts == cleaned(broken(), pixels_checked=True).parts


def test_real_cine_keeps_its_compressed_frames(shared_data: Path) -> None:
    content = (shared_data / "us/cine_acuson_65frames.dcm").read_bytes()
    clean = cleaned(content, pixels_checked=True)
    original = pydicom.dcmread(io.BytesIO(content))
    assert clean.syntax == JPEGBaseline8Bit
    assert len(clean.frames) == 65
    assert all(frame[:2] == b"\xff\xd8" for frame in frames(clean))
    found = read(clean)
    assert list(generate_fragments(found.PixelData))[1:] == frames(clean)
    middle = [pixel_array(each, index=32) for each in (found, original)]
    np.testing.assert_array_equal(*middle)
