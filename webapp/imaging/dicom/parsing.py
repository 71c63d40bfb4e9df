"""Split a DICOM file into its header, still undecoded, and the place of its pixels."""

import io
import mmap
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from webapp.imaging.rejection import Code, Refusal

Content = bytes | mmap.mmap

PIXEL_DATA = 0x7FE00010
FLOAT_PIXELS = (0x7FE00008, 0x7FE00009)
UNDEFINED_LENGTH = 0xFFFFFFFF
LARGEST_INFLATED = 1 << 28
_LONG_VR = {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN"}
_META_START = 132  # preamble and prefix, PS3.10 section 7.1


@dataclass(frozen=True)
class Source:
    """A DICOM file as it came, nothing decoded.

    Parameters
    ----------
    header
        Everything before the pixels, as raw elements.
    media_class
        Media Storage SOP Class UID of the File Meta Information, empty when missing.
    syntax
        Transfer syntax; for native pixels the one that was really found.
    little_endian
        Byte order of header and native pixels.
    pixels
        Value of Pixel Data (7FE0,0010); from the Basic Offset Table on when encapsulated.
        Empty when there is none.
    encapsulated
        Whether the pixels came with undefined length (PS3.5 section A.4).
    pixel_vr
        "OB" or "OW" as written; empty with implicit VR.
    """

    header: Dataset
    media_class: str
    syntax: UID
    little_endian: bool
    pixels: memoryview
    encapsulated: bool
    pixel_vr: str


def parse(content: Content) -> Source:
    """Read the header of a DICOM file and find its pixels without copying them.

    Raises
    ------
    Refusal
        ``broken_header`` if the header can't be read, ``bomb`` if a deflated file inflates
        beyond reason, ``unsupported_pixels`` for floating-point pixels, ``unsupported_encoding``
        for compressed pixels of unknown kind.
    """
    try:
        return _parse(content)
    except Refusal:
        raise
    except Exception as error:  # pydicom raises whatever a hostile byte leads it to
        raise Refusal(Code.BROKEN_HEADER, detail=type(error).__name__) from None


def _parse(content: Content) -> Source:
    if DeflatedExplicitVRLittleEndian.encode() in content[:1024]:
        content = _inflate(content)
        inflated = io.BytesIO(content)
        header = read_dataset(inflated, False, True, stop_when=_at_pixels)
        return _located(header, "", ExplicitVRLittleEndian, False, True, content, inflated.tell())
    stream = cast(BinaryIO, io.BytesIO(content) if isinstance(content, bytes) else content)
    stream.seek(0)
    header = read_partial(stream, stop_when=_at_pixels, force=True)
    implicit, little = header.original_encoding
    syntax = header.file_meta.get("TransferSyntaxUID")
    if syntax is not None and not syntax.is_transfer_syntax:
        raise Refusal(Code.UNSUPPORTED_ENCODING, uid=syntax if syntax.is_valid else "?")
    if syntax is None or not syntax.is_encapsulated:
        syntax = _native_syntax(bool(implicit), bool(little))
    media_class = str(header.file_meta.get("MediaStorageSOPClassUID", ""))
    place = (content, stream.tell())
    return _located(header, media_class, UID(syntax), bool(implicit), bool(little), *place)


def _at_pixels(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag == PIXEL_DATA or tag in FLOAT_PIXELS


def _native_syntax(implicit: bool, little: bool) -> UID:
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little else ExplicitVRBigEndian


def _located(
    header: Dataset,
    media_class: str,
    syntax: UID,
    implicit: bool,
    little: bool,
    content: Content,
    start: int,
) -> Source:
    """Read the tag, VR and length at the pixel element and cut its value out."""
    order: Literal["little", "big"] = "little" if little else "big"
    head = content[start : start + 12]
    group, element = (int.from_bytes(head[i : i + 2], order) for i in (0, 2))
    tag = (group << 16) | element
    if tag in FLOAT_PIXELS:
        raise Refusal(Code.UNSUPPORTED_PIXELS, detail="floating point")
    if tag != PIXEL_DATA or len(head) < 8:
        return Source(header, media_class, syntax, little, memoryview(b""), False, "")
    if implicit or head[4:6] not in _LONG_VR:
        length, value, vr = int.from_bytes(head[4:8], order), start + 8, ""
    else:
        length, value, vr = int.from_bytes(head[8:12], order), start + 12, head[4:6].decode()
    encapsulated = length == UNDEFINED_LENGTH
    if encapsulated and not syntax.is_encapsulated:
        raise Refusal(Code.UNSUPPORTED_ENCODING, uid="?")
    end = len(content) if encapsulated else min(len(content), value + length)
    pixels = memoryview(content)[value:end]
    return Source(header, media_class, syntax, little, pixels, encapsulated, vr)


def _inflate(content: Content) -> bytes:
    """Return the data set of a deflated file (PS3.5 section A.5), at most `LARGEST_INFLATED`."""
    length_element = content[_META_START : _META_START + 12]
    if length_element[:6] != b"\x02\x00\x00\x00UL":
        raise Refusal(Code.BROKEN_HEADER, detail="no group length")
    start = _META_START + 12 + int.from_bytes(length_element[8:12], "little")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflater.decompress(content[start:], LARGEST_INFLATED)
    if inflater.unconsumed_tail:
        limit = LARGEST_INFLATED / (1 << 30)
        raise Refusal(Code.BOMB, size=f"> {limit}", limit=limit)
    return data


def raw(dataset: Dataset, tag: int) -> RawDataElement | None:
    """Return one element as it came; None if it is missing or already a sequence."""
    element = dataset.get_item(tag) if tag in dataset else None
    return element if isinstance(element, RawDataElement) else None


def text(dataset: Dataset, tag: int) -> str:
    """Return an element's first 64 bytes as stripped ASCII; empty if it is missing."""
    element = raw(dataset, tag)
    if element is None or not element.value:
        return ""
    value = bytes(element.value[:64])
    return value.decode("ascii", "replace").strip(" \0")


def number(dataset: Dataset, tag: int, default: int | None = None) -> int | None:
    """Return an unsigned 16-bit element; `default` if it is missing or malformed."""
    element = raw(dataset, tag)
    if element is None or element.value is None or len(element.value) != 2:
        return default
    return int.from_bytes(element.value, "little" if element.is_little_endian else "big")
