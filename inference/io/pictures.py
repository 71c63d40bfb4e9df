"""JPEG and PNG slices of one folder: no Hounsfield units, no spacing, natural order."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.io.dicom import MOST_FRAME_PIXELS
from inference.io.problems import Problem, unusable

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def is_picture(path: Path) -> bool:
    """Return whether a file starts like JPEG or PNG."""
    with path.open("rb") as stream:
        head = stream.read(8)
    return head.startswith(_MAGIC)


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key under which 2.jpg comes before 10.jpg."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts]


def picture_shape(path: Path) -> tuple[int, int]:
    """Return rows and columns of a picture without decoding it.

    Raises
    ------
    UnusableInput
        ``broken_picture`` or ``implausible_size``.
    """
    try:
        with Image.open(path) as image:
            columns, rows = image.size
    except Exception as error:  # Pillow's plug-ins have their own errors
        raise unusable(Problem.BROKEN_PICTURE) from error
    if rows * columns > MOST_FRAME_PIXELS:
        raise unusable(Problem.IMPLAUSIBLE_SIZE, f"{columns} x {rows} pixels")
    return rows, columns


def load_pictures(paths: Sequence[Path], shape_yx: tuple[int, int]) -> NDArray[np.float32]:
    """Decode pictures of one size into a stack.

    Returns
    -------
    ndarray
        (z, y, x) float32 grey levels from 0 to 255, in the order of `paths`.

    Raises
    ------
    UnusableInput
        ``broken_picture``.
    """
    stack = np.empty((len(paths), *shape_yx), np.float32)
    for slot, path in enumerate(paths):
        try:
            with Image.open(path) as image:
                stack[slot] = np.asarray(_grey(image), np.float32)
        except Exception as error:
            raise unusable(Problem.BROKEN_PICTURE) from error
    return stack


def _grey(image: Image.Image) -> NDArray[np.float32]:
    if image.mode.startswith("I;16") or image.mode == "I":
        return np.asarray(image, np.float32) / np.float32(257)
    return np.asarray(image.convert("L"), np.float32)
