"""Videos as DICOM: frames and times stay, whatever else a container tells goes."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import (
    MPEG2MPML,
    MPEG4HP41,
    UID,
    JPEGLSLossless,
    UltrasoundMultiFrameImageStorage,
)

from inference.io.videos import Video
from tests.unit.imaging.made import cleaned, encoded, read, stored_bytes
from tests.unit.imaging.test_masking import region
from tests.unit.inference_io.factories import dataset
from tests.unit.inference_io.films import CANARY, film, named
from webapp.imaging.dicom import videos
from webapp.imaging.dicom.pictures import Place
from webapp.imaging.rejection import Code, Refusal

PLACE = Place("2.25.1", "2.25.2", "2.25.3", 4)


@pytest.mark.parametrize("form", ["mp4", "avi", "mpeg"])
def test_a_video_becomes_a_cine_without_its_names(form: str, tmp_path: Path) -> None:
    content = named(film(tmp_path, form))
    assert CANARY in content
    clean = videos.wrap(content, PLACE, lambda: None)
    assert CANARY not in stored_bytes(clean) and b"Lavf" not in stored_bytes(clean)
    found = read(clean)
    assert found.SOPClassUID == UltrasoundMultiFrameImageStorage and found.Modality == "US"
    assert found.file_meta.TransferSyntaxUID == JPEGLSLossless
    assert (found.NumberOfFrames, found.Rows, found.Columns) == (12, 48, 64)
    assert float(found.FrameTime) == pytest.approx(40, abs=0.1)
    assert found.FrameIncrementPointer == 0x00181063 and found.SeriesNumber == 4
    assert found.LossyImageCompression == "01" and found.LossyImageCompressionRatio > 1
    assert "PixelSpacing" not in found and "SequenceOfUltrasoundRegions" not in found
    middles = [np.flatnonzero(frame[20] > 100).mean() for frame in pixel_array(found)]
    np.testing.assert_allclose(middles, 9.5 + 2 * np.arange(12), atol=0.6)


def test_uneven_times_are_written_as_a_vector() -> None:
    video = Video(1, 1, True, True, "", (memoryview(b""),) * 3, 1, (0.0, 40.0, 120.0))
    about = videos._about(video)
    assert about[videos.FRAME_TIME_VECTOR] == ("DS", "0\\40\\80")
    assert videos.FRAME_TIME not in about
    pointer = videos._encoded(about)[0x00280009]
    assert pointer[-4:] == b"\x18\x00\x65\x10"


def wrapped(stream: bytes, syntax: UID, **elements: object) -> bytes:
    """A DICOM file whose pixels are a video, its regions marked."""
    made = dataset(
        np.zeros((48, 64), np.uint8),
        SOPClassUID=UltrasoundMultiFrameImageStorage,
        Modality="US",
        NumberOfFrames=12,
        SequenceOfUltrasoundRegions=[region(8, 8, 60, 40)],
        **elements,
    )
    made.file_meta.TransferSyntaxUID = syntax
    made.PhotometricInterpretation, made.SamplesPerPixel = "YBR_PARTIAL_420", 3
    made.PlanarConfiguration = 0
    half = len(stream) // 2 & ~1
    made.PixelData = encapsulate([stream[:half], stream[half:]], fragments_per_frame=1)
    made["PixelData"].is_undefined_length = True
    return encoded(made)


def taken(content: bytes) -> Dataset:
    return read(cleaned(content))


@pytest.mark.parametrize(("form", "syntax"), [("mpeg", MPEG2MPML), ("mp4", MPEG4HP41)])
def test_dicom_video_is_blackened_and_stored_frame_by_frame(
    form: str, syntax: UID, tmp_path: Path
) -> None:
    found = taken(wrapped(named(film(tmp_path, form)), syntax))
    assert found.file_meta.TransferSyntaxUID == JPEGLSLossless
    assert (found.NumberOfFrames, found.LossyImageCompression) == (12, "01")
    assert found.PhotometricInterpretation == "MONOCHROME2"
    shown = pixel_array(found)
    assert shown[:, 8:41, 8:61].any() and not shown[:, :8].any() and not shown[:, :, :8].any()


def test_times_that_the_header_gives_win(tmp_path: Path) -> None:
    found = taken(wrapped(film(tmp_path, "mpeg"), MPEG2MPML, FrameTime=33))
    assert found.FrameTime == 33


def test_dicom_video_with_fewer_frames_than_said_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        taken(wrapped(film(tmp_path, "mpeg", frames=6), MPEG2MPML))
    assert caught.value.code is Code.TRUNCATED
    assert caught.value.values == {"found": 6, "expected": 12}
    with pytest.raises(Refusal) as caught:
        taken(wrapped(b"\0\0\1\xba" + bytes(2000), MPEG2MPML))
    assert caught.value.code is Code.BROKEN_VIDEO
