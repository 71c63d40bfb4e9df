"""Small video files, made by the library that decodes them, with names in all their corners."""

import struct
from pathlib import Path

import cv2
import numpy as np

CANARY = b"Zxqv Wbkj"
RATE = 25
FORMS = {
    "mp4": "mp4v", "mov": "mp4v", "m4v": "mp4v", "avi": "MJPG", "ffv1.avi": "FFV1", "mpg": "mpg1",
    "mpeg": "mpg2", "ts": "mpg2", "mkv": "mp4v",
}  # fmt: skip


def film(
    folder: Path,
    form: str = "mp4",
    *,
    frames: int = 12,
    size: tuple[int, int] = (64, 48),
    colour: tuple[int, int, int] = (200, 200, 200),
) -> bytes:
    """Return a video (width, height) in which a bright bar wanders two pixels a frame."""
    path = folder / f"film.{form}"
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*FORMS[form]), RATE, size
    )
    assert writer.isOpened(), form
    for number in range(frames):
        frame = np.zeros((size[1], size[0], 3), np.uint8)
        frame[8:40, 4 + 2 * number : 16 + 2 * number] = colour
        writer.write(frame)
    writer.release()
    content = path.read_bytes()
    path.unlink()
    return content


def named(content: bytes) -> bytes:
    """Return an MP4 or AVI with a name in its title, or an MPEG with one in its user data."""
    if content[:4] == b"RIFF":
        title = b"INAM" + struct.pack("<L", len(CANARY) + 1) + CANARY + b"\0"
        listed = b"LIST" + struct.pack("<L", 4 + len(title)) + b"INFO" + title
        return b"RIFF" + struct.pack("<L", len(content) + len(listed) - 8) + content[8:] + listed
    at = content.find(b"moov") - 4
    if at > 0:
        text = struct.pack(">LHH", 12 + len(CANARY), len(CANARY), 0)
        title = text[:4] + b"\xa9nam" + text[4:] + CANARY
        place = struct.pack(">L", 12 + len(CANARY)) + b"\xa9xyz" + text[4:] + CANARY
        data = struct.pack(">L", 8 + len(title) + len(place)) + b"udta" + title + place
        end = at + int.from_bytes(content[at : at + 4], "big")
        assert end == len(content), "moov comes last"
        return content[:at] + struct.pack(">L", end - at + len(data)) + content[at + 4 :] + data
    return content + b"\0\0\1\xb2" + CANARY
