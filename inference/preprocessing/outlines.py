"""Outlines and boxes on frames: masks, bounding boxes, crops.

A pixel i spans [i - 0.5, i + 0.5); a corner (3, 5) is the middle of column 3, row 5.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.contracts import LesionInput, Polygon, polygon_mask
from inference.errors import UnusableInput
from inference.preprocessing.spatial import resize

FrameBox = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, half-open; may reach beyond the frame."""


def rectangle(lesion: LesionInput) -> Polygon:
    """Return the outline of a box given in pixels of frame z."""
    x, y, _, dx, dy, _ = lesion.box
    left, right, top, bottom = x - dx / 2, x + dx / 2, y - dy / 2, y + dy / 2
    return (left, top), (right, top), (right, bottom), (left, bottom)


def polygon_box(polygon: Polygon) -> FrameBox:
    """Return the smallest box of whole pixels around a polygon."""
    corners = np.array(polygon)
    x0, y0 = np.floor(corners.min(axis=0) + 0.5 + 1e-6).astype(int).tolist()
    x1, y1 = np.ceil(corners.max(axis=0) + 0.5 - 1e-6).astype(int).tolist()
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def check_on_frame(polygon: Polygon, shape_yx: Sequence[int], what: str = "An outline") -> None:
    """Refuse an outline that holds no pixel of its frame.

    Raises
    ------
    UnusableInput
        ``outline_outside``.
    """
    if not polygon_mask(polygon, shape_yx).any():
        raise UnusableInput(
            "outline_outside",
            f"{what} lies outside its image of {shape_yx[1]} x {shape_yx[0]} pixels or holds none "
            "of them; draw it again on the right image.",
        )


def expanded(box: FrameBox, pixels: int) -> FrameBox:
    """Return a box larger by `pixels` on every side; smaller if below 0, one pixel at least."""
    x0, y0, x1, y1 = box
    x0, y0, x1, y1 = x0 - pixels, y0 - pixels, x1 + pixels, y1 + pixels
    if x1 <= x0:
        x0, x1 = (x0 + x1) // 2, (x0 + x1) // 2 + 1
    if y1 <= y0:
        y0, y1 = (y0 + y1) // 2, (y0 + y1) // 2 + 1
    return x0, y0, x1, y1


def squared(box: FrameBox) -> FrameBox:
    """Return the square of a box's longer side around its middle."""
    x0, y0, x1, y1 = box
    side = max(x1 - x0, y1 - y0)
    left, top = (x0 + x1 - side) // 2, (y0 + y1 - side) // 2
    return left, top, left + side, top + side


def crop(
    images: NDArray[np.generic], box: FrameBox, within: FrameBox | None = None
) -> NDArray[np.generic]:
    """Cut a box out of the last two axes, repeating the edge beyond the frame; a copy.

    `within` is the part of the frame that counts, all of it unless given.
    """
    x0, y0, x1, y1 = box
    left, top, right, bottom = within or (0, 0, images.shape[-1], images.shape[-2])
    rows = np.clip(np.arange(y0, y1), max(0, top), min(bottom, images.shape[-2]) - 1)
    columns = np.clip(np.arange(x0, x1), max(0, left), min(right, images.shape[-1]) - 1)
    return images[..., rows[:, None], columns[None, :]]


def crop_resized(images: NDArray[np.generic], box: FrameBox, side_px: int) -> NDArray[np.float32]:
    """Cut a box out of the last two axes and resize it to a square, (..., side, side) float32."""
    return resize(crop(images, box).astype(np.float32), (side_px, side_px))


def crop_affine(box: FrameBox, side_px: float, frame: int) -> NDArray[np.float64]:
    """Return (4, 4): index (x, y, 0, 1) in a resized crop to (column, row, frame) of the clip.

    `side_px` cells cover the box from edge to edge.
    """
    x0, y0, x1, y1 = box
    steps = (x1 - x0) / side_px, (y1 - y0) / side_px
    affine = np.diag([*steps, 1.0, 1.0])
    affine[:3, 3] = x0 - 0.5 + steps[0] / 2, y0 - 0.5 + steps[1] / 2, frame
    return affine
