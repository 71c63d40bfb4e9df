"""Videos as DICOM ultrasound: plain video files, and MPEG streams inside DICOM files.

Frames are stored one by one, compressed without further loss, so that the viewer fetches and shows
each alone. Nothing but frames and their times is taken from a video: no title, place, date,
encoder or sound.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pydicom.uid import JPEGLSLossless

from inference.errors import UnusableInput
from inference.io.videos import Container, Video, container_of, decode_video
from webapp.core.home import home_path
from webapp.imaging.archives import HEAD, Content
from webapp.imaging.dicom import writing
from webapp.imaging.dicom.objects import Clean, Identity, described, finished
from webapp.imaging.dicom.parsing import Source, text
from webapp.imaging.dicom.pictures import Place
from webapp.imaging.dicom.pixels import Layout, Pixels, encapsulated, stream_of
from webapp.imaging.rejection import Code, Refusal

ULTRASOUND_MULTIFRAME = "1.2.840.10008.5.1.4.1.1.3.1"
FRAME_TIME, FRAME_TIME_VECTOR = 0x00181063, 0x00181065
_LONGEST_VALUE = 0xFFFE

Waiting = Callable[[], None]


@dataclass(frozen=True)
class Decoded:
    """A DICOM file's video, decoded: how it is stored, and the elements that say so."""

    layout: Layout
    pixels: Pixels
    elements: dict[int, bytes]


def wrap(content: Content, place: Place, waiting: Waiting) -> Clean:
    """Make a multi-frame ultrasound image of a video file: square pixels of unknown size.

    Parameters
    ----------
    place
        Its number is that of the series: a video stands for itself.
    waiting
        Called about twice a second while the video is decoded.

    Raises
    ------
    Refusal
        ``broken_video`` or ``video_too_large``.
    """
    decoded = _decoded(content, waiting, square=True)
    identity = Identity(
        place.study_uid, place.series_uid, place.sop_uid, ULTRASOUND_MULTIFRAME, modality="US"
    )
    numbers = {
        0x00080008: ("CS", "DERIVED\\SECONDARY"),
        0x00200011: ("IS", str(place.number)),
        0x00200013: ("IS", "1"),
    }
    elements = decoded.elements | _encoded(numbers)
    return finished(elements, identity, decoded.layout, decoded.pixels)


def unwrapped(source: Source, layout: Layout, waiting: Waiting) -> Decoded:
    """Decode the video that a DICOM file's pixels are; its regions count the pixels as they are.

    Raises
    ------
    Refusal
        ``truncated`` if it has fewer frames than its header says; as `wrap`.
    """
    decoded = _decoded(stream_of(source), waiting, square=False)
    found = decoded.layout.n_frames
    if found < layout.n_frames - 1:  # the last one is often counted and not there
        raise Refusal(Code.TRUNCATED, found=found, expected=layout.n_frames)
    if text(source.header, FRAME_TIME) or FRAME_TIME_VECTOR in source.header:
        for tag in (FRAME_TIME, FRAME_TIME_VECTOR, 0x00280009):
            decoded.elements.pop(tag, None)
    return decoded


def _decoded(content: Content, waiting: Waiting, *, square: bool) -> Decoded:
    container = container_of(bytes(content[:HEAD])) or Container.MPEG
    try:
        video = decode_video(
            content, container, square=square, scratch=home_path("uploads"), waiting=waiting
        )
    except UnusableInput as error:
        raise Refusal(Code(error.code)) from None
    layout = Layout(
        rows=video.rows,
        columns=video.columns,
        samples=1 if video.grey else 3,
        bits_allocated=8,
        bits_stored=8,
        high_bit=7,
        signed=False,
        photometric="MONOCHROME2" if video.grey else "RGB",
        n_frames=len(video.frames),
        planar=None if video.grey else 0,
    )
    pixels = encapsulated(JPEGLSLossless, video.frames)
    return Decoded(layout, pixels, described(layout) | _encoded(_about(video)))


def _about(video: Video) -> dict[int, tuple[str, str]]:
    """Return Multi-frame, Cine and lossy compression attributes (PS3.3 C.7.6.6, 5 and C.7.6.1)."""
    about = {
        0x00280008: ("IS", str(len(video.frames))),
        0x00282110: ("CS", "01" if video.lossy else "00"),
    }
    if video.lossy:
        about[0x00282112] = ("DS", f"{max(1, video.plain_bytes / video.source_bytes):.6g}")
        about[0x00282114] = ("CS", video.method)
    if video.frame_time_ms is not None and video.times_ms is not None:
        steps = [b - a for a, b in zip(video.times_ms, video.times_ms[1:], strict=False)]
        vector = "\\".join(f"{step:.6g}" for step in (0.0, *steps))
        if video.steady or len(vector) > _LONGEST_VALUE:
            about[FRAME_TIME] = ("DS", f"{video.frame_time_ms:.8g}")
        else:
            about[FRAME_TIME_VECTOR] = ("DS", vector)
    return about


def _encoded(texts: dict[int, tuple[str, str]]) -> dict[int, bytes]:
    encoded = {
        tag: writing.element(tag, vr, value.encode()) for tag, (vr, value) in texts.items() if value
    }
    for tag in (FRAME_TIME, FRAME_TIME_VECTOR):
        if tag in encoded:
            pointer = tag.to_bytes(4, "big")
            pointer = pointer[1::-1] + pointer[:1:-1]
            encoded[0x00280009] = writing.element(0x00280009, "AT", pointer)
    return encoded
