"""Blacken what lies outside the marked regions of ultrasound pictures: names are shown there.

Clean Pixel Data Option (PS3.15 annex E.3.1); regions by PS3.3 section C.8.5.5. Such pictures are
decoded and stored again without loss, colour as RGB.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import JPEGLSLossless

from inference.errors import UnusableInput
from inference.io.dicom import decode_frames
from inference.io.headers import number
from inference.io.jpegls import encode_frame
from webapp.imaging.dicom.decoding import dataset_of
from webapp.imaging.dicom.describe import header_of
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.pixels import Layout, Pixels, encapsulated, native
from webapp.imaging.rejection import Code, Refusal

MOST_BYTES = 1 << 31
MOST_TIMES = 500
"""Plain pixels are at most so many times larger than they came: else a file could fill the disk."""
_CORNERS = (
    "RegionLocationMinX0",
    "RegionLocationMinY0",
    "RegionLocationMaxX1",
    "RegionLocationMaxY1",
)


def masked(clean: Clean) -> tuple[Layout, Pixels]:
    """Return layout and pixels of an ultrasound picture with its regions alone.

    Parameters
    ----------
    clean
        The de-identified picture with its pixels as they came.

    Raises
    ------
    Refusal
        ``ultrasound_without_regions`` if no region lies in the picture, ``unsupported_pixels`` if
        the plain pixels would be too large; as `covered`.
    """
    plan = _plain(clean.layout)
    plain, packed = plan.native_frame_bytes * plan.n_frames, sum(size for _, size in clean.frames)
    if plain > min(MOST_BYTES, MOST_TIMES * packed):
        raise Refusal(Code.UNSUPPORTED_PIXELS, detail=f"{plan.n_frames} frames")
    return covered(clean, ~_inside(header_of(clean.header), clean.layout))


def covered(clean: Clean, hidden: NDArray[np.bool_]) -> tuple[Layout, Pixels]:
    """Return layout and pixels of a picture with a part of all frames black.

    Parameters
    ----------
    hidden
        (row, column), what is to be black.

    Raises
    ------
    Refusal
        ``undecodable`` if a frame doesn't decode.
    """
    dataset = dataset_of(clean)
    plan = _plain(clean.layout)
    black = _black(plan)

    def frames() -> Iterator[NDArray[Any]]:
        for stored in decode_frames(dataset):
            frame = _rgb(stored, dataset) if plan.samples == 3 else stored.copy()
            frame[hidden] = black
            yield frame

    try:
        return plan, _packed(frames(), plan)
    except UnusableInput:
        raise Refusal(Code.UNDECODABLE) from None


def _packed(frames: Iterator[NDArray[Any]], plan: Layout) -> Pixels:
    """Compress frames without loss; signed and 32-bit ones, which JPEG-LS lacks, stay plain."""
    if plan.signed or plan.bits_allocated > 16:
        kind = f"<{'i' if plan.signed else 'u'}{plan.bits_allocated // 8}"
        return native(b"".join(frame.astype(kind).tobytes() for frame in frames), plan)
    kind = f"u{plan.bits_allocated // 8}"
    streams = [encode_frame(frame.astype(kind), plan.bits_stored) for frame in frames]
    return encapsulated(JPEGLSLossless, streams)


def _plain(layout: Layout) -> Layout:
    if layout.photometric.startswith("MONOCHROME"):
        return layout
    return replace(
        layout,
        samples=3,
        bits_allocated=8,
        bits_stored=8,
        high_bit=7,
        signed=False,
        photometric="RGB",
        planar=0,
    )


def _black(plan: Layout) -> int:
    darkest, brightest = 0, (1 << plan.bits_stored) - 1
    if plan.signed:
        half = 1 << (plan.bits_stored - 1)
        darkest, brightest = -half, half - 1
    return brightest if plan.photometric == "MONOCHROME1" else darkest


def _inside(dataset: Dataset, plan: Layout) -> NDArray[np.bool_]:
    """Return (row, column) of the union of all regions; their corners belong to them."""
    inside = np.zeros((plan.rows, plan.columns), np.bool_)
    for region in dataset.get("SequenceOfUltrasoundRegions") or ():
        corners = [number(region, keyword) for keyword in _CORNERS]
        if None not in corners:
            x0, y0, x1, y1 = (max(0, int(corner or 0)) for corner in corners)
            inside[y0 : y1 + 1, x0 : x1 + 1] = True
    if not inside.any():
        raise Refusal(Code.ULTRASOUND_WITHOUT_REGIONS)
    return inside


def _rgb(stored: NDArray[np.uint8], dataset: Dataset) -> NDArray[np.uint8]:
    """Return a colour frame (row, column, 3) with 8 bits; palettes are looked up."""
    if stored.ndim == 3:
        return stored.copy()
    colours = apply_color_lut(stored, dataset)
    shown = colours >> 8 if colours.dtype.itemsize > 1 else colours
    return np.asarray(shown, np.uint8)
