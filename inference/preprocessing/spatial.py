"""Cropping, resizing and resampling."""

from collections.abc import Sequence

import numpy as np
import SimpleITK as sitk
import torch
from numpy.typing import NDArray
from torch.nn import functional

from inference.contracts import Geometry

Floats = NDArray[np.float32]


def crop_square(
    images: Floats, centre_xy: Sequence[float], side_px: int, fill: float | None = None
) -> Floats:
    """Cut a square out of the last two axes.

    Parameters
    ----------
    images
        (..., y, x).
    centre_xy
        Column and row of the centre in pixels, fractions allowed
        (`Geometry.index_from_world` of a centre in mm).
    side_px
        Side of the square.
    fill
        Value beyond the image's edge; None repeats the edge.

    Returns
    -------
    ndarray
        (..., side_px, side_px); a copy.
    """
    columns, rows = (
        int(np.floor(centre - (side_px - 1) / 2 + 0.5)) + np.arange(side_px) for centre in centre_xy
    )
    height, width = images.shape[-2:]
    inside_y, inside_x = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    crop = images[..., inside_y[:, None], inside_x[None, :]]
    if fill is not None:
        outside = (rows != inside_y)[:, None] | (columns != inside_x)[None, :]
        crop[..., outside] = fill
    return crop


def resize(images: Floats, shape_yx: tuple[int, int]) -> Floats:
    """Resize the last two axes bilinearly, with an antialiasing filter when shrinking.

    Parameters
    ----------
    images
        (..., y, x) float32.
    shape_yx
        Wanted rows and columns.

    Returns
    -------
    ndarray
        (..., *shape_yx) float32.
    """
    if images.shape[-2:] == tuple(shape_yx):
        return np.array(images, np.float32)
    stack = np.ascontiguousarray(images, np.float32).reshape(-1, 1, *images.shape[-2:])
    resized = functional.interpolate(
        torch.from_numpy(stack), shape_yx, mode="bilinear", antialias=True, align_corners=False
    )
    return resized.numpy().reshape(*images.shape[:-2], *shape_yx)


def resample(
    array_zyx: Floats,
    geometry: Geometry,
    spacing_mm: Sequence[float],
    fill: float = -1024.0,
) -> tuple[Floats, Geometry]:
    """Resample a volume to another voxel size with linear interpolation (SimpleITK).

    The first voxel stays where it is; the grid covers the volume's voxel centres.

    Parameters
    ----------
    array_zyx
        (z, y, x) float32.
    geometry
        Where the voxels lie.
    spacing_mm
        Wanted distance between voxel centres along x, y and z in mm.
    fill
        Value outside the volume.

    Returns
    -------
    tuple of ndarray and Geometry
        The resampled volume and its geometry.
    """
    old, new = np.array(geometry.spacing_mm), np.array(spacing_mm, np.float64)
    shape_xyz = np.array(geometry.shape_zyx[::-1])
    size = np.maximum(1, np.floor((shape_xyz - 1) * old / new + 1 + 1e-6)).astype(int)
    image = sitk.GetImageFromArray(array_zyx)
    image.SetSpacing(old.tolist())
    resampled = sitk.Resample(
        image,
        size.tolist(),
        sitk.Transform(),
        sitk.sitkLinear,
        image.GetOrigin(),
        new.tolist(),
        image.GetDirection(),
        fill,
        sitk.sitkFloat32,
    )
    affine = np.array(geometry.affine)
    affine[:3, :3] *= new / old
    shape_zyx = int(size[2]), int(size[1]), int(size[0])
    return sitk.GetArrayFromImage(resampled), Geometry(affine, shape_zyx)


def resample_onto(array_zyx: Floats, geometry: Geometry, target: Geometry) -> Floats:
    """Resample a volume onto another grid, turned or shifted at will (SimpleITK, linear).

    Parameters
    ----------
    array_zyx
        (z, y, x) float32.
    geometry, target
        Where the voxels lie, and where they are wanted.

    Returns
    -------
    ndarray
        (z, y, x) float32 on the grid of `target`; outside the volume its nearest voxel.
    """
    image = sitk.GetImageFromArray(np.ascontiguousarray(array_zyx, np.float32))
    # Both images lie on index coordinates; the transform takes the target's to the volume's.
    across = np.linalg.solve(geometry.affine, target.affine)
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(across[:3, :3].ravel().tolist())
    transform.SetTranslation(across[:3, 3].tolist())
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize([int(n) for n in target.shape_zyx[::-1]])
    resampler.SetTransform(transform)
    resampler.SetInterpolator(sitk.sitkLinear)
    resampler.SetUseNearestNeighborExtrapolator(True)
    return np.asarray(sitk.GetArrayFromImage(resampler.Execute(image)), np.float32)
