"""Why a file does not become part of a case: the closed list of codes, one sentence each.

The list is documented in docs/ingest.md; a test keeps both the same.
"""

from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    """What can happen to a file at ingest."""

    # The file is refused.
    EMPTY = "empty"
    NOT_AN_IMAGE_FILE = "not_an_image_file"
    SYSTEM_FILE = "system_file"
    VIDEO_FILE = "video_file"
    NESTED_ARCHIVE = "nested_archive"
    BROKEN_ARCHIVE = "broken_archive"
    ENCRYPTED = "encrypted"
    UNSAFE_PATH = "unsafe_path"
    LINK = "link"
    TOO_MANY_FILES = "too_many_files"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    UNREADABLE = "unreadable"
    BROKEN_HEADER = "broken_header"
    NO_PIXELS = "no_pixels"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    UNSUPPORTED_PIXELS = "unsupported_pixels"
    TRUNCATED = "truncated"
    UNDECODABLE = "undecodable"
    BROKEN_PICTURE = "broken_picture"
    BROKEN_VIDEO = "broken_video"
    VIDEO_TOO_LARGE = "video_too_large"
    OTHER_SIZE = "other_size"
    BROKEN_TABLE = "broken_table"
    DUPLICATE = "duplicate"
    SAME_UID = "same_uid"
    CASE_PINNED = "case_pinned"
    # The file is held back: its pixels may show a name.
    BURNED_IN_TEXT = "burned_in_text"
    SECONDARY_CAPTURE = "secondary_capture"
    ULTRASOUND_WITHOUT_REGIONS = "ultrasound_without_regions"


QUARANTINED = {Code.BURNED_IN_TEXT, Code.SECONDARY_CAPTURE, Code.ULTRASOUND_WITHOUT_REGIONS}

_HELD_BACK = _(
    "It was held back and not stored. Look at the picture: if no name shows, upload it again and "
    "confirm that you have checked."
)

SENTENCES: dict[Code, Promise] = {
    Code.EMPTY: _("The file is empty (0 bytes). Export it again."),
    Code.NOT_AN_IMAGE_FILE: _(
        "This is neither DICOM nor a picture (JPEG, PNG, BMP) nor a video (MP4, MPEG, AVI). Only "
        "these are read."
    ),
    Code.SYSTEM_FILE: _("The computer keeps this file for itself; it holds no image."),
    Code.VIDEO_FILE: _(
        "This kind of video is not read. Export it as MP4 (H.264), MPEG or AVI, or as DICOM."
    ),
    Code.NESTED_ARCHIVE: _(
        "Only the upload itself may be an archive (ZIP or tar). Unpack this one first."
    ),
    Code.BROKEN_ARCHIVE: _("The archive is damaged here. Pack it again."),
    Code.ENCRYPTED: _("This part of the archive needs a password. Pack it without one."),
    Code.UNSAFE_PATH: _("The file's path points outside the archive. Pack the folder again."),
    Code.LINK: _("This is a link or a device, not a file. Pack the file itself."),
    Code.TOO_MANY_FILES: _("The upload holds more than %(limit)s files. Upload it in parts."),
    Code.TOO_LARGE: _("The file is larger than %(limit)s MB. Upload a smaller export."),
    Code.BOMB: _(
        "The archive would unpack to %(size)s GB, more than %(limit)s GB. Upload it in parts."
    ),
    Code.UNREADABLE: _("The file can't be read. Check that it is there and may be opened."),
    Code.BROKEN_HEADER: _("The DICOM header is damaged (%(detail)s). Export the file again."),
    Code.NO_PIXELS: _("The DICOM file holds no image pixels."),
    Code.NOT_AN_IMAGE: _(
        "This DICOM object is not an image to read (%(kind)s); only images are taken."
    ),
    Code.UNSUPPORTED_ENCODING: _(
        "The pixels are stored in a way that is not supported (transfer syntax %(uid)s). "
        "Export as explicit little endian."
    ),
    Code.UNSUPPORTED_PIXELS: _(
        "This kind of pixel is not supported (%(detail)s). Export as 8 or 16 bit integers."
    ),
    Code.TRUNCATED: _(
        "The pixels are cut off: %(found)s of %(expected)s bytes or frames are there. "
        "Transfer the file again."
    ),
    Code.UNDECODABLE: _("The compressed pixels can't be decoded. Export the file uncompressed."),
    Code.BROKEN_PICTURE: _("The picture is damaged and can't be opened. Export it again."),
    Code.BROKEN_VIDEO: _(
        "The video is damaged, cut off or can't be decoded. Export it again as MP4 (H.264)."
    ),
    Code.VIDEO_TOO_LARGE: _(
        "The video is too long or too large to be decoded. Cut it to the part that matters."
    ),
    Code.OTHER_SIZE: _(
        "The picture is %(found)s, its folder's first is %(expected)s. Put it in its own folder."
    ),
    Code.BROKEN_TABLE: _(
        "The clinical table can't be read: it needs the columns case, variable, value, as UTF-8."
    ),
    Code.DUPLICATE: _("This image is already stored in case %(case)s."),
    Code.SAME_UID: _(
        "Case %(case)s already has another image with the same SOP Instance UID; "
        "the first one was kept."
    ),
    Code.CASE_PINNED: _(
        "Case %(case)s is part of a frozen study, so no image can be added to it any more."
    ),
    Code.BURNED_IN_TEXT: _("The header says that text is burned into the picture. %(then)s"),
    Code.SECONDARY_CAPTURE: _("A screen capture may show the patient's name. %(then)s"),
    Code.ULTRASOUND_WITHOUT_REGIONS: _(
        "An ultrasound picture without marked image regions may show the patient's name. %(then)s"
    ),
}


class Refusal(Exception):
    """A file that is not taken, and why.

    Parameters
    ----------
    code : Code
        What happened.
    **values
        What the sentence names: sizes, limits, a case's code. Never anything from a header
        that could identify a person.
    """

    def __init__(self, code: Code, **values: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.values = values

    @property
    def sentence(self) -> str:
        """The reason in plain words, in the reader's language."""
        return str(SENTENCES[self.code]) % {"then": _HELD_BACK, **self.values}

    def to_json(self, file: str) -> dict[str, str]:
        """Return the row of the report for a file."""
        return {"file": file, "code": self.code.value, "reason": self.sentence}
