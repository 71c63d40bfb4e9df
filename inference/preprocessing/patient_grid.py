"""Volumes on a coarse grid along the patient's axes, however they were acquired."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Geometry
from inference.contracts.geometry import bounding_box

Floats = NDArray[np.float32]


def patient_grid(geometry: Geometry, spacing_mm: float) -> Geometry:
    """Return the grid of cubic voxels along x, y and z (LPS) that covers a volume."""
    ends = np.array(list(product(*((-0.5, n - 0.5) for n in geometry.shape_zyx[::-1]))))
    box = bounding_box(geometry.world_from_index(ends))
    size = np.maximum(1, np.rint(box.size / spacing_mm)).astype(int)
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    affine[:3, 3] = box.centre - (size - 1) / 2 * spacing_mm
    return Geometry(affine, (int(size[2]), int(size[1]), int(size[0])))


def resample_onto(
    array_zyx: NDArray[np.generic], geometry: Geometry, target: Geometry, fill: float
) -> Floats:
    """Resample a volume onto a grid linearly; finer voxels are averaged before.

    Parameters
    ----------
    array_zyx
        (z, y, x).
    geometry
        Where its voxels lie; a tilted gantry is no hindrance.
    target
        Wanted grid.
    fill
        Value outside the volume.

    Returns
    -------
    ndarray
        (z, y, x) float32 on the target's grid.
    """
    wanted = min(target.spacing_mm)
    factors = [max(1, int(wanted / own)) for own in geometry.spacing_mm]
    small, coarse = _averaged(array_zyx.astype(np.float32, copy=False), geometry, factors)
    index = np.linalg.solve(coarse.affine, target.affine)  # target index -> source index, x y z
    resampled: Floats = ndimage.affine_transform(
        small,
        index[2::-1, 2::-1],
        index[2::-1, 3],
        output_shape=target.shape_zyx,
        order=1,
        mode="grid-constant",
        cval=fill,
    )
    return resampled


def _averaged(
    array_zyx: Floats, geometry: Geometry, factors_xyz: list[int]
) -> tuple[Floats, Geometry]:
    """Average blocks of voxels; a rest at the far ends is left out."""
    fx, fy, fz = (min(f, n) for f, n in zip(factors_xyz, geometry.shape_zyx[::-1], strict=True))
    nz, ny, nx = (n // f for n, f in zip(array_zyx.shape, (fz, fy, fx), strict=True))
    blocks = array_zyx[: nz * fz, : ny * fy, : nx * fx].reshape(nz, fz, ny, fy, nx, fx)
    scale = np.array([fx, fy, fz], np.float64)
    affine = np.array(geometry.affine)
    affine[:3, 3] = geometry.world_from_index((scale - 1) / 2)
    affine[:3, :3] *= scale
    small: Floats = blocks.mean(axis=(1, 3, 5), dtype=np.float32)
    return small, Geometry(affine, small.shape)
