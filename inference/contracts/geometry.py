"""Where voxels lie in the patient: the affine of DICOM PS3.3 C.7.6.2.1.1."""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

PixelBox = tuple[int, int, int, int, int, int]
"""x0, y0, z0, x1, y1, z1 in voxels, half-open."""


class Box(NamedTuple):
    """Axis-parallel box, centre and full size along x, y and z (mm; pixels without geometry)."""

    x: float
    y: float
    z: float
    dx: float
    dy: float
    dz: float

    @property
    def centre(self) -> NDArray[np.float64]:
        """Centre, (3,)."""
        return np.array(self[:3], np.float64)

    @property
    def size(self) -> NDArray[np.float64]:
        """Full edge lengths, (3,)."""
        return np.array(self[3:], np.float64)

    def corners(self) -> NDArray[np.float64]:
        """The eight corners, (8, 3)."""
        signs = np.array(list(product((-0.5, 0.5), repeat=3)))
        return self.centre + signs * self.size


def bounding_box(points: ArrayLike) -> Box:
    """Return the smallest axis-parallel box around points (n, 3)."""
    array = np.asarray(points, np.float64)
    low, high = array.min(axis=0), array.max(axis=0)
    return Box(*((low + high) / 2).tolist(), *(high - low).tolist())


@dataclass(frozen=True, eq=False)
class Geometry:
    """Map between voxel indices and the patient.

    Parameters
    ----------
    affine
        (4, 4) float64. Takes the index (x, y, z, 1) of a voxel's centre, that is (column, row,
        slice), to DICOM patient coordinates in mm (PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1).
    shape_zyx
        Number of slices, rows and columns.

    Raises
    ------
    ValueError
        If the affine isn't an invertible (4, 4) matrix or the shape is empty.
    """

    affine: NDArray[np.float64]
    shape_zyx: tuple[int, int, int]

    def __post_init__(self) -> None:
        affine = np.array(self.affine, np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError("affine must be a finite (4, 4) matrix")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-9:
            raise ValueError("affine must be invertible")
        if len(self.shape_zyx) != 3 or min(self.shape_zyx) < 1:
            raise ValueError("shape_zyx must be three positive numbers")
        affine.setflags(write=False)
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape_zyx", tuple(int(n) for n in self.shape_zyx))

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between voxel centres along x, y and z in mm."""
        x, y, z = np.linalg.norm(self.affine[:3, :3], axis=0).tolist()
        return x, y, z

    def world_from_index(self, index_xyz: ArrayLike) -> NDArray[np.float64]:
        """Take voxel indices (..., 3), fractions allowed, to LPS mm (..., 3)."""
        index = np.asarray(index_xyz, np.float64)
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3])

    def index_from_world(self, position_mm: ArrayLike) -> NDArray[np.float64]:
        """Take LPS mm (..., 3) to fractional voxel indices (x, y, z) (..., 3)."""
        offset = np.asarray(position_mm, np.float64) - self.affine[:3, 3]
        return np.asarray(np.linalg.solve(self.affine[:3, :3], offset[..., None])[..., 0])

    def pixel_box(self, box_mm: Box) -> PixelBox:
        """Return the half-open voxel box around a box in mm, cut to the volume.

        A voxel i spans [i - 0.5, i + 0.5). A box outside the volume gives an empty range
        (x0 == x1, or y or z).
        """
        corners = self.index_from_world(box_mm.corners())
        limit = np.array(self.shape_zyx[::-1])
        low = np.clip(np.floor(corners.min(axis=0) + 0.5 + 1e-6), 0, limit).astype(int)
        high = np.clip(np.ceil(corners.max(axis=0) + 0.5 - 1e-6), 0, limit).astype(int)
        x0, y0, z0 = low.tolist()
        x1, y1, z1 = np.maximum(low, high).tolist()
        return x0, y0, z0, x1, y1, z1

    def world_box(self, box_px: PixelBox) -> Box:
        """Return the smallest axis-parallel box in mm around a half-open voxel box."""
        low, high = np.array(box_px[:3]) - 0.5, np.array(box_px[3:]) - 0.5
        index_box = Box(*((low + high) / 2).tolist(), *(high - low).tolist())
        return bounding_box(self.world_from_index(index_box.corners()))
