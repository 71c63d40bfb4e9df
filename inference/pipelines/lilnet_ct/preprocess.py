"""From volumes to LiLNet's input: grey levels, crops around a lesion, normalised tensors."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import PixelBox, Volume
from inference.pipelines.lilnet_ct.configuration import Configuration
from inference.preprocessing import normalise, window_hu
from inference.preprocessing.patches import PatchGrid, sample_patches

Floats = NDArray[np.float32]

THINNEST = 0.4
"""Slices whose cross-section of a lesion is thinner than this share of it aren't used."""


@dataclass(frozen=True, eq=False)
class CropStack:
    """Crops of one lesion in one volume.

    Parameters
    ----------
    images_zyx
        (n, side, side) float32 grey levels in [0, 1], one per slice through the lesion.
    affine
        (4, 4). Crop index (x, y, z, 1) to LPS mm, or to (column, row, slice) without geometry.
    volume
        Where they come from.
    """

    images_zyx: Floats
    affine: NDArray[np.float64]
    volume: Volume


def grey_levels(pixels: Floats, configuration: Configuration, *, calibrated: bool) -> Floats:
    """Map pixels to grey levels in [0, 1]; NaN (outside the image) becomes 0.

    Hounsfield units go through the configuration's window. Uncalibrated images are taken as
    already windowed to 8 bit, as the published code's input is, and divided by 255.
    """
    if calibrated:
        grey = window_hu(pixels, *configuration.window_hu)
    else:
        grey = np.clip(pixels / np.float32(255), 0, 1)
    return np.nan_to_num(grey, copy=False, nan=0.0)


def crop_lesion(
    volume: Volume, box_px: PixelBox, configuration: Configuration, side_px: int | None = None
) -> CropStack:
    """Cut a square around a lesion out of every slice through its box.

    Parameters
    ----------
    volume
        Volume to cut from.
    box_px
        Half-open voxel box with at least one slice.
    configuration
        Side and pixel size of the crop, window.
    side_px
        Another side than the configuration's; training cuts larger crops to turn and shift.
    """
    x0, y0, z0, x1, y1, z1 = box_px
    step = (1.0, 1.0)
    centre = ((x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2)
    if configuration.pixel_mm is not None:
        nominal = (configuration.nominal_pixel_mm,) * 2
        spacing = nominal if volume.geometry is None else volume.geometry.spacing_mm[:2]
        step = (configuration.pixel_mm / spacing[0], configuration.pixel_mm / spacing[1])
    else:
        # Native pixels are copied, not interpolated: the middle falls between two of them.
        centre = (np.floor(centre[0]) + 0.5, np.floor(centre[1]) + 0.5)
    grid = PatchGrid(centre, step, z0, side_px or configuration.crop_px)
    pixels = sample_patches(volume.array_zyx, grid, z1 - z0)
    affine = grid.index_affine()
    if volume.geometry is not None:
        affine = volume.geometry.affine @ affine
    return CropStack(
        grey_levels(pixels, configuration, calibrated=volume.calibrated), affine, volume
    )


def core_slices(box_px: PixelBox) -> PixelBox:
    """Cut off a box's outer slices where the lesion, as an ellipsoid, is thin; one at least stays.

    Networks are trained and asked on the same part of a lesion.
    """
    x0, y0, z0, x1, y1, z1 = box_px
    kept = [z for z in range(z0, z1) if relative_diameter(z, z0, z1) >= THINNEST]
    return x0, y0, min(kept), x1, y1, max(kept) + 1


def relative_diameter(z: int, z0: int, z1: int) -> float:
    """Return the diameter of an ellipsoid over [z0, z1) at slice z, relative to its largest."""
    height = (2 * z + 1 - z0 - z1) / (z1 - z0)
    return float(np.sqrt(max(0.0, 1 - height**2)))


def network_input(images: Floats | Tensor) -> Tensor:
    """Turn grey levels (n, h, w) in [0, 1] into the networks' input (n, 3, h, w) in [-1, 1].

    The three channels are views of the same memory.
    """
    scaled = torch.from_numpy(normalise(np.asarray(images)))
    return scaled[:, None].expand(-1, 3, -1, -1)
