"""What a file is, by its first bytes; names and extensions tell nothing."""

from enum import Enum

from pydicom.datadict import dictionary_has_tag

from webapp.imaging.rejection import Code, Refusal


class Kind(Enum):
    """Files that are read."""

    DICOM = "dicom"
    JPEG = "jpeg"
    PNG = "png"


_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_VIDEOS = (b"\0\0\1\xba", b"\0\0\1\xb3", b"\x1aE\xdf\xa3")


def kind_of(head: bytes) -> Kind:
    """Tell DICOM, JPEG and PNG apart.

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
    if head[:3] == b"\xff\xd8\xff":
        return Kind.JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return Kind.PNG
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        raise Refusal(Code.NESTED_ARCHIVE)
    if head.startswith(_VIDEOS) or head[4:8] == b"ftyp" or head[8:12] == b"AVI ":
        raise Refusal(Code.VIDEO_FILE)
    if _starts_like_a_data_set(head):
        return Kind.DICOM
    raise Refusal(Code.NOT_AN_IMAGE_FILE)


def _starts_like_a_data_set(head: bytes) -> bool:
    """Recognise DICOM without preamble: a known tag of group 2 or 8 with a sensible length."""
    group, element = (int.from_bytes(head[i : i + 2], "little") for i in (0, 2))
    if group not in (0x0002, 0x0008) or len(head) < 8:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    length = int.from_bytes(head[6:8] if explicit else head[4:8], "little")
    known = element == 0 or dictionary_has_tag((group << 16) | element)
    return known and length <= len(head)
