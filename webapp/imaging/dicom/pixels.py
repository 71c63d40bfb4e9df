"""Where the frames of an image lie, and its pixels in a form that browsers can show.

Pixels are passed on untouched wherever possible: native little-endian ones as they are,
compressed ones frame by frame. Big endian is swapped; frames in several fragments are joined,
so that each frame is one run of bytes in the stored file.
"""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments, generate_frames
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from webapp.imaging.dicom import writing
from webapp.imaging.dicom.parsing import PIXEL_DATA, Source, number, raw, text
from webapp.imaging.rejection import Code, Refusal

# Syntaxes that the viewer's decoders and ours both read.
COMPRESSED = {
    RLELossless: "image/dicom-rle",
    JPEGBaseline8Bit: "image/jpeg",
    JPEGExtended12Bit: "image/jpeg",
    JPEGLossless: "image/jpeg",
    JPEGLosslessSV1: "image/jpeg",
    JPEGLSLossless: "image/jls",
    JPEGLSNearLossless: "image/jls",
    JPEG2000Lossless: "image/jp2",
    JPEG2000: "image/jp2",
    HTJ2KLossless: "image/jphc",
    HTJ2KLosslessRPCL: "image/jphc",
    HTJ2K: "image/jphc",
}
VIDEOS = {
    UID(f"1.2.840.10008.1.2.4.{number}{fragmentable}")
    for number in range(100, 109)
    for fragmentable in ("", ".1")
}
"""MPEG-2, MPEG-4 and HEVC (PS3.5 section 8.2.5 to 8.2.9): one stream, stored frame by frame."""
LOSSY = {JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K}
PHOTOMETRIC = {
    "MONOCHROME1": 1, "MONOCHROME2": 1, "PALETTE COLOR": 1, "RGB": 3, "YBR_FULL": 3,
    "YBR_FULL_422": 3, "YBR_RCT": 3, "YBR_ICT": 3,
}  # fmt: skip
_ITEM_TAG, _DELIMITER_TAG = writing.item_head(0)[:4], writing.SEQUENCE_END[:4]
MOST_FRAMES = 20_000
MOST_FRAME_PIXELS = 1 << 26  # 8192 x 8192
Part = bytes | memoryview


def content_type(syntax: str) -> str:
    """Return the media type of a frame (PS3.18 table 8.7.3-2), with its transfer syntax."""
    media = COMPRESSED.get(UID(syntax), "application/octet-stream")
    return f"{media}; transfer-syntax={syntax}"


@dataclass(frozen=True)
class Layout:
    """Image Pixel module (PS3.3 C.7.6.3), checked."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    n_frames: int
    planar: int | None = None

    @property
    def native_frame_bytes(self) -> int:
        """Length of one uncompressed frame in bytes; 4:2:2 has two samples a pixel."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return self.rows * self.columns * samples * self.bits_allocated // 8


@dataclass(frozen=True)
class Pixels:
    """The pixel element ready to be written.

    Parameters
    ----------
    syntax
        Transfer syntax of the stored file.
    parts
        Encoded element, in pieces that are written one after another.
    frames
        Offset from the start of the element and length in bytes, for each frame.
    """

    syntax: UID
    parts: list[Part]
    frames: list[tuple[int, int]]


def layout(source: Source) -> Layout:
    """Read and check how the pixels are laid out.

    Raises
    ------
    Refusal
        ``no_pixels``, ``broken_header`` or ``unsupported_pixels``.
    """
    if not source.pixels:
        raise Refusal(Code.NO_PIXELS)
    header = source.header
    rows, columns, samples = (_needed(header, tag) for tag in (0x00280010, 0x00280011, 0x00280002))
    allocated, stored = _needed(header, 0x00280100), _needed(header, 0x00280101)
    signed = _needed(header, 0x00280103)
    photometric = text(header, 0x00280004)
    high = number(header, 0x00280102, stored - 1) or 0
    if not (rows and columns and 0 < stored <= allocated and signed in (0, 1)):
        raise Refusal(Code.BROKEN_HEADER, detail=f"{rows} x {columns}, {stored}/{allocated} bits")
    if allocated not in (8, 16, 32):
        raise Refusal(Code.UNSUPPORTED_PIXELS, detail=f"{allocated} bits")
    partial = photometric.startswith("YBR_PARTIAL") and source.syntax in VIDEOS
    if PHOTOMETRIC.get(photometric, 3 if partial else 0) != samples:
        raise Refusal(Code.UNSUPPORTED_PIXELS, detail="colour space")
    if rows * columns > MOST_FRAME_PIXELS:
        raise Refusal(Code.UNSUPPORTED_PIXELS, detail=f"{rows} x {columns}")
    return Layout(
        rows=rows,
        columns=columns,
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=bool(signed),
        photometric=photometric,
        n_frames=_frame_count(header),
        planar=(number(header, 0x00280006) or 0) if samples > 1 else None,
    )


def _needed(header: Dataset, tag: int) -> int:
    found = number(header, tag)
    if found is None:
        raise Refusal(Code.BROKEN_HEADER, detail=f"{keyword_for_tag(tag)} is missing")
    return found


