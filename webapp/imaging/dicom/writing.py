"""Encode elements as explicit VR little endian (PS3.5 section 7.1.2)."""

import struct
from collections.abc import Iterable

_LONG = {"OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UC", "UN", "UR", "UT"}
_SPACE_PADDED = {"AE", "AS", "CS", "DA", "DS", "IS", "LO", "LT", "PN", "SH", "ST", "TM"}
_SHORT_HEAD = struct.Struct("<HH2sH")
_LONG_HEAD = struct.Struct("<HH2sHL")
_ITEM_HEAD = struct.Struct("<HHL")
_SHORT_LIMIT = 0xFFFE

ITEM = (0xFFFE, 0xE000)


def element(tag: int, vr: str, value: bytes) -> bytes:
    """Encode one element; odd values are padded as their VR asks (PS3.5 section 6.2)."""
    if len(value) % 2:
        value += b" " if vr in _SPACE_PADDED else b"\0"
    return head(tag, vr, len(value)) + value


def head(tag: int, vr: str, length: int) -> bytes:
    """Encode tag, VR and length of an element.

    Raises
    ------
    ValueError
        If a VR with a 16-bit length field is given a longer value.
    """
    if vr in _LONG:
        return _LONG_HEAD.pack(tag >> 16, tag & 0xFFFF, vr.encode(), 0, length)
    if length > _SHORT_LIMIT:
        raise ValueError(f"{vr} values hold at most {_SHORT_LIMIT} bytes, not {length}")
    return _SHORT_HEAD.pack(tag >> 16, tag & 0xFFFF, vr.encode(), length)


def item_head(length: int) -> bytes:
    """Encode the start of a sequence item or of a fragment of encapsulated pixels."""
    return _ITEM_HEAD.pack(*ITEM, length)


def sequence(tag: int, items: Iterable[bytes]) -> bytes:
    """Encode a sequence of already encoded items, all with explicit lengths."""
    body = b"".join(item_head(len(item)) + item for item in items)
    return head(tag, "SQ", len(body)) + body


SEQUENCE_END = _ITEM_HEAD.pack(0xFFFE, 0xE0DD, 0)
