"""JPEG, PNG and BMP slices as DICOM: Secondary Capture images without Hounsfield units or spacing.

A baseline JPEG keeps its compressed pixels; everything else about it (EXIF, comments, profiles,
thumbnails) is left behind. Other pictures are stored as plain pixels.
"""

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit

from webapp.imaging.dicom import writing
from webapp.imaging.dicom.objects import Clean, Identity, described, finished
from webapp.imaging.dicom.pixels import Layout, encapsulated, native
from webapp.imaging.rejection import Code, Refusal

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MOST_PIXELS = 64_000_000
_SOS, _SOF0 = 0xDA, 0xC0
_APPLICATION = range(0xE0, 0xF0)
_ADOBE, _COMMENT = 0xEE, 0xFE
_HIDDEN = re.compile(rb"\xff[\xe0-\xef\xfe]")  # markers between scans; never entropy-coded data
_FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Place:
    """Where a picture stands: its case's and series' UIDs, its own, and its number from 1."""

    study_uid: str
    series_uid: str
    sop_uid: str
    number: int


def wrap(content: bytes, place: Place) -> Clean:
    """Make a DICOM file of a JPEG, PNG or BMP picture.

    Raises
    ------
    Refusal
        ``broken_picture`` if it can't be opened whole; ``unsupported_pixels`` if it is too large.
    """
    image = _opened(content)
    spliced = _baseline(content) if image.format == "JPEG" else None
    if spliced is not None and image.getexif().get(_EXIF_ORIENTATION, 1) == 1:
        stream, photometric = spliced
        layout = _layout(image.height, image.width, 8, photometric)
        pixels = encapsulated(JPEGBaseline8Bit, [stream])
    else:
        layout, plain = _plain(image)
        pixels = native(plain, layout)
    identity = Identity(
        place.study_uid, place.series_uid, place.sop_uid, SECONDARY_CAPTURE, modality="OT"
    )
    lossy = image.format == "JPEG"
    return finished(_elements(layout, place.number, lossy), identity, layout, pixels)


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "BMP"))
        if image.width * image.height > MOST_PIXELS:
            raise Refusal(Code.UNSUPPORTED_PIXELS, detail=f"{image.width} x {image.height}")
        image.load()
    except Refusal:
        raise
    except Exception:  # Pillow raises whatever a hostile byte leads it to
        raise Refusal(Code.BROKEN_PICTURE) from None
    return image


def _plain(image: Image.Image) -> tuple[Layout, bytes]:
    """Decode to grey or RGB, upright, 8 bits or 16 where the picture has them."""
    orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    upright = _TURNS.get(orientation)
    turned = image.transpose(upright) if upright is not None else image
    if turned.mode.startswith("I"):
        array = np.clip(np.asarray(turned), 0, 0xFFFF).astype("<u2")
    else:
        grey = turned.mode in ("1", "L", "LA")
        array = np.asarray(turned.convert("L" if grey else "RGB"))
    photometric = "RGB" if array.ndim == 3 else "MONOCHROME2"
    layout = _layout(array.shape[0], array.shape[1], array.itemsize * 8, photometric)
    return layout, array.tobytes()


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _layout(rows: int, columns: int, bits: int, photometric: str) -> Layout:
    samples = 1 if photometric == "MONOCHROME2" else 3
    planar = 0 if samples == 3 else None
    return Layout(rows, columns, samples, bits, bits, bits - 1, False, photometric, 1, planar)


def _baseline(content: bytes) -> tuple[bytes, str] | None:
    """Return a baseline JPEG without its markers APPn and COM, and what its samples mean.

    None for progressive, 12-bit, CMYK and RGB-coded JPEG (ITU-T T.81 annex B; Adobe TN 5116),
    whose pixels are decoded instead.
    """
    kept, position, photometric = [b"\xff\xd8"], 2, ""
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        end = position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        segment = content[position:end]
        if marker in _FRAME_HEADERS:
            photometric = _photometric(marker, segment)
        elif marker == _ADOBE and segment[4:9] == b"Adobe" and segment[-1:] == b"\0":
            return None  # samples are RGB, and without this marker decoders would not know
        if marker == _SOS:
            scan = content[position : content.find(b"\xff\xd9", end) + 2]
            plain = photometric and len(scan) > len(segment) and not _HIDDEN.search(scan)
            return (b"".join([*kept, scan]), photometric) if plain else None
        if marker not in _APPLICATION and marker != _COMMENT:
            kept.append(segment)
        position = end
    return None


def _photometric(marker: int, segment: bytes) -> str:
    """Return the photometric interpretation of a baseline frame header, else an empty string."""
    components = segment[9] if len(segment) > 9 else 0
    if marker != _SOF0 or segment[4] != 8 or len(segment) < 10 + 3 * components:
        return ""
    if components == 1:
        return "MONOCHROME2"
    names, sampling = segment[10::3][:3], segment[11::3][:3]
    if components != 3 or names == b"RGB":
        return ""
    return "YBR_FULL" if len(set(sampling)) == 1 else "YBR_FULL_422"


def _elements(layout: Layout, number: int, lossy: bool) -> dict[int, bytes]:
    texts = {
        0x00080008: ("CS", "DERIVED\\SECONDARY"),
        0x00080064: ("CS", "WSD"),
        0x00200011: ("IS", "1"),
        0x00200013: ("IS", str(number)),
        0x00282110: ("CS", "01" if lossy else "00"),
    }
    return described(layout) | {
        t: writing.element(t, vr, v.encode()) for t, (vr, v) in texts.items()
    }
