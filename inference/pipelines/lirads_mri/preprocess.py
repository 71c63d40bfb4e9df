"""From MR volumes to the networks' inputs: equation 1, standardising, slices and crops."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Geometry, Volume
from inference.detection.slices import square_input
from inference.pipelines.lirads_mri.configuration import Configuration
from inference.preprocessing.patches import PatchGrid, sample_patches

Floats = NDArray[np.float32]

PERCENTILE = 99.0
USUAL_RANGE = 2.0
"""The 99th percentile has to exceed the floor by this factor for the floor to mean background."""
RELATIVE_FLOOR = 0.08
"""Floor as a share of the 99th percentile where the images' scale is another one; ours."""


class Scale(NamedTuple):
    """Limits of equation 1 for one volume: values from `low` to `high` become 0 to 1.

    `usual` is whether the paper's floor fits the images' scale.
    """

    low: float
    high: float
    usual: bool


@dataclass(frozen=True, eq=False)
class Crop:
    """A lesion's crop in one phase.

    Parameters
    ----------
    image_yx
        (side, side) float32 grey levels in [0, 1] by equation 1.
    affine
        (4, 4). Crop index (x, y, z, 1) to LPS mm, or to (column, row, slice) without geometry.
    volume
        Where it comes from.
    """

    image_yx: Floats
    affine: NDArray[np.float64]
    volume: Volume


def scale_of(volume: Volume, floor: float) -> Scale:
    """Return the limits of equation 1: the floor and the 99th percentile of the whole volume.

    MR has no units. Where the 99th percentile shows that a volume's scale isn't that of the
    paper's scanners, a share of it is the floor instead.
    """
    high = float(np.percentile(volume.array_zyx, PERCENTILE))
    if high >= USUAL_RANGE * floor:
        return Scale(floor, high, True)
    return Scale(RELATIVE_FLOOR * high, max(high, 1e-6), False)


def grey_levels(pixels: Floats, scale: Scale) -> Floats:
    """Apply equation 1: 0 below the floor, 1 above the 99th percentile; NaN becomes 0."""
    grey = (np.asarray(pixels, np.float32) - np.float32(scale.low)) / np.float32(
        max(scale.high - scale.low, 1e-6)
    )
    limited: Floats = np.nan_to_num(np.clip(grey, 0, 1), copy=False, nan=0.0)
    return limited


def standardised(grey: Tensor) -> Tensor:
    """Subtract each image's mean and divide by its standard deviation; (..., h, w)."""
    mean = grey.mean(dim=(-2, -1), keepdim=True)
    deviation = grey.std(dim=(-2, -1), keepdim=True)
    return (grey - mean) / deviation.clamp(min=1e-3)


def slice_inputs(grey_zyx: Floats, side_px: int) -> Tensor:
    """Turn grey slices into the segmenter's 2.5-D input.

    Parameters
    ----------
    grey_zyx
        (z, y, x) grey levels by equation 1.
    side_px
        Side of the result; slices are padded to squares and resized.

    Returns
    -------
    Tensor
        (z, 3, side, side): the slice below, the slice and the one above, each standardised; the
        outermost slices are their own neighbours.
    """
    squares = standardised(torch.from_numpy(square_input(grey_zyx, side_px)))
    below = torch.cat((squares[:1], squares[:-1]))
    above = torch.cat((squares[1:], squares[-1:]))
    return torch.stack((below, squares, above), dim=1)


def crop_inputs(grey: Tensor) -> Tensor:
    """Turn crops (n, h, w) in [0, 1] into (n, 3, h, w): standardised, three equal channels."""
    return standardised(grey)[:, None].expand(-1, 3, -1, -1)


def crop_side_mm(size_mm: float, configuration: Configuration) -> float:
    """Return the side of the crop around a lesion whose longer side on its slice is `size_mm`."""
    return max(configuration.margin * size_mm, configuration.least_crop_mm)


def crop_at(
    volume: Volume,
    centre_mm: NDArray[np.float64],
    side_mm: float,
    scale: Scale,
    side_px: int,
) -> Crop:
    """Cut a square out of the slice nearest to a point, resized to `side_px`.

    Parameters
    ----------
    centre_mm
        (3,) LPS mm; voxel indices without geometry.
    side_mm
        Side in the patient; pixels without geometry.
    scale
        Of the volume.
    """
    geometry = grid_of(volume)
    column, row, z = geometry.index_from_world(centre_mm).tolist()
    slice_z = int(np.clip(round(z), 0, volume.shape_zyx[0] - 1))
    step = side_mm / side_px
    spacing = geometry.spacing_mm
    grid = PatchGrid((column, row), (step / spacing[0], step / spacing[1]), slice_z, side_px)
    pixels = sample_patches(volume.array_zyx, grid, 1)
    affine = grid.index_affine()
    if volume.geometry is not None:
        affine = geometry.affine @ affine
    return Crop(grey_levels(pixels, scale)[0], affine, volume)


def grid_of(volume: Volume) -> Geometry:
    """Return the volume's geometry; without one voxel indices stand for millimetres."""
    depth, height, width = volume.shape_zyx
    return volume.geometry or Geometry(np.eye(4), (depth, height, width))
