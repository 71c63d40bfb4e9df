"""Put a stored DICOM file together: File Meta Information, header, pixels."""

from dataclasses import dataclass

from pydicom.uid import UID

from webapp.imaging.dicom import writing
from webapp.imaging.dicom.pixels import Layout, Part, Pixels

IMPLEMENTATION_CLASS = "2.25.241764917284653417238914675102837465921"
IMPLEMENTATION_VERSION = "READING_ROOM_1"
# Type 2 attributes of the Patient and Study modules: present and empty (PS3.3 C.7.1.1, C.7.2.1).
_EMPTY = {
    0x00080020: "DA", 0x00080030: "TM", 0x00080050: "SH", 0x00080090: "PN", 0x00100010: "PN",
    0x00100020: "LO", 0x00100030: "DA", 0x00200010: "SH",
}  # fmt: skip
# PS3.16 CID 7050.
_PROFILE = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113108", "Retain Patient Characteristics Option"),
)
_CLEAN_PIXELS = ("113101", "Clean Pixel Data Option")


@dataclass(frozen=True)
class Identity:
    """Whose image it is, without saying who: remapped UIDs, kind, age and sex."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str
    modality: str
    age_years: int | None = None
    sex: str = ""


@dataclass(frozen=True)
class Clean:
    """A de-identified file, ready to be stored.

    Parameters
    ----------
    parts
        The whole file in pieces.
    header
        The data set before the pixels, encoded as explicit VR little endian.
    frames
        Offset in the file and length of each frame in bytes.
    names_unchecked
        Whether the pixels may show a name and nobody has looked.
    """

    identity: Identity
    layout: Layout
    syntax: UID
    parts: list[Part]
    header: bytes
    frames: list[tuple[int, int]]
    names_unchecked: bool = False


def finished(
    elements: dict[int, bytes],
    identity: Identity,
    layout: Layout,
    pixels: Pixels,
    *,
    pixels_cleaned: bool = False,
) -> Clean:
    """Add to encoded elements what every stored file has, and put the file together.

    Parameters
    ----------
    elements
        Encoded elements by tag; those named by the identity are overwritten.
    pixels_cleaned
        Whether parts of the picture were blackened.
    """
    methods = (*_PROFILE, _CLEAN_PIXELS) if pixels_cleaned else _PROFILE
    age = "" if identity.age_years is None else f"{identity.age_years:03d}Y"
    common = {tag: (vr, "") for tag, vr in _EMPTY.items()} | {
        0x00080016: ("UI", identity.sop_class),
        0x00080018: ("UI", identity.sop_uid),
        0x00080060: ("CS", identity.modality),
        0x00100040: ("CS", identity.sex),
        0x00101010: ("AS", age),
        0x00120062: ("CS", "YES"),
        0x00120063: ("LO", "\\".join(meaning for _code, meaning in methods)),
        0x0020000D: ("UI", identity.study_uid),
        0x0020000E: ("UI", identity.series_uid),
        0x00280303: ("CS", "REMOVED"),
    }
    encoded = {tag: writing.element(tag, vr, value.encode()) for tag, (vr, value) in common.items()}
    codes = writing.sequence(0x00120064, (_method(*pair) for pair in methods))
    body = joined(elements | encoded | {0x00120064: codes})
    start = _file_meta(identity.sop_class, identity.sop_uid, pixels.syntax) + body
    frames = [(len(start) + offset, length) for offset, length in pixels.frames]
    return Clean(identity, layout, pixels.syntax, [start, *pixels.parts], body, frames)


def described(layout: Layout) -> dict[int, bytes]:
    """Encode how pixels are laid out (Image Pixel module, PS3.3 C.7.6.3), by tag."""
    shorts = {
        0x00280002: layout.samples,
        0x00280010: layout.rows,
        0x00280011: layout.columns,
        0x00280100: layout.bits_allocated,
        0x00280101: layout.bits_stored,
        0x00280102: layout.high_bit,
        0x00280103: int(layout.signed),
    }
    if layout.planar is not None:
        shorts[0x00280006] = layout.planar
    encoded = {t: writing.element(t, "US", v.to_bytes(2, "little")) for t, v in shorts.items()}
    return encoded | {0x00280004: writing.element(0x00280004, "CS", layout.photometric.encode())}


def joined(elements: dict[int, bytes]) -> bytes:
    """Return encoded elements in ascending order of their tags (PS3.5 section 7.1)."""
    return b"".join(elements[tag] for tag in sorted(elements))


def _file_meta(sop_class: str, sop_uid: str, syntax: str) -> bytes:
    """Encode preamble, prefix and File Meta Information (PS3.10 section 7.1)."""
    elements = (
        writing.element(0x00020001, "OB", b"\0\1"),
        writing.element(0x00020002, "UI", sop_class.encode()),
        writing.element(0x00020003, "UI", sop_uid.encode()),
        writing.element(0x00020010, "UI", syntax.encode()),
        writing.element(0x00020012, "UI", IMPLEMENTATION_CLASS.encode()),
        writing.element(0x00020013, "SH", IMPLEMENTATION_VERSION.encode()),
    )
    body = b"".join(elements)
    length = writing.element(0x00020000, "UL", len(body).to_bytes(4, "little"))
    return bytes(128) + b"DICM" + length + body


def _method(code: str, meaning: str) -> bytes:
    return b"".join((
        writing.element(0x00080100, "SH", code.encode()),
        writing.element(0x00080102, "SH", b"DCM"),
        writing.element(0x00080104, "LO", meaning.encode()),
    ))  # fmt: skip
