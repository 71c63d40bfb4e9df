"""Outlines become masks, boxes and crops that lie where they were drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.contracts import LesionInput, polygon_mask
from inference.errors import UnusableInput
from inference.preprocessing.outlines import (
    check_on_frame,
    crop,
    crop_affine,
    crop_resized,
    expanded,
    polygon_box,
    rectangle,
    squared,
)

SQUARE = ((2.0, 1.0), (5.0, 1.0), (5.0, 4.0), (2.0, 4.0))


def test_a_mask_holds_the_pixels_whose_middle_is_inside() -> None:
    mask = polygon_mask(((1.6, 0.6), (5.4, 0.6), (5.4, 3.4), (1.6, 3.4)), (6, 8))
    assert np.argwhere(mask).min(axis=0).tolist() == [1, 2]
    assert np.argwhere(mask).max(axis=0).tolist() == [3, 5]
    assert mask.sum() == 12


def test_a_concave_outline_leaves_its_notch_out() -> None:
    notched = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (4.5, 2.0), (0.0, 9.0))
    mask = polygon_mask(notched, (12, 12))
    assert mask[1, 4] and not mask[7, 4] and mask[6, 1] and mask[6, 8]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_masks_of_convex_outlines_measure_what_the_shoelace_formula_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    x, y = 50 + 30 * np.cos(angles), 50 + 30 * np.sin(angles)
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    mask = polygon_mask(tuple(zip(x.tolist(), y.tolist(), strict=True)), (100, 100))
    assert mask.sum() == pytest.approx(area, abs=110)


def test_boxes() -> None:
    assert polygon_box(SQUARE) == (2, 1, 6, 5)
    assert expanded((2, 1, 6, 5), 3) == (-1, -2, 9, 8)
    assert expanded((2, 1, 6, 5), -3) == (4, 3, 5, 4)
    assert squared((0, 0, 10, 4)) == (0, -3, 10, 7)
    assert polygon_box(rectangle(LesionInput((10, 20, 0), (4, 6, 1)))) == (8, 17, 13, 24)


def test_crops_repeat_the_edge_and_know_where_they_lie() -> None:
    image: NDArray[np.float32] = np.arange(20, dtype=np.float32).reshape(4, 5)
    assert crop(image, (-1, 0, 2, 2)).tolist() == [[0, 0, 1], [5, 5, 6]]
    assert crop_resized(image, (1, 1, 3, 3), 2).tolist() == [[6, 7], [11, 12]]
    affine = crop_affine((1, 1, 3, 3), 4, frame=2)
    assert (affine @ [0, 0, 0, 1]).tolist() == [0.75, 0.75, 2, 1]
    assert (affine @ [3, 3, 0, 1]).tolist() == [2.25, 2.25, 2, 1]


def test_an_outline_beside_its_image_is_refused() -> None:
    check_on_frame(SQUARE, (3, 3))
    with pytest.raises(UnusableInput, match="outside its image of 8 x 4 pixels"):
        check_on_frame(tuple((x + 20, y) for x, y in SQUARE), (4, 8))
    with pytest.raises(UnusableInput, match="holds none"):
        check_on_frame(((2.2, 2.2), (2.4, 2.2), (2.3, 2.4)), (4, 8))
