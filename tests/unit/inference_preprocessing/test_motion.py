"""Translations between volumes: known shifts, turned contrast, nothing to go by."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Geometry
from inference.preprocessing.motion import Placed, translation_mm

SHIFT = np.array([3.0, -4.5, 7.0])


def scene(affine: NDArray[np.float64], shape: tuple[int, int, int], shift: object) -> Placed:
    """Return blobs of known places, displaced by `shift`, on a grid."""
    geometry = Geometry(affine, shape)
    z, y, x = np.indices(shape)
    points = geometry.world_from_index(np.stack([x, y, z], axis=-1)) - np.asarray(shift)
    rng = np.random.default_rng(5)
    image = np.zeros(shape)
    for centre, radius, level in zip(
        rng.uniform(-45, 45, (30, 3)), rng.uniform(5, 14, 30), rng.uniform(50, 150, 30), strict=True
    ):
        image[np.linalg.norm(points - centre, axis=-1) < radius] = level
    return Placed(ndimage.gaussian_filter(image, 0.7).astype(np.float32), geometry)


def axial(pixel: float, step: float, shape: tuple[int, int, int]) -> NDArray[np.float64]:
    affine = np.diag([pixel, pixel, step, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ (np.array(shape[::-1]) - 1) / 2
    return affine


def test_a_known_shift_is_found_between_different_grids_and_contrasts() -> None:
    shape, other = (40, 80, 80), (50, 64, 64)
    fixed = scene(axial(1.6, 4.0, shape), shape, (0, 0, 0))
    feet_first = axial(2.0, 3.2, other) @ np.diag([-1.0, 1.0, -1.0, 1.0])
    feet_first[:3, 3] = -feet_first[:3, :3] @ (np.array(other[::-1]) - 1) / 2
    moving = scene(feet_first, other, SHIFT)
    for image in (moving, Placed(400 - moving.array_zyx, moving.geometry)):
        found = translation_mm(fixed, image, (0, 0, 0), 40, 14)
        assert np.abs(found - SHIFT).max() < 1.0


def test_nothing_moves_where_nothing_is_seen() -> None:
    shape = (12, 40, 40)
    empty = Placed(np.full(shape, 7, np.float32), Geometry(axial(2.0, 4.0, shape), shape))
    seen = scene(axial(2.0, 4.0, shape), shape, (0, 0, 0))
    for fixed, moving in ((empty, seen), (seen, empty)):
        assert translation_mm(fixed, moving, (0, 0, 0), 20, 10).tolist() == [0, 0, 0]
    away = translation_mm(seen, seen, (500.0, 0, 0), 20, 10)
    assert away.tolist() == pytest.approx([0, 0, 0], abs=0.5)
