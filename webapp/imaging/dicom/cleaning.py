"""How single values are checked: what isn't certainly harmless becomes None and is dropped.

Each cleaner takes an element's bytes and their byte order and returns the bytes to write, little
endian and unpadded, or None.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping

import numpy as np
from pydicom.datadict import dictionary_has_tag
from pydicom.uid import UID_dictionary

Cleaner = Callable[[bytes, bool], bytes | None]

_DECIMAL = re.compile(rb"[ ]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?[ ]*")
_INTEGER = re.compile(rb"[ ]*[+-]?\d{1,10}[ ]*")
_UID = re.compile(r"[0-9.]{1,64}")
_AGE = re.compile(r"(\d{3})([DWMY])")
_LONGEST_NUMBER = 16
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_PLAUSIBLE_LOW, _PLAUSIBLE_HIGH = 1e-15, 1e12

OLDEST = 90  # ages above identify (HIPAA 45 CFR 164.514(b)(2)(i)(C)); 90 stands for 90 or more


def decimals(most: int) -> Cleaner:
    """Accept up to `most` decimal strings (VR DS)."""
    return _number_strings(_DECIMAL, most)


def integers(most: int) -> Cleaner:
    """Accept up to `most` integer strings (VR IS)."""
    return _number_strings(_INTEGER, most)


def _number_strings(pattern: re.Pattern[bytes], most: int) -> Cleaner:
    def clean(value: bytes, _little: bool) -> bytes | None:
        parts = value.strip(b" \0").split(b"\\")
        if len(parts) > most:
            return None
        good = all(len(p) <= _LONGEST_NUMBER and pattern.fullmatch(p) for p in parts)
        return b"\\".join(parts) if good else None

    return clean


def binary(size: int, most: int) -> Cleaner:
    """Accept up to `most` integers of `size` bytes (VR US, SS, UL, SL, OB, OW)."""

    def clean(value: bytes, little: bool) -> bytes | None:
        if not value or len(value) % size or len(value) > most * size:
            return None
        return value if little or size == 1 else _swapped(value, size)

    return clean


def floats(size: int, most: int) -> Cleaner:
    """Accept up to `most` finite floats of `size` bytes and plausible magnitude (VR FL, FD).

    Letters read as a float are absurdly large or small, so the bound keeps text out.
    """
    whole = binary(size, most)

    def clean(value: bytes, little: bool) -> bytes | None:
        ordered = whole(value, little)
        if ordered is None:
            return None
        for number in np.frombuffer(ordered, f"<f{size}").tolist():
            magnitude = abs(number)
            plausible = _PLAUSIBLE_LOW < magnitude < _PLAUSIBLE_HIGH or magnitude == 0
            if not (math.isfinite(number) and plausible):
                return None
        return ordered

    return clean


def tag_pointers(most: int) -> Cleaner:
    """Accept up to `most` tags that the standard's dictionary knows (VR AT)."""
    whole = binary(2, 2 * most)

    def clean(value: bytes, little: bool) -> bytes | None:
        ordered = whole(value, little)
        if ordered is None or len(ordered) % 4:
            return None
        words = np.frombuffer(ordered, "<u2").reshape(-1, 2).tolist()
        known = all(dictionary_has_tag((group << 16) | element) for group, element in words)
        return ordered if known else None

    return clean


def _swapped(value: bytes, size: int) -> bytes:
    return np.frombuffer(value, f">u{size}").astype(f"<u{size}").tobytes()


def codes(terms: Collection[str], otherwise: str | None = None, most: int = 8) -> Cleaner:
    """Accept code strings of a closed set (VR CS).

    An unknown term becomes `otherwise`, so that the others keep their places; without it the
    whole element is dropped.
    """
    allowed = {term.encode() for term in terms}
    substitute = otherwise.encode() if otherwise else None

    def clean(value: bytes, _little: bool) -> bytes | None:
        found = [part.strip(b" \0") for part in value.split(b"\\")][:most]
        kept = [part if part in allowed else substitute for part in found]
        return b"\\".join(part for part in kept if part) if all(kept) else None

    return clean


def words(canonical: Mapping[str, str]) -> Cleaner:
    """Accept free text only where it contains a known word; write our own spelling of it."""

    def clean(value: bytes, _little: bool) -> bytes | None:
        found = value.decode("ascii", "replace").upper()
        return next((known.encode() for word, known in canonical.items() if word in found), None)

    return clean


def uids(remap: Callable[[str], str]) -> Cleaner:
    """Replace a UID by its remapped one; those of the standard itself stay."""

    def clean(value: bytes, _little: bool) -> bytes | None:
        uid = value.decode("ascii", "replace").strip(" \0")
        if uid in UID_dictionary:
            return uid.encode()
        return remap(uid).encode() if uid else None

    return clean


def standard_uid(value: bytes, _little: bool) -> bytes | None:
    """Accept only UIDs that the standard registers (PS3.6 annex A)."""
    uid = value.decode("ascii", "replace").strip(" \0")
    return uid.encode() if _UID.fullmatch(uid) and uid in UID_dictionary else None


def years(age: str) -> int | None:
    """Return an age string (VR AS) in whole years, at most `OLDEST`; None if it is malformed."""
    match = _AGE.fullmatch(age)
    return min(OLDEST, int(int(match[1]) * _YEARS[match[2]])) if match else None
