"""Video files as frames: MP4, QuickTime, MPEG-1 and MPEG-2, AVI; decoded apart, within limits.

The decoder (FFmpeg inside OpenCV) runs in a process of its own, see `inference.io.video_worker`;
it may open the one file it is given and nothing else, whatever the file asks for. Only pictures
come back: titles, places, times, encoders and sound stay behind.
"""

import itertools
import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

import numpy as np

from inference.io.dicom import MOST_BYTES, MOST_FRAMES
from inference.io.problems import Problem, unusable

_ROOT = Path(__file__).resolve().parents[2]
_POLL_S = 0.5
_METHODS = {
    **dict.fromkeys(("h264", "avc1", "x264"), "ISO_14496_10"),
    **dict.fromkeys(("hevc", "hvc1", "hev1"), "ISO_23008_2"),
    "mpg2": "ISO_13818_2",
    "mjpg": "ISO_10918_1",
}  # PS3.3 C.7.6.1.1.5.1
_LOSSLESS = {"\0\0\0\0", "dib ", "i420", "yuy2", "uyvy", "ffv1", "hfyu", "png ", "mrle", "raw "}
_STEADY_MS = 1.0


class Container(Enum):
    """Kinds of video files, with FFmpeg's names for them."""

    MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
    MPEG = "mpeg,mpegts,mpegvideo,h264,hevc"
    AVI = "avi"


@dataclass(frozen=True)
class Limits:
    """What one video may need: frames, bytes of them plain and compressed, memory, seconds."""

    frames: int = MOST_FRAMES
    plain_bytes: int = MOST_BYTES
    encoded_bytes: int = 1 << 31
    memory_bytes: int = 4 << 30
    frame_pixels: int = 1 << 24
    seconds: int = 900


@dataclass(frozen=True)
class Video:
    """Frames of a video.

    Parameters
    ----------
    rows, columns
        Size of a frame.
    grey
        Whether frames are grey, else RGB; 8 bits.
    lossy
        Whether the video file had been compressed with loss.
    method
        By which standard, as DICOM's Lossy Image Compression Method names it; empty if unnamed.
    frames
        JPEG-LS lossless streams.
    source_bytes
        Length of the file.
    times_ms
        When each frame is shown, from the first one; None if the file doesn't tell.
    """

    rows: int
    columns: int
    grey: bool
    lossy: bool
    method: str
    frames: tuple[memoryview, ...]
    source_bytes: int
    times_ms: tuple[float, ...] | None

    @property
    def plain_bytes(self) -> int:
        """Length of all frames uncompressed."""
        return self.rows * self.columns * (1 if self.grey else 3) * len(self.frames)

    @property
    def frame_time_ms(self) -> float | None:
        """Mean time between frames; None if unknown or with one frame."""
        if self.times_ms is None or len(self.times_ms) < 2:
            return None
        return (self.times_ms[-1] - self.times_ms[0]) / (len(self.times_ms) - 1)

    @property
    def steady(self) -> bool:
        """Whether frames follow at one distance, rounding of clocks apart."""
        steps = np.diff(self.times_ms or (0.0,))
        return bool(np.all(np.abs(steps - (self.frame_time_ms or 0)) <= _STEADY_MS))


