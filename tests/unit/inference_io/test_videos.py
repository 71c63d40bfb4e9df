"""Video files become frames with their times, or one sentence, and never hang."""

import errno
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import JPEGLSLossless

from inference.errors import UnusableInput
from inference.io import videos
from inference.io.videos import Container, Limits, Video, container_of, decode_video
from tests.conftest import REPOSITORY
from tests.unit.inference_io.films import FORMS, RATE, film, named


def decoded(content: bytes, limits: Limits | None = None) -> Video:
    container = container_of(content[:1024])
    assert container is not None
    return decode_video(content, container, limits=limits)


def shown(video: Video) -> np.ndarray:
    """Decode the stored frames as anybody's software does."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = JPEGLSLossless
    made.Rows, made.Columns, made.NumberOfFrames = video.rows, video.columns, len(video.frames)
    made.SamplesPerPixel = 1 if video.grey else 3
    made.PhotometricInterpretation = "MONOCHROME2" if video.grey else "RGB"
    made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.PixelData = encapsulate([bytes(frame) for frame in video.frames])
    return pixel_array(made)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "mkv"])
def test_all_frames_come_in_order_with_their_times(form: str, tmp_path: Path) -> None:
    video = decoded(named(film(tmp_path, form)))
    assert (video.rows, video.columns, len(video.frames), video.grey) == (48, 64, 12, True)
    assert video.frame_time_ms == pytest.approx(1000 / RATE, rel=0.01) and video.steady
    assert video.lossy == (form != "ffv1.avi")
    middles = [np.flatnonzero(frame[20] > 100).mean() for frame in shown(video)]
    np.testing.assert_allclose(middles, 9.5 + 2 * np.arange(12), atol=0.6)


def test_colour_stays_colour_and_without_loss_nothing_changes(tmp_path: Path) -> None:
    video = decoded(film(tmp_path, "ffv1.avi", colour=(0, 0, 250)))
    assert not video.grey and (video.lossy, video.method) == (False, "")
    red, green, blue = shown(video)[0, 20, 9].tolist()
    assert red > 240 and max(green, blue) < 10


def test_the_standard_of_the_loss_is_named(tmp_path: Path) -> None:
    assert decoded(film(tmp_path, "mpeg")).method == "ISO_13818_2"
    assert decoded(film(tmp_path, "avi")).method == "ISO_10918_1"


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    content = bytearray(film(tmp_path, "mpg"))
    at = content.index(b"\0\0\1\xb3") + 7
    content[at] = (3 << 4) | content[at] & 15  # aspect 0.7031 high to 1 wide, ISO 11172-2 2.4.3.2
    video = decoded(bytes(content))
    assert (video.rows, video.columns) == (48, round(64 / 0.7031))


def test_uneven_times_are_kept_and_broken_ones_mended() -> None:
    assert videos._in_order([0, 40, 120, 160, 0]) == (0, 40, 120, 160, 200)
    assert videos._in_order([0, 0, 0]) is None and videos._in_order([0]) is None


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"\0\0\0\x20ftypisom", Container.MP4),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Container.MP4),
        (b"RIFF....AVI LIST", Container.AVI),
        (b"\0\0\1\xba\x44", Container.MPEG),
        ((b"\x47" + bytes(187)) * 3, Container.MPEG),
        (b"G" + b"o" * 187 + b"Go", None),
        (b"The wide world", None),
        (b"RIFF....WAVEfmt ", None),
        (b"\0\0\0\x20ftypheic", None),
        (b"\x1aE\xdf\xa3", None),
        (b"", None),
    ],
)
def test_kinds_by_content(head: bytes, container: Container | None) -> None:
    assert container_of(head) is container


def cut(content: bytes) -> bytes:
    """An MP4 that lists its frames first, as for the web, and breaks off half way."""
    at = content.index(b"moov") - 4
    start = content.index(b"mdat") - 4
    moov = bytearray(content[at:])
    table = moov.index(b"stco") + 4
    count = int.from_bytes(moov[table + 4 : table + 8], "big")
    for n in range(count):
        where = slice(table + 8 + 4 * n, table + 12 + 4 * n)
        moov[where] = struct.pack(">L", int.from_bytes(moov[where], "big") + len(moov))
    whole = content[:start] + bytes(moov) + content[start:at]
    assert len(decoded(whole).frames) == 60
    return whole[: len(whole) - (at - start) // 2]


def hostile(folder: Path) -> dict[str, bytes]:
    mp4, mpeg = film(folder, frames=60), film(folder, "mpeg")
    rng = np.random.default_rng(1)
    huge = bytearray(mpeg)
    at = huge.index(b"\0\0\1\xb3") + 4
    huge[at : at + 3] = b"\xff\xff\xff"  # 4095 x 4095
    return {
        "end missing": mp4[:-200],
        "half of it": cut(mp4),
        "noise": mpeg[:4] + rng.bytes(5000),
        "head only": mp4[:40],
        "sound only": b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42",
        "playlist inside": b"RIFF\xff\0\0\0AVI #EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "size that lies": bytes(huge),
    }


def test_broken_videos_end_in_a_sentence(tmp_path: Path) -> None:
    for name, content in hostile(tmp_path).items():
        with pytest.raises(UnusableInput) as caught:
            decoded(content, Limits(seconds=60))
        assert caught.value.code in {"broken_video", "video_too_large"}, name
        assert str(caught.value).endswith("."), name


@pytest.mark.parametrize(
    "limits",
    [
        Limits(frames=11),
        Limits(frame_pixels=64 * 48 - 1),
        Limits(plain_bytes=64 * 48 * 12 - 1),
        Limits(encoded_bytes=500),
        Limits(seconds=0),
    ],
)
def test_limits(limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        decoded(film(tmp_path), limits)
    assert caught.value.code == "video_too_large"


def test_too_little_memory_harms_the_decoder_alone(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        decoded(film(tmp_path), Limits(memory_bytes=200 << 20))
    assert caught.value.code == "broken_video"


def test_a_full_disk_is_no_fault_of_the_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"errno": errno.ENOSPC}
    monkeypatch.setattr(videos, "_run", lambda *_: said)
    with pytest.raises(OSError, match="No space left"):
        decoded(film(tmp_path))


def test_the_decoder_tells_of_a_full_disk(tmp_path: Path) -> None:
    asked = {**vars(Limits()), "square": True, "output": 2}
    with Path("/dev/full").open("w") as full, (tmp_path / "a.mp4").open("wb+") as source:
        source.write(film(tmp_path))
        source.flush()
        worker = subprocess.run(
            [sys.executable, "-m", "inference.io.video_worker", json.dumps(asked)],
            stdin=source, stdout=subprocess.PIPE, stderr=full, check=True, cwd=REPOSITORY,
        )  # fmt: skip
    assert json.loads(worker.stdout) == {"errno": errno.ENOSPC}


def test_whoever_waits_is_told_and_may_give_up(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def give_up() -> None:
        raise Enough

    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(Enough):
        decode_video(film(tmp_path, size=(640, 480), frames=200), Container.MP4, waiting=give_up)
    assert set(Path("/proc/self/fd").iterdir()) == before
