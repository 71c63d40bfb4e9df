"""Painting simple solids on a voxel grid, in anatomical coordinates.

Anatomical coordinates are LPS mm relative to an origin inside the patient (+x left, +y back,
+z head). Shapes are evaluated only inside their bounding box, so that a case costs little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from inference.contracts import Geometry
from inference.contracts.geometry import bounding_box

Labels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Coordinates = tuple[Floats, Floats, Floats]
Window = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Grid:
    """A voxel grid seen from the anatomy.

    Parameters
    ----------
    geometry
        The image's geometry.
    origin_mm
        Anatomical origin in LPS mm, (3,).
    """

    geometry: Geometry
    origin_mm: NDArray[np.float64]

    def moved(self, shift_mm: ArrayLike) -> "Grid":
        """Return the grid for anatomy displaced by `shift_mm` (3,)."""
        return Grid(self.geometry, self.origin_mm + np.asarray(shift_mm, np.float64))

    def window(self, centre: ArrayLike, half: ArrayLike) -> Window:
        """Return z, y, x slices of the voxels around a box (centre, half size; anatomical mm)."""
        middle, reach = np.asarray(centre, np.float64), np.asarray(half, np.float64)
        box = bounding_box([self.origin_mm + middle - reach, self.origin_mm + middle + reach])
        x0, y0, z0, x1, y1, z1 = self.geometry.pixel_box(box)
        return slice(z0, z1), slice(y0, y1), slice(x0, x1)

    def whole(self) -> Window:
        """Return the slices of the whole grid."""
        z, y, x = (slice(0, n) for n in self.geometry.shape_zyx)
        return z, y, x

    def coordinates(self, window: Window) -> Coordinates:
        """Return anatomical x, y, z of the window's voxels, broadcastable to its (z, y, x).

        Axes along which a coordinate doesn't change have length 1: an axial grid stays cheap.
        """
        affine = self.geometry.affine
        steps = [
            np.arange(cut.start, cut.stop).reshape([-1 if axis == k else 1 for k in range(3)])
            for axis, cut in enumerate(window)
        ]
        found = []
        for row in range(3):
            value: NDArray[np.float64] = np.full((1, 1, 1), affine[row, 3] - self.origin_mm[row])
            for axis, step in enumerate(steps):
                slope = affine[row, 2 - axis]
                if abs(slope) > 1e-9:
                    value = value + slope * step
            found.append(value.astype(np.float32))
        x, y, z = found
        return x, y, z


def quadric(at: Coordinates, centre: ArrayLike, semi_axes: ArrayLike) -> Floats:
    """Return ((x - cx) / a)^2 + ((y - cy) / b)^2 + ((z - cz) / c)^2: below 1 inside."""
    total: Floats = np.zeros((1, 1, 1), np.float32)
    for value, middle, semi in zip(
        at, np.asarray(centre, np.float32), np.asarray(semi_axes, np.float32), strict=True
    ):
        if np.isfinite(semi):
            total = total + np.square((value - middle) / semi)
    return total


def paint_ellipsoid(
    labels: Labels, grid: Grid, centre: ArrayLike, semi_axes: ArrayLike, label: int
) -> None:
    """Write `label` inside an ellipsoid; an infinite semi-axis makes it a cylinder."""
    semi = np.asarray(semi_axes, np.float64)
    reach = np.where(np.isfinite(semi), semi, 1e5)
    window = grid.window(centre, reach)
    inside = quadric(grid.coordinates(window), centre, semi) < 1
    view = labels[window]
    view[np.broadcast_to(inside, view.shape)] = label


def paint_tube(
    labels: Labels,
    grid: Grid,
    ends: tuple[ArrayLike, ArrayLike],
    radii: tuple[float, float],
    label: int,
    only: int | None = None,
) -> None:
    """Write `label` inside a tapering tube between two points.

    Parameters
    ----------
    ends
        The two ends, anatomical mm.
    radii
        Radius at each end in mm.
    only
        Paint only over this label; None paints over everything.
    """
    start, stop = (np.asarray(end, np.float64) for end in ends)
    axis = stop - start
    window = grid.window((start + stop) / 2, np.abs(axis) / 2 + max(radii))
    view = labels[window]
    if view.size == 0:
        return
    x, y, z = (
        value - np.float32(s) for value, s in zip(grid.coordinates(window), start, strict=True)
    )
    ax, ay, az = (axis / (axis @ axis)).astype(np.float32)
    along = np.clip(x * ax + y * ay + z * az, 0, 1)
    gap = sum(
        np.square(value - along * np.float32(step))
        for value, step in zip((x, y, z), axis, strict=True)
    )
    radius = np.float32(radii[0]) + along * np.float32(radii[1] - radii[0])
    inside = gap < np.square(radius)
    if only is not None:
        inside &= view == only
    view[inside] = label


def smooth_field(
    rng: np.random.Generator, shape_zyx: tuple[int, int, int], cells_zyx: tuple[int, int, int]
) -> Floats:
    """Return a smooth random field: unit normal values on a coarse lattice, interpolated.

    Parameters
    ----------
    rng
        Source of chance.
    shape_zyx
        Wanted shape.
    cells_zyx
        Lattice cells along each axis; fewer cells, larger blobs.

    Returns
    -------
    ndarray
        (z, y, x) float32, mean about 0, standard deviation about 0.6.
    """
    field = rng.standard_normal(tuple(n + 1 for n in cells_zyx), dtype=np.float32)
    for n, cells in zip(shape_zyx[::-1], cells_zyx[::-1], strict=True):
        position = (np.arange(n) + 0.5) * cells / n
        left = np.minimum(position.astype(int), cells - 1)
        blend = 0.5 - 0.5 * np.cos(np.pi * (position - left))
        weights = np.zeros((cells + 1, n), np.float32)
        weights[left, np.arange(n)] = 1 - blend
        weights[left + 1, np.arange(n)] += blend.astype(np.float32)
        field = np.tensordot(field, weights, axes=(2, 0)).transpose(2, 0, 1)
    return np.ascontiguousarray(field)


def grainy_noise(
    rng: np.random.Generator, shape_zyx: tuple[int, int, int], grain_px: float, deviation: float
) -> Floats:
    """Return noise correlated within slices, (z, y, x) float32, of a given standard deviation.

    Parameters
    ----------
    rng
        Source of chance.
    shape_zyx
        Wanted shape.
    grain_px
        Standard deviation of the Gaussian that gives the noise its grain, in pixels.
    """
    noise = rng.standard_normal(shape_zyx, dtype=np.float32)
    for axis in (1, 2):
        noise = ndimage.gaussian_filter1d(noise, grain_px, axis=axis, mode="wrap", truncate=2.5)
    noise *= np.float32(deviation) / noise.std()
    return noise
