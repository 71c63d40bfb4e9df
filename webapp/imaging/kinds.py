"""What a file is, by its first bytes; names and extensions tell nothing."""

from enum import Enum

from pydicom.datadict import dictionary_has_tag

from inference.io.videos import container_of
from webapp.imaging.rejection import Code, Refusal


class Kind(Enum):
    """Files that are read."""

    DICOM = "dicom"
    PICTURE = "picture"
    VIDEO = "video"


_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_OTHER_VIDEOS = (b"\x1aE\xdf\xa3", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")  # Matroska, WMV
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)


def kind_of(head: bytes) -> Kind:
    """Tell DICOM, pictures (JPEG, PNG, BMP) and videos apart.

    Parameters
    ----------
    head
        The file's first bytes, 1 KiB or all there are.

    Raises
    ------
    Refusal
        ``empty``, ``nested_archive``, ``video_file`` or ``not_an_image_file``.
    """
    if not head:
        raise Refusal(Code.EMPTY)
    if head[128:132] == b"DICM":
        return Kind.DICOM
    if head.startswith(_PICTURES) or _is_bitmap(head):
        return Kind.PICTURE
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        raise Refusal(Code.NESTED_ARCHIVE)
    if container_of(head) is not None:
        return Kind.VIDEO
    if head.startswith(_OTHER_VIDEOS):
        raise Refusal(Code.VIDEO_FILE)
    if _starts_like_a_data_set(head):
        return Kind.DICOM
    raise Refusal(Code.NOT_AN_IMAGE_FILE)


def _is_bitmap(head: bytes) -> bool:
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS


def _starts_like_a_data_set(head: bytes) -> bool:
    """Recognise DICOM without preamble: a known tag of group 2 or 8 with a sensible length."""
    group, element = (int.from_bytes(head[i : i + 2], "little") for i in (0, 2))
    if group not in (0x0002, 0x0008) or len(head) < 8:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    length = int.from_bytes(head[6:8] if explicit else head[4:8], "little")
    known = element == 0 or dictionary_has_tag((group << 16) | element)
    return known and length <= len(head)
