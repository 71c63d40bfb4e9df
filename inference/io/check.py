"""Whether a file can be used as an image, told before anyone relies on it."""

from pathlib import Path

from pydicom.dataset import Dataset

from inference.io.dicom import check_layout, decode_frames, read_file
from inference.io.headers import n_frames
from inference.io.problems import Problem, unusable


def decodable(image: Dataset | Path) -> None:
    """Check that a DICOM file or data set holds pixels that really decode.

    The header is checked before anything is allocated; then the first, the middle and the last
    frame are decoded.

    Parameters
    ----------
    image
        A path, or a data set with pixels and a transfer syntax.

    Raises
    ------
    UnusableInput
        With a code of `inference.io.problems.Problem`: empty, not_dicom, dicomdir,
        broken_header, encrypted, no_pixels, unsupported_pixels, unsupported_transfer_syntax,
        implausible_size, truncated or undecodable.
    """
    if isinstance(image, Path):
        dataset = read_file(image)
    else:
        dataset = image
        check_layout(dataset)
    total = n_frames(dataset)
    chosen = sorted({0, total // 2, total - 1})
    if sum(1 for _ in decode_frames(dataset, chosen)) != len(chosen):
        raise unusable(Problem.TRUNCATED, "fewer frames than the header states")
