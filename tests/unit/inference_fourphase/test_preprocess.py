"""Crops hold the lesion upright at the right place and size, whatever the scanner's axes."""

import numpy as np
import pytest
import torch

from inference.contracts import Box
from inference.pipelines.fourphase_ct.configuration import DEMO, MARGIN_MM, PAPER
from inference.pipelines.fourphase_ct.preprocess import crop_grid, crop_lesion, pseudo_colour
from tests.unit.inference_fourphase.builders import (
    ART,
    BALL_HU,
    CENTRE_MM,
    DIAMETER_MM,
    LIVER_HU,
    volume_of,
)

BOX = Box(*CENTRE_MM, DIAMETER_MM, DIAMETER_MM, DIAMETER_MM)


def test_grid_is_1_mm_along_the_patient_and_10_mm_wider() -> None:
    grid = crop_grid(Box(1.0, 2.0, 3.0, 30.0, 20.0, 10.0))
    assert grid.spacing_mm == (1, 1, 1) and grid.shape_zyx == (30, 40, 50)
    assert grid.world_box((0, 0, 0, 50, 40, 30)) == pytest.approx((1, 2, 3, 50, 40, 30))


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("shape", [DEMO.shape, PAPER.shape])
def test_lesion_lies_in_the_middle_with_its_size(flipped: bool, shape: tuple[int, ...]) -> None:
    volume = volume_of(ART, flipped=flipped)
    crop = crop_lesion(volume, BOX, shape)  # type: ignore[arg-type]
    assert crop.hu_zyx.shape == shape and crop.hu_zyx.dtype == np.float32
    bright = np.argwhere(crop.hu_zyx > (LIVER_HU + BALL_HU) / 2)[:, ::-1]
    world = bright @ crop.affine[:3, :3].T + crop.affine[:3, 3]
    assert world.mean(axis=0) == pytest.approx(CENTRE_MM, abs=1.0)
    extent = np.ptp(world, axis=0) + np.diag(crop.affine)[:3]
    assert extent == pytest.approx([DIAMETER_MM] * 3, abs=5.0)
    assert np.diag(crop.affine)[:3] == pytest.approx(
        (DIAMETER_MM + 2 * MARGIN_MM) / np.array(shape[::-1])
    )


def test_phases_on_different_grids_give_the_same_crop() -> None:
    crops = [crop_lesion(volume_of(ART, flipped=f), BOX, DEMO.shape) for f in (False, True)]
    assert np.array_equal(crops[0].affine, crops[1].affine)
    assert np.abs(crops[0].hu_zyx - crops[1].hu_zyx).max() < 1e-3


def test_a_lesion_at_the_edge_repeats_the_edge() -> None:
    crop = crop_lesion(volume_of(ART), Box(-60.0, -20.0, 382.0, 10.0, 10.0, 10.0), DEMO.shape)
    assert crop.hu_zyx == pytest.approx(LIVER_HU)


def test_pseudo_colour_is_two_windows_and_the_original() -> None:
    hu = torch.tensor([[-2000.0, -140.0, 0.0], [60.0, 80.0, 160.0], [260.0, 1024.0, 3000.0]])
    narrow, wide, original = pseudo_colour(hu, DEMO)
    assert narrow.flatten().tolist() == pytest.approx([-1, -1, -1, -0.25, 0, 1, 1, 1, 1])
    assert wide.flatten().tolist() == pytest.approx([-1, -1, -0.3, 0, 0.1, 0.5, 1, 1, 1])
    assert original[0].tolist() == pytest.approx([-1, -140 / 1024, 0])
    assert original[2, 1] == original[2, 2] == 1
