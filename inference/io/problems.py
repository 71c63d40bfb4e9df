"""Why a file can't be used: the closed list of codes, with one plain sentence each."""

from enum import StrEnum

from inference.errors import UnusableInput


class Problem(StrEnum):
    """What `inference.io.check.decodable` and the readers refuse a file for."""

    EMPTY = "empty"
    NOT_DICOM = "not_dicom"
    DICOMDIR = "dicomdir"
    BROKEN_HEADER = "broken_header"
    ENCRYPTED = "encrypted"
    NO_PIXELS = "no_pixels"
    UNSUPPORTED_PIXELS = "unsupported_pixels"
    UNSUPPORTED_TRANSFER_SYNTAX = "unsupported_transfer_syntax"
    IMPLAUSIBLE_SIZE = "implausible_size"
    TRUNCATED = "truncated"
    UNDECODABLE = "undecodable"
    BROKEN_PICTURE = "broken_picture"
    BROKEN_VIDEO = "broken_video"
    VIDEO_TOO_LARGE = "video_too_large"


SENTENCES = {
    Problem.EMPTY: "The file is empty; export it again.",
    Problem.NOT_DICOM: "The file isn't DICOM; only DICOM, JPEG and PNG images are read.",
    Problem.DICOMDIR: "A DICOMDIR only lists files; give the images it lists.",
    Problem.BROKEN_HEADER: "The DICOM header is damaged ({detail}); export the file again.",
    Problem.ENCRYPTED: "The DICOM file is encrypted; export it without encryption.",
    Problem.NO_PIXELS: "The DICOM file holds no pixels; give image files.",
    Problem.UNSUPPORTED_PIXELS: "This kind of pixel isn't supported ({detail}); export as 8 or "
    "16 bit integers.",
    Problem.UNSUPPORTED_TRANSFER_SYNTAX: "The pixels' encoding isn't supported (transfer syntax "
    "{detail}); export as explicit little endian.",
    Problem.IMPLAUSIBLE_SIZE: "The header claims an implausible image size ({detail}); export the "
    "file again.",
    Problem.TRUNCATED: "The pixels are cut off ({detail}); transfer the file again.",
    Problem.UNDECODABLE: "The compressed pixels can't be decoded; export the file uncompressed.",
    Problem.BROKEN_PICTURE: "The picture is damaged and can't be opened; export it again.",
    Problem.BROKEN_VIDEO: "The video is damaged, cut off or can't be decoded; export it again as "
    "MP4 (H.264).",
    Problem.VIDEO_TOO_LARGE: "The video is too long or too large to be decoded; cut it to the "
    "part that matters.",
}


def unusable(problem: Problem, detail: str = "") -> UnusableInput:
    """Return the error for a problem; `detail` is a value found, never a name or a path."""
    return UnusableInput(problem.value, SENTENCES[problem].format(detail=detail))
