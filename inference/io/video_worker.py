"""Decode one video in a process of its own: ``python -m inference.io.video_worker``.

Started by `inference.io.videos` alone. The video is standard input; the only argument is a JSON
object of limits and the file descriptor that compressed frames go to, one behind the other; what
was found goes to standard output. A hostile video can make a decoder hang, crash or eat memory:
here that harms nobody.
"""

import json
import math
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.io.jpegls import encode_frame

Frame = NDArray[np.uint8]

SOURCE = "/dev/fd/0"
COLOURLESS = 8
"""Red, green and blue of a grey video differ by rounding, at most by so much of 255."""


@dataclass
class Found:
    """What a video holds: its codec's four letters; length in bytes and time in ms of frames."""

    codec: str
    announced: int
    grey: bool = True
    rows: int = 0
    columns: int = 0
    lengths: list[int] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Decode standard input within the limits given."""
    asked: dict[str, int] = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory_bytes"],) * 2)
    # At the soft limit SIGXCPU ends the process, which says more than SIGKILL at the hard one.
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    capture, found = _opened()
    sides = (capture.get(p) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    if math.prod(sides) > asked["frame_pixels"]:
        json.dump({"too_large": True}, sys.stdout)
        return
    for frame, _time in _frames(square=False):
        if np.ptp(frame, axis=2).max() > COLOURLESS:
            found.grey = False
            break
    try:
        answer = _written(found, asked)
    except OSError as error:  # a full disk is no fault of the video
        answer = {"errno": error.errno}
    json.dump(answer, sys.stdout)


def _written(found: Found, asked: dict[str, int]) -> dict[str, Any]:
    """Write each frame without loss, as far as the limits go."""
    room, plain = asked["encoded_bytes"], asked["plain_bytes"]
    for frame, time_ms in _frames(square=bool(asked["square"])):
        found.rows, found.columns = frame.shape[:2]
        code = cv2.COLOR_BGR2GRAY if found.grey else cv2.COLOR_BGR2RGB
        stream = encode_frame(np.asarray(cv2.cvtColor(frame, code), np.uint8))
        room, plain = room - len(stream), plain - frame.size // (3 if found.grey else 1)
        if min(room, plain) < 0 or len(found.lengths) == asked["frames"]:
            return {"too_large": True}
        _write(asked["output"], stream)
        found.lengths.append(len(stream))
        found.times_ms.append(time_ms)
    return vars(found)


def _opened() -> tuple[cv2.VideoCapture, Found]:
    capture = cv2.VideoCapture(SOURCE, cv2.CAP_FFMPEG)
    letters = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1")
    return capture, Found(letters, int(max(0.0, capture.get(cv2.CAP_PROP_FRAME_COUNT))))


def _frames(square: bool) -> Iterator[tuple[Frame, float]]:
    """Yield frames (row, column, BGR), and when each is shown in ms."""
    capture, _found = _opened()
    wide, high = (capture.get(p) for p in (cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN))
    known = square and wide > 0 and high > 0
    stretch = min(max(wide / high, 0.25), 4.0) if known else 1.0
    while True:
        ok, frame = capture.read()
        if not ok:
            return
        if stretch != 1:
            size = (max(1, round(frame.shape[1] * stretch)), frame.shape[0])
            frame = cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)
        yield np.asarray(frame, np.uint8), float(capture.get(cv2.CAP_PROP_POS_MSEC))


def _write(output: int, stream: bytes) -> None:
    left = memoryview(stream)
    while left:
        left = left[os.write(output, left) :]


if __name__ == "__main__":
    main()
