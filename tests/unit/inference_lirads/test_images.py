"""Equation 1, slices, crops, regions and their measures."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.contracts import ContrastPhase, Geometry, Volume
from inference.pipelines.lirads_mri.configuration import DEMO
from inference.pipelines.lirads_mri.preprocess import (
    Scale,
    crop_at,
    grey_levels,
    scale_of,
    slice_inputs,
    standardised,
)
from inference.pipelines.lirads_mri.segment import (
    diameter,
    find_regions,
    inscribed_ellipsoid,
    region_in_box,
)

GRID = Geometry(np.diag([1.5, 1.5, 4.0, 1.0]), (10, 40, 40))


def volume(array: NDArray[np.float32]) -> Volume:
    return Volume(
        array,
        geometry=Geometry(np.diag([1.5, 1.5, 4.0, 1.0]), array.shape),
        phase=ContrastPhase.DELAYED,
        calibrated=False,
        series_key="1",
        modality="MR",
    )


def test_equation_1() -> None:
    values = np.arange(1001, dtype=np.float32).reshape(7, 11, 13)
    scale = scale_of(volume(values), floor=80)
    assert scale == (80, 990, True)
    grey = grey_levels(np.array([0, 79, 80, 535, 990, 1000, np.nan], np.float32), scale)
    assert grey.tolist() == pytest.approx([0, 0, 0, 0.5, 1, 1, 0])


def test_another_scale_gets_another_floor_and_is_said() -> None:
    values = np.arange(1001, dtype=np.float32).reshape(7, 11, 13) / 100
    scale = scale_of(volume(values), floor=80)
    assert not scale.usual
    assert 0 < scale.low < scale.high == pytest.approx(9.9)
    empty = scale_of(volume(np.zeros((7, 11, 13), np.float32)), floor=80)
    assert not grey_levels(np.zeros(3, np.float32), empty).any()


def test_standardised_images_have_mean_0_and_deviation_1() -> None:
    images = torch.rand(3, 20, 20) * 0.3 + 0.5
    found = standardised(images)
    assert found.mean(dim=(1, 2)).abs().max() < 1e-4
    assert (found.std(dim=(1, 2)) - 1).abs().max() < 1e-4
    assert not standardised(torch.ones(1, 4, 4)).any()


def test_slices_carry_their_neighbours() -> None:
    grey = np.random.default_rng(0).random((5, 12, 12), np.float32)
    found = slice_inputs(grey, 12)
    alone = standardised(torch.from_numpy(grey))
    assert found.shape == (5, 3, 12, 12)
    assert torch.equal(found[2], alone[1:4])
    assert torch.equal(found[0], alone[[0, 0, 1]])
    assert torch.equal(found[4], alone[[3, 4, 4]])


def test_crops_lie_where_their_affine_says() -> None:
    array = np.full((6, 40, 40), 100, np.float32)
    array[3, 20, 12] = 1000
    source = volume(array)
    assert source.geometry is not None
    centre = source.geometry.world_from_index((13, 18, 3.2))
    crop = crop_at(source, centre, 30.0, Scale(80, 1000, True), 40)
    row, column = np.unravel_index(int(crop.image_yx.argmax()), crop.image_yx.shape)
    place = crop.affine @ (column, row, 0, 1)
    assert np.abs(place[:3] - source.geometry.world_from_index((12, 20, 3))).max() < 0.75
    assert crop.image_yx.shape == (40, 40)


def ball(centre: tuple[int, int, int], radius: float) -> NDArray[np.float32]:
    z, y, x = np.indices(GRID.shape_zyx)
    apart = np.sqrt(((x - centre[0]) * 1.5) ** 2 + ((y - centre[1]) * 1.5) ** 2
                    + ((z - centre[2]) * 4.0) ** 2)  # fmt: skip
    return np.where(apart <= radius, 0.9, 0.1).astype(np.float32)


def test_regions_are_measured_in_mm() -> None:
    probabilities = np.maximum(ball((12, 20, 4), 12), ball((32, 10, 7), 6))
    probabilities[0, 0, 0] = 0.95  # a single voxel is too small to count
    first, second = find_regions(probabilities, GRID, DEMO)
    assert first.inside_zyx.sum() > second.inside_zyx.sum()
    assert first.largest_z == 4
    assert first.size_mm() == pytest.approx(24, abs=2.5)
    centre, side = first.middle_mm()
    assert np.allclose(centre, GRID.world_from_index((12, 20, 4)))
    assert side == pytest.approx(24, abs=2.5)
    assert second.confidence == pytest.approx(0.9)
    assert find_regions(probabilities * 0.6, GRID, DEMO) == ()


def test_diameter_counts_outer_edges() -> None:
    line = np.zeros((10, 10), np.bool_)
    line[4, 2:8] = True
    assert diameter(line, GRID.spacing_mm[:2]) == pytest.approx(6 * 1.5)
    line[:] = False
    line[3, 3] = True
    assert diameter(line, GRID.spacing_mm[:2]) == pytest.approx(1.5)


def test_given_boxes_fall_back_to_their_ellipsoid() -> None:
    probabilities = ball((12, 20, 4), 12)
    box = (2, 10, 1, 22, 30, 8)
    inside = probabilities[1:8, 10:30, 2:22]
    region, seen = region_in_box(inside, box, GRID, DEMO)
    assert seen and region.source == "given" and region.confidence == 1
    assert region.size_mm() == pytest.approx(24, abs=2.5)
    unseen, seen = region_in_box(inside * 0, box, GRID, DEMO)
    assert not seen
    assert unseen.box_px == box
    assert np.array_equal(unseen.inside_zyx, inscribed_ellipsoid((7, 20, 20)))
    assert inscribed_ellipsoid((1, 1, 2)).all()
