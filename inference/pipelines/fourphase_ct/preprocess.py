"""From volumes to the network's input: 1 mm voxels, lesion and surroundings, pseudo-colour."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Box, Geometry, Volume
from inference.pipelines.fourphase_ct.configuration import MARGIN_MM, VOXEL_MM, Configuration
from inference.preprocessing import resample_onto, resize

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LesionCrop:
    """A lesion and its surroundings in one phase.

    Parameters
    ----------
    hu_zyx
        (slices, side, side) float32 HU; slices run to the head, rows to the back, columns to the
        left of the patient.
    affine
        (4, 4). Crop index (x, y, z, 1) to LPS mm.
    volume
        Where it comes from.
    """

    hu_zyx: Floats
    affine: NDArray[np.float64]
    volume: Volume


def crop_grid(box_mm: Box) -> Geometry:
    """Return the grid of 1 mm voxels along the patient's axes over a box and 10 mm around it."""
    extent = box_mm.size + 2 * MARGIN_MM
    counts = np.maximum(1, np.rint(extent / VOXEL_MM)).astype(int)
    affine = np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0])
    affine[:3, 3] = box_mm.centre - (counts - 1) / 2 * VOXEL_MM
    return Geometry(affine, (int(counts[2]), int(counts[1]), int(counts[0])))


def crop_lesion(volume: Volume, box_mm: Box, shape_zyx: tuple[int, int, int]) -> LesionCrop:
    """Cut a lesion and 10 mm around it out of a volume, at 1 mm, and resize it.

    Every phase is sampled on the same grid in the patient, whatever its own voxels are; breathing
    between phases isn't corrected, as in the paper.

    Parameters
    ----------
    volume
        With geometry.
    box_mm
        The lesion, LPS mm.
    shape_zyx
        Wanted slices, rows and columns.
    """
    assert volume.geometry is not None, "selected volumes have a geometry"
    grid = crop_grid(box_mm)
    region, geometry = _around(volume, volume.geometry, grid)
    cube = resize(resample_onto(region, geometry, grid), shape_zyx[1:])
    upright = resize(cube.transpose(1, 0, 2), (shape_zyx[0], shape_zyx[2])).transpose(1, 0, 2)
    scale = np.array(grid.shape_zyx[::-1]) / np.array(shape_zyx[::-1])
    to_grid = np.diag([*scale, 1.0])
    to_grid[:3, 3] = (scale - 1) / 2
    return LesionCrop(np.ascontiguousarray(upright), grid.affine @ to_grid, volume)


def pseudo_colour(hu: Tensor, configuration: Configuration) -> Tensor:
    """Return three channels of each slice: two windows, and the original image.

    Parameters
    ----------
    hu
        (..., h, w) HU.

    Returns
    -------
    Tensor
        (..., 3, h, w) float32 in [-1, 1]: (grey level in [0, 1] - 0.5) / 0.5.
    """
    low, high = configuration.original_hu
    ranges = ((c - w / 2, c + w / 2) for c, w in configuration.windows_hu)
    channels = [((hu - a) / (b - a)).clamp(0, 1) for a, b in (*ranges, (low, high))]
    return torch.stack(channels, dim=-3) * 2 - 1


def _around(volume: Volume, geometry: Geometry, grid: Geometry) -> tuple[Floats, Geometry]:
    """The part of a volume that the grid lies in, a voxel more on each side, never empty."""
    corners = geometry.index_from_world(grid.world_from_index(_corners(grid)))
    limit = np.array(volume.shape_zyx[::-1])
    low = np.clip(np.floor(corners.min(axis=0)) - 1, 0, limit - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 2, low + 1, limit).astype(int)
    region = volume.array_zyx[low[2] : high[2], low[1] : high[1], low[0] : high[0]]
    affine = np.array(geometry.affine)
    affine[:3, 3] = geometry.world_from_index(low)
    depth, height, width = region.shape
    return region, Geometry(affine, (depth, height, width))


def _corners(grid: Geometry) -> NDArray[np.float64]:
    last = np.array(grid.shape_zyx[::-1]) - 1
    return np.array(np.meshgrid(*((0, n) for n in last))).reshape(3, -1).T.astype(np.float64)
