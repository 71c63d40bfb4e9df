"""Opening DICOM files: headers without pixels, and pixels frame by frame, both bounded."""

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from inference.io import jpeg12
from inference.io.headers import HEADER_TAGS, n_frames, number, text
from inference.io.problems import Problem, unusable

MOST_FRAME_PIXELS = 1 << 26
"""Largest frame, 8192 x 8192: beyond it a header lies or holds no radiology."""
MOST_FRAMES = 20_000
MOST_BYTES = 1 << 32
"""Largest decoded file; an hour of cine stays below."""
MOST_INFLATED = 1 << 28

jpeg12.register()

_META_START = 132  # preamble and prefix, PS3.10 section 7.1
_PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_FIRST_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x08")


def is_dicom(path: Path) -> bool:
    """Return whether a file looks like DICOM: the prefix, or a bare data set's first group."""
    with path.open("rb") as stream:
        head = stream.read(_META_START)
    return head[128:] == b"DICM" or (
        head[:2] in _FIRST_GROUPS and head[2:3] < b"\x20" and len(head) > 8
    )


def read_header(path: Path) -> Dataset:
    """Read what sorting, phases and decoding need to know, without pixels.

    Raises
    ------
    UnusableInput
        A `Problem` code if the file is no DICOM or its header is damaged.
    """
    return _read(path, stop_before_pixels=True, specific_tags=HEADER_TAGS)


def read_file(path: Path) -> Dataset:
    """Read a whole file, its pixels still encoded but known to be there and of plausible size.

    Raises
    ------
    UnusableInput
        A `Problem` code.
    """
    dataset = _read(path)
    check_layout(dataset)
    if not any(keyword in dataset for keyword in _PIXEL_KEYWORDS):
        raise unusable(Problem.NO_PIXELS)
    return dataset


def _read(path: Path, **options: Any) -> Dataset:
    if path.stat().st_size == 0:
        raise unusable(Problem.EMPTY)
    if not is_dicom(path):
        raise unusable(Problem.NOT_DICOM)
    _check_inflated_size(path)
    try:
        dataset = dcmread(path, force=True, **options)
    except Exception as error:  # pydicom raises whatever a hostile byte leads it to
        raise unusable(Problem.BROKEN_HEADER, type(error).__name__) from error
    if "DirectoryRecordSequence" in dataset:
        raise unusable(Problem.DICOMDIR)
    if "EncryptedAttributesSequence" in dataset:
        raise unusable(Problem.ENCRYPTED)
    _state_transfer_syntax(dataset)
    return dataset


def _state_transfer_syntax(dataset: Dataset) -> None:
    """Files without meta header say by their encoding which native syntax they have."""
    if not hasattr(dataset, "file_meta"):
        dataset.file_meta = FileMetaDataset()
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        native = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else native


def _check_inflated_size(path: Path) -> None:
    """Refuse a deflated file (PS3.5 section A.5) that would inflate beyond `MOST_INFLATED`."""
    with path.open("rb") as stream:
        head = stream.read(1024)
        if DeflatedExplicitVRLittleEndian.encode() not in head:
            return
        if head[_META_START : _META_START + 6] != b"\x02\x00\x00\x00UL":
            raise unusable(Problem.BROKEN_HEADER, "no group length")
        length = int.from_bytes(head[_META_START + 8 : _META_START + 12], "little")
        stream.seek(_META_START + 12 + length)
        inflater, total = zlib.decompressobj(-zlib.MAX_WBITS), 0
        data = stream.read(1 << 16)
        try:
            while data and not inflater.eof:
                total += len(inflater.decompress(data, 1 << 22))
                if total > MOST_INFLATED:
                    raise unusable(Problem.IMPLAUSIBLE_SIZE, "inflates beyond 256 MB")
                data = inflater.unconsumed_tail or stream.read(1 << 16)
        except zlib.error as error:
            raise unusable(Problem.BROKEN_HEADER, "damaged compression") from error


def check_layout(header: Dataset) -> None:
    """Check the Image Pixel module (PS3.3 C.7.6.3) before anything is allocated.

    Raises
    ------
    UnusableInput
        ``no_pixels`` for objects without rows, ``broken_header``, ``implausible_size`` or
        ``unsupported_transfer_syntax``.
    """
    rows, columns = number(header, "Rows"), number(header, "Columns")
    if rows is None or columns is None:
        raise unusable(Problem.NO_PIXELS)
    written = text(header, "NumberOfFrames") or "1"
    if not written.isdecimal():
        raise unusable(Problem.BROKEN_HEADER, "number of frames")
    if rows < 1 or columns < 1:
        raise unusable(Problem.BROKEN_HEADER, f"{rows:.0f} x {columns:.0f} pixels")
    frames = n_frames(header)
    samples = number(header, "SamplesPerPixel") or 1
    bits = number(header, "BitsAllocated") or 64
    if (
        rows * columns > MOST_FRAME_PIXELS
        or frames > MOST_FRAMES
        or rows * columns * frames * samples * bits / 8 > MOST_BYTES
    ):
        raise unusable(
            Problem.IMPLAUSIBLE_SIZE, f"{columns:.0f} x {rows:.0f} pixels, {frames} frames"
        )
    syntax = transfer_syntax(header)
    try:
        decodable = get_decoder(syntax).is_available
    except NotImplementedError:
        decodable = False
    if not decodable and syntax != DeflatedExplicitVRLittleEndian:
        raise unusable(Problem.UNSUPPORTED_TRANSFER_SYNTAX, str(syntax))


def transfer_syntax(dataset: Dataset) -> UID:
    """Return the transfer syntax stated in the file, or the one its encoding shows."""
    return UID(str(dataset.file_meta.TransferSyntaxUID))


def decode_frames(dataset: Dataset, frames: Sequence[int] | None = None) -> Iterator[NDArray[Any]]:
    """Decode stored values frame by frame, as pydicom does; colour comes as RGB.

    Parameters
    ----------
    dataset
        From `read_file`.
    frames
        Frame numbers from 0; None for all.

    Yields
    ------
    ndarray
        (y, x) or (y, x, 3), stored values: no rescale, no look-up table.

    Raises
    ------
    UnusableInput
        ``truncated``, ``undecodable`` or ``broken_header``.
    """
    try:
        # without indices pydicom 3.0.2 fails on native pixels it has to mask in place
        chosen = range(n_frames(dataset)) if frames is None else frames
        yield from iter_pixels(dataset, indices=chosen)
    except Exception as error:  # each plug-in has its own errors
        raise _decoding_problem(error) from error


def _decoding_problem(error: Exception) -> Exception:
    """Sort pydicom's complaints into ours by their kind."""
    message = str(error)
    if "less than expected" in message or isinstance(error, EOFError | IndexError | StopIteration):
        return unusable(Problem.TRUNCATED, "fewer bytes than the header states")
    if isinstance(error, AttributeError | KeyError | TypeError):
        return unusable(Problem.BROKEN_HEADER, "image pixel module")
    if isinstance(error, NotImplementedError):
        return unusable(Problem.UNSUPPORTED_PIXELS, "layout")
    return unusable(Problem.UNDECODABLE)


def frames_as_array(dataset: Dataset) -> NDArray[Any]:
    """Decode all frames into one array: (y, x[, 3]) for one frame, (t, y, x[, 3]) for more."""
    found = list(decode_frames(dataset))
    return found[0] if len(found) == 1 else np.stack(found)
