"""Where the liver is, so that finds outside it are dropped (paper: Methods, 3-D segmentation)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.contracts import Box, Geometry, Volume
from inference.preprocessing import window_hu
from inference.preprocessing.patient_grid import patient_grid, resample_onto

SPACING_MM = 8.0
"""The liver is segmented on cubic voxels of this size along the patient's axes."""

AIR_HU = -1024.0
WINDOW_HU = (60.0, 400.0)
LEAST_ML = 300.0
"""A smaller liver is taken for none found: adult livers measure 1000 ml and more."""

LEAST_SHARE = 0.25
"""Part of a box that must lie in the liver; lesions may bulge over its surface. Ours."""


@dataclass(frozen=True, eq=False)
class LiverMask:
    """The liver of one volume.

    Parameters
    ----------
    mask_zyx
        (z, y, x) of `geometry`.
    """

    mask_zyx: NDArray[np.bool_]
    geometry: Geometry

    @property
    def volume_ml(self) -> float:
        """Size in millilitres."""
        return float(self.mask_zyx.sum() * np.prod(self.geometry.spacing_mm) / 1000)

    def share_inside(self, box: Box) -> float:
        """Return the part of a box (LPS mm) that lies in the liver; 0 for one outside the grid."""
        x0, y0, z0, x1, y1, z1 = self.geometry.pixel_box(box)
        inside = self.mask_zyx[z0:z1, y0:y1, x0:x1]
        return float(inside.mean()) if inside.size else 0.0


def liver_input(volume: Volume) -> tuple[Tensor, Geometry]:
    """Return a calibrated volume as the network takes it, in [-0.5, 0.5], and its coarse grid."""
    assert volume.geometry is not None
    grid = patient_grid(volume.geometry, SPACING_MM)
    coarse = resample_onto(volume.array_zyx, volume.geometry, grid, AIR_HU)
    return torch.from_numpy(window_hu(coarse, *WINDOW_HU) - np.float32(0.5)), grid


def find_liver(network: nn.Module, volume: Volume) -> LiverMask | None:
    """Segment the liver; None where voxels have no place or no Hounsfield units, or none is found.

    Parameters
    ----------
    network
        `inference.layers.unet3d.UNet3d` in float32.
    """
    if volume.geometry is None or not volume.calibrated:
        return None
    image, grid = liver_input(volume)
    device = next(network.parameters()).device
    with torch.inference_mode():
        logits = network(image[None, None].to(device))[0, 0]
    found = LiverMask((logits > 0).cpu().numpy(), grid)
    return found if found.volume_ml >= LEAST_ML else None


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return twice the overlap over the sum of two masks; 1 for two empty ones."""
    total = int(one.sum()) + int(other.sum())
    return 2 * int((one & other).sum()) / total if total else 1.0
