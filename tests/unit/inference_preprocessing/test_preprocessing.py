"""Windowing, cropping, resizing and resampling against values worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.contracts import Geometry
from inference.preprocessing import crop_square, normalise, resample, resize, window_hu


def test_a_window_maps_its_edges_to_zero_and_one() -> None:
    hu = np.array([-2000, -110, 90, 290, 3000], np.float32)
    assert window_hu(hu, 90, 400).tolist() == [0, 0, 0.5, 1, 1]
    with pytest.raises(ValueError, match="width"):
        window_hu(hu, 90, 0)


def test_normalising_is_lilnets_by_default() -> None:
    assert normalise(np.array([0, 0.5, 1], np.float32)).tolist() == [-1, 0, 1]


@settings(max_examples=50, deadline=None)
@given(st.floats(-6, 16), st.floats(-6, 16), st.integers(1, 12))
def test_a_crop_holds_the_pixels_around_its_centre(x: float, y: float, side: int) -> None:
    rows, columns = np.mgrid[:10, :12]
    image = np.stack([rows, columns]).astype(np.float32)
    crop = crop_square(image, (x, y), side)
    assert crop.shape == (2, side, side)
    middle = (crop[1].min() + crop[1].max()) / 2, (crop[0].min() + crop[0].max()) / 2
    reach = (side - 1) / 2
    if reach <= x <= 11 - reach and reach <= y <= 9 - reach:
        assert np.abs(np.array(middle) - (x, y)).max() <= 0.5


def test_beyond_the_edge_a_crop_repeats_or_fills() -> None:
    image = np.arange(4, dtype=np.float32).reshape(2, 2)
    assert crop_square(image, (0, 0), 3).tolist() == [[0, 0, 1], [0, 0, 1], [2, 2, 3]]
    assert crop_square(image, (0, 0), 3, fill=-1)[0].tolist() == [-1, -1, -1]
    assert image.tolist() == [[0, 1], [2, 3]]


def test_resizing_keeps_level_and_antialiases() -> None:
    flat = resize(np.full((2, 64, 48), 7, np.float32), (20, 16))
    assert flat.shape == (2, 20, 16)
    assert np.allclose(flat, 7, atol=1e-4)
    checks = np.indices((64, 64)).sum(axis=0) % 2
    assert np.abs(resize(checks.astype(np.float32), (16, 16))[4:-4, 4:-4] - 0.5).max() < 0.05


def test_resampling_a_linear_field_is_exact_and_stays_in_place() -> None:
    affine = np.diag((0.5, 0.5, 4.0, 1.0))
    affine[:3, 3] = 10, 20, 30
    geometry = Geometry(affine, (6, 21, 31))
    z, y, x = np.indices(geometry.shape_zyx)
    world = geometry.world_from_index(np.stack([x, y, z], axis=-1))
    field = (world @ (1.0, 2.0, 3.0)).astype(np.float32)
    array, made = resample(field, geometry, (1, 1, 1))
    assert array.shape == made.shape_zyx == (21, 11, 16)
    z, y, x = np.indices(made.shape_zyx)
    expected = made.world_from_index(np.stack([x, y, z], axis=-1)) @ (1.0, 2.0, 3.0)
    assert np.abs(array - expected).max() < 1e-3
