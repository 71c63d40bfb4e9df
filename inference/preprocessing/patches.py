"""Square patches sampled from slices at any pixel size, with the map back to the patient."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class PatchGrid(NamedTuple):
    """Where a stack of patches lies in a volume, in voxels.

    Parameters
    ----------
    centre_xy
        Column and row of the patch's middle.
    step_xy
        Distance between patch pixels, in columns and rows.
    first_z
        Slice of the first patch; one patch per slice follows.
    side_px
        Pixels per side.
    """

    centre_xy: tuple[float, float]
    step_xy: tuple[float, float]
    first_z: int
    side_px: int

    def index_affine(self) -> NDArray[np.float64]:
        """Return (4, 4): patch index (x, y, z, 1) to voxel index (x, y, z, 1)."""
        affine = np.diag([*self.step_xy, 1.0, 1.0])
        middle = (self.side_px - 1) / 2
        affine[:2, 3] = np.array(self.centre_xy) - middle * np.array(self.step_xy)
        affine[2, 3] = self.first_z
        return affine


def sample_patches(array_zyx: NDArray[np.generic], grid: PatchGrid, n_slices: int) -> Floats:
    """Sample patches bilinearly.

    Parameters
    ----------
    array_zyx
        (z, y, x), any number type; only the slices needed are read.
    grid
        Where the patches lie.
    n_slices
        Number of slices from `grid.first_z` on.

    Returns
    -------
    ndarray
        (n_slices, side_px, side_px) float32; NaN beyond the volume's voxels.
    """
    slices = array_zyx[grid.first_z : grid.first_z + n_slices]
    columns, rows = (
        centre + step * (np.arange(grid.side_px) - (grid.side_px - 1) / 2)
        for centre, step in zip(grid.centre_xy, grid.step_xy, strict=True)
    )
    along_y = _interpolated(slices, rows, axis=1)
    return _interpolated(along_y, columns, axis=2)


def _interpolated(array: NDArray[np.generic], position: NDArray[np.floating], axis: int) -> Floats:
    last = array.shape[axis] - 1
    lower = np.clip(np.floor(position), 0, max(last - 1, 0)).astype(int)
    upper = np.minimum(lower + 1, last)
    shape = [1, 1, 1]
    shape[axis] = len(position)
    share = np.clip(position - lower, 0, 1).reshape(shape).astype(np.float32)
    below = np.take(array, lower, axis).astype(np.float32)
    result: Floats = below + share * (np.take(array, upper, axis) - below)
    outside = (position < -0.5) | (position > last + 0.5)
    result[(slice(None),) * axis + (outside,)] = np.nan
    return result
