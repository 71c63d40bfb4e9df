"""Index and patient space agree, whatever the orientation and spacing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.contracts import Box, Geometry

angles = st.floats(-np.pi, np.pi)
spacings = st.floats(0.2, 12.0)
offsets = st.floats(-500, 500)


def rotation(a: float, b: float, c: float) -> NDArray[np.float64]:
    def about(axis: int, angle: float) -> NDArray[np.float64]:
        turn = np.eye(3)
        i, j = [k for k in range(3) if k != axis]
        turn[i, i] = turn[j, j] = np.cos(angle)
        turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
        return turn

    return np.asarray(about(0, a) @ about(1, b) @ about(2, c))


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    affine = np.eye(4)
    axes = rotation(draw(angles), draw(angles), draw(angles))
    flips = np.array([draw(st.sampled_from((-1, 1))) for _ in range(3)])
    spacing = np.array([draw(spacings) for _ in range(3)])
    affine[:3, :3] = axes * flips * spacing
    affine[:3, 3] = [draw(offsets) for _ in range(3)]
    return Geometry(affine, (20, 30, 40))


@settings(max_examples=50, deadline=None)
@given(geometries(), st.tuples(*[st.floats(-50, 50)] * 3))
def test_index_and_world_are_inverse(geometry: Geometry, index: tuple[float, ...]) -> None:
    world = geometry.world_from_index(index)
    assert np.allclose(geometry.index_from_world(world), index, atol=1e-6)


@settings(max_examples=50, deadline=None)
@given(geometries(), st.tuples(*[st.integers(0, 15)] * 3), st.tuples(*[st.integers(1, 4)] * 3))
def test_a_voxel_box_survives_the_way_to_the_patient_and_back(
    geometry: Geometry, start: tuple[int, ...], size: tuple[int, ...]
) -> None:
    x0, y0, z0 = start
    box = (x0, y0, z0, x0 + size[0], y0 + size[1], z0 + size[2])
    back = geometry.pixel_box(geometry.world_box(box))
    assert np.all(np.array(back[:3]) <= box[:3])
    assert np.all(np.array(back[3:]) >= np.minimum(box[3:], geometry.shape_zyx[::-1]))


@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, -1), (-1, -1, 1), (1, 1, -1)])
def test_an_aligned_voxel_box_comes_back_exactly(flips: tuple[int, int, int]) -> None:
    affine = np.eye(4)
    affine[:3, :3] = np.diag(np.array(flips) * (0.7, 0.8, 5.0))
    geometry = Geometry(affine, (20, 30, 40))
    assert geometry.pixel_box(geometry.world_box((3, 4, 5, 10, 6, 9))) == (3, 4, 5, 10, 6, 9)


def test_spacing_is_along_x_y_z() -> None:
    affine = np.diag((0.7, 0.8, 5.0, 1.0))
    assert Geometry(affine, (2, 3, 4)).spacing_mm == pytest.approx((0.7, 0.8, 5.0))


def test_a_box_outside_the_volume_is_empty() -> None:
    x0, _, _, x1, _, _ = Geometry(np.eye(4), (5, 5, 5)).pixel_box(Box(100, 2, 2, 3, 3, 3))
    assert x0 == x1


@pytest.mark.parametrize(
    ("affine", "shape"),
    [
        (np.zeros((4, 4)), (1, 1, 1)),
        (np.eye(3), (1, 1, 1)),
        (np.full((4, 4), np.nan), (1, 1, 1)),
        (np.eye(4), (0, 1, 1)),
    ],
)
def test_impossible_geometry_is_refused(
    affine: NDArray[np.float64], shape: tuple[int, int, int]
) -> None:
    with pytest.raises(ValueError, match=r"affine|shape"):
        Geometry(affine, shape)
