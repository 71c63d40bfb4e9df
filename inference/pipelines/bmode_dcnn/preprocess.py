"""From outlined frames to DCNN-US's input: grey levels, crops of outlined regions, tensors."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Clip, Polygon, polygon_mask
from inference.preprocessing import normalise
from inference.preprocessing.outlines import (
    FrameBox,
    crop_affine,
    crop_resized,
    expanded,
    polygon_box,
    squared,
)

Floats = NDArray[np.float32]

_LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601


@dataclass(frozen=True, eq=False)
class Region:
    """An outlined region as the networks see it.

    Parameters
    ----------
    image_yx
        (side, side) float32 grey levels in [0, 1], 0 outside the outline.
    outline_box
        Box around the outline, cut to the frame.
    affine
        (4, 4). Crop index (x, y, 0, 1) to (column, row, frame) of the clip.
    """

    image_yx: Floats
    outline_box: FrameBox
    affine: NDArray[np.float64]


def grey_frame(clip: Clip, frame: int) -> Floats:
    """Return one frame as grey levels in [0, 1], (y, x) float32; colour becomes luma."""
    pixels = clip.frames_tyxc[frame].astype(np.float32)
    grey = pixels @ _LUMA if pixels.shape[2] == 3 else pixels[..., 0]
    return np.asarray(grey / np.float32(255), np.float32)


def cut_region(
    frame_yx: Floats, outline: Polygon, side_px: int, *, frame: int = 0, reach: float = 1.0
) -> Region:
    """Cut an outlined region out of a frame: black outside the outline, a square around it.

    Parameters
    ----------
    frame_yx
        Grey levels.
    outline
        In pixels of the frame.
    side_px
        Side of the result.
    frame
        Number of the frame, for the affine.
    reach
        Side of the square relative to the outline's longer side; training cuts larger squares, to
        turn and shift them.
    """
    x0, y0, x1, y1 = polygon_box(outline)
    height, width = frame_yx.shape
    outline_box = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    box = squared((x0, y0, x1, y1))
    box = expanded(box, round((reach - 1) / 2 * (box[2] - box[0])))
    inside = polygon_mask(outline, frame_yx.shape)
    # Beyond the frame a crop repeats its edge: the black border keeps an outline there from that.
    padded = np.pad(np.where(inside, frame_yx, np.float32(0)), 1)
    image = crop_resized(padded, (box[0] + 1, box[1] + 1, box[2] + 1, box[3] + 1), side_px)
    return Region(image, outline_box, crop_affine(box, side_px, frame))


def mean_grey(frame_yx: Floats, outline: Polygon) -> float:
    """Return the mean grey level inside an outline; NaN if no pixel's middle is inside."""
    inside = polygon_mask(outline, frame_yx.shape)
    return float(frame_yx[inside].mean()) if inside.any() else float("nan")


def network_input(images: Floats | Tensor) -> Tensor:
    """Turn grey levels (n, h, w) in [0, 1] into input (n, 3, h, w) in [-1, 1]; channels share."""
    scaled = torch.from_numpy(normalise(np.asarray(images)))
    return scaled[:, None].expand(-1, 3, -1, -1)


def pair_input(lesions: Floats | Tensor, backgrounds: Floats | Tensor) -> Tensor:
    """Return Model-LB's input (n, 6, h, w) for crops of lesions and backgrounds (n, h, w)."""
    return torch.cat([network_input(lesions), network_input(backgrounds)], dim=1)