def _frame_count(header: Dataset) -> int:
    written = text(header, 0x00280008) or "1"
    if not written.isdecimal() or not 0 <= int(written) <= MOST_FRAMES:
        raise Refusal(Code.BROKEN_HEADER, detail="NumberOfFrames")
    return max(1, int(written))


def arrange(source: Source, plan: Layout) -> Pixels:
    """Prepare the pixel element of the stored file.

    Raises
    ------
    Refusal
        ``truncated`` or ``unsupported_encoding``.
    """
    if source.encapsulated:
        return _compressed(source, plan)
    if source.syntax.is_encapsulated:
        raise Refusal(Code.UNSUPPORTED_ENCODING, uid=str(source.syntax))
    return _native(source, plan)


def _native(source: Source, plan: Layout) -> Pixels:
    expected = plan.native_frame_bytes * plan.n_frames
    if len(source.pixels) < expected:
        raise Refusal(Code.TRUNCATED, found=len(source.pixels), expected=expected)
    value: Part = source.pixels[:expected]
    if not source.little_endian:
        value = _swapped(value, 16 if source.pixel_vr == "OW" else 8, plan.bits_allocated)
    return native(value, plan)


def native(value: Part, plan: Layout) -> Pixels:
    """Encode uncompressed little-endian frames, which follow one another without a gap."""
    padding = len(value) % 2
    start = writing.head(
        PIXEL_DATA, "OB" if plan.bits_allocated == 8 else "OW", len(value) + padding
    )
    each = plan.native_frame_bytes
    frames = [(len(start) + i * each, each) for i in range(plan.n_frames)]
    return Pixels(ExplicitVRLittleEndian, [start, value, b"\0" * padding], frames)


def _swapped(value: Part, word: int, allocated: int) -> bytes:
    """Swap big-endian pixels; 8-bit samples in an OW element are swapped as 16-bit words."""
    size = max(word, allocated) // 8
    padded = bytes(value) + b"\0" * (-len(value) % size)
    return np.frombuffer(padded, f">u{size}").astype(f"<u{size}").tobytes()[: len(value)]


def _compressed(source: Source, plan: Layout) -> Pixels:
    if source.syntax not in COMPRESSED:
        raise Refusal(Code.UNSUPPORTED_ENCODING, uid=str(source.syntax))
    found = list(_frames(source, plan.n_frames))
    whole = sum(map(bool, found)) if _ended(source.pixels) else max(0, len(found) - 1)
    if whole != plan.n_frames or len(found) != plan.n_frames:
        raise Refusal(Code.TRUNCATED, found=whole, expected=plan.n_frames)
    return encapsulated(source.syntax, found)


def encapsulated(syntax: UID, compressed: Sequence[Part]) -> Pixels:
    """Encode compressed frames, one fragment each, behind an offset table (PS3.5 section A.4)."""
    lengths = [len(frame) + len(frame) % 2 for frame in compressed]
    steps = [length + 8 for length in lengths]
    starts = np.cumsum([0, *steps[:-1]]).tolist()
    table = struct.pack(f"<{len(starts)}L", *starts) if sum(steps) < 1 << 32 else b""
    start = writing.head(PIXEL_DATA, "OB", 0xFFFFFFFF) + writing.item_head(len(table)) + table
    items = chain.from_iterable(
        (writing.item_head(length), frame, b"\0" * (length - len(frame)))
        for length, frame in zip(lengths, compressed, strict=True)
    )
    frames = [(len(start) + s + 8, n) for s, n in zip(starts, lengths, strict=True)]
    return Pixels(syntax, [start, *items, writing.SEQUENCE_END], frames)


def stream_of(source: Source) -> bytes:
    """Return all fragments of encapsulated pixels joined: the one stream of a video.

    Raises
    ------
    Refusal
        ``truncated`` if the fragments break off.
    """
    if not _ended(source.pixels):
        raise Refusal(Code.TRUNCATED, found=0, expected=1)
    _offset_table, *fragments = generate_fragments(io.BytesIO(source.pixels))
    return b"".join(fragments)


def _ended(value: memoryview) -> bool:
    """Say whether the fragments run up to the sequence delimiter, so that none is cut off."""
    position = 0
    while value[position : position + 4] == _ITEM_TAG:
        position += 8 + int.from_bytes(value[position + 4 : position + 8], "little")
    return value[position : position + 4] == _DELIMITER_TAG


def _frames(source: Source, n_frames: int) -> Iterator[bytes]:
    offsets, lengths = raw(source.header, 0x7FE00001), raw(source.header, 0x7FE00002)
    tables = tuple(bytes(table.value or b"") for table in (offsets, lengths) if table)
    extended = (tables[0], tables[1]) if len(tables) == 2 else None
    stream = io.BytesIO(source.pixels)
    try:
        yield from generate_frames(stream, number_of_frames=n_frames, extended_offsets=extended)
    except (ValueError, EOFError, struct.error):
        return  # too few are reported as a cut-off file