def container_of(head: bytes) -> Container | None:
    """Tell the kind of a video by its first bytes, at least 400 of them; None for other files."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") and head[0] < ord(" "):
        return None if _is_still(head) else Container.MP4
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return Container.AVI
    packets = head[:1] == head[188:189] == head[376:377] == b"\x47"
    if packets or head.startswith((b"\0\0\1\xba", b"\0\0\1\xb3", b"\0\0\0\1\x67", b"\0\0\0\1\x40")):
        return Container.MPEG
    return None


def _is_still(head: bytes) -> bool:
    """HEIC and AVIF photographs use the boxes of MP4."""
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif")


def decode_video(
    content: bytes | mmap.mmap | memoryview,
    container: Container,
    *,
    square: bool = True,
    scratch: Path | None = None,
    waiting: Callable[[], None] = lambda: None,
    limits: Limits | None = None,
) -> Video:
    """Decode all frames of a video.

    Parameters
    ----------
    content
        The file.
    square
        Whether frames with oblong pixels are stretched until theirs are square.
    scratch
        Folder for nameless files on the way; the system's unless given.
    waiting
        Called about twice a second while the decoder works.

    Raises
    ------
    UnusableInput
        ``broken_video`` if it doesn't decode or is cut off, ``video_too_large`` beyond a limit.
    OSError
        If the disk is full.
    """
    limits = limits or Limits()
    spool = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - the frames are views of its bytes
    with tempfile.TemporaryFile(dir=scratch) as source, spool as output:
        source.write(content)
        source.flush()
        asked = asdict(limits) | {"square": square, "output": output.fileno()}
        found = _run(source, asked, _environment(container), waiting)
        if found.get("errno"):
            raise OSError(found["errno"], os.strerror(found["errno"]))
        if found.get("too_large"):
            raise unusable(Problem.VIDEO_TOO_LARGE)
        lengths: list[int] = found["lengths"]
        if not lengths or _cut_off(len(lengths), found["announced"], container):
            raise unusable(Problem.BROKEN_VIDEO)
        encoded = memoryview(mmap.mmap(output.fileno(), 0, access=mmap.ACCESS_READ))
    ends = np.cumsum(lengths).tolist()
    codec = str(found["codec"]).lower()
    return Video(
        rows=found["rows"],
        columns=found["columns"],
        grey=found["grey"],
        lossy=codec not in _LOSSLESS,
        method=_METHODS.get(codec, ""),
        frames=tuple(encoded[e - n : e] for e, n in zip(ends, lengths, strict=True)),
        source_bytes=len(content),
        times_ms=_in_order(found["times_ms"]),
    )


def _run(
    source: IO[bytes],
    asked: dict[str, int],
    environment: dict[str, str],
    waiting: Callable[[], None],
) -> dict[str, Any]:
    """Run the decoder to its end or the time limit and return what it says."""
    ends_at = time.monotonic() + asked["seconds"]
    with subprocess.Popen(
        [sys.executable, "-m", "inference.io.video_worker", json.dumps(asked)],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(asked["output"],),
        cwd=_ROOT,
        env=environment,
    ) as worker:
        while True:
            try:
                said, _ = worker.communicate(timeout=_POLL_S)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > ends_at:
                    worker.kill()
                    raise unusable(Problem.VIDEO_TOO_LARGE) from None
                waiting()
            except BaseException:
                worker.kill()
                raise
    if worker.returncode == -signal.SIGXCPU:
        raise unusable(Problem.VIDEO_TOO_LARGE)
    if worker.returncode != 0:
        raise unusable(Problem.BROKEN_VIDEO)
    told: dict[str, Any] = json.loads(said)
    return told


def _environment(container: Container) -> dict[str, str]:
    """Keep the decoder to this kind of file and away from the network; nothing of ours in it."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": container.value,
        "threads": "2",
    }
    return {
        "PATH": os.defpath,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_LOG_LEVEL": "OFF",
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": "|".join(f"{k};{v}" for k, v in options.items()),
    }


def _cut_off(decoded: int, announced: int, container: Container) -> bool:
    """Say whether frames are missing; only MP4 and AVI list theirs, MPEG's number is a guess."""
    return container is not Container.MPEG and decoded < announced - max(2, announced // 50)


def _in_order(times_ms: list[float]) -> tuple[float, ...] | None:
    """Return rising times; one that doesn't rise follows by the usual step, as at a file's end."""
    steps = np.diff(times_ms)
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    if usual <= 0:
        return None
    rising = [0.0]
    for before, now in itertools.pairwise(times_ms):
        rising.append(rising[-1] + (now - before if now - before > 0 else usual))
    return tuple(rising)
