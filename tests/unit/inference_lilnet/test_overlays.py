"""An overlay lands on what it explains, however the images lie in the patient."""

from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.contracts import Heatmap, LesionInput, Marks
from inference.evaluation.lilnet_faithfulness import lesion_faithfulness
from inference.explanation.faithfulness import CHANCE
from inference.pipelines import METHODS
from inference.pipelines.base import Work
from inference.pipelines.lilnet_ct.configuration import DEMO
from inference.pipelines.lilnet_ct.network import build
from inference.pipelines.lilnet_ct.pipeline import LiLNetPipeline
from tests.unit.inference_lilnet.builders import (
    affine_of,
    brightness_networks,
    exam_of,
    volume_with_ball,
)


def turned(degrees_x: float, degrees_z: float) -> NDArray[np.float64]:
    a, b = np.deg2rad((degrees_x, degrees_z))
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    return about_z @ about_x


WAYS = {
    "axial": (np.eye(3), (0.8, 0.8, 4.0)),
    "mirrored left-right": (np.diag([-1.0, 1.0, 1.0]), (0.8, 0.8, 4.0)),
    "mirrored up-down": (np.diag([1.0, -1.0, 1.0]), (0.8, 0.8, 4.0)),
    "head to foot": (np.diag([1.0, 1.0, -1.0]), (0.8, 0.8, 4.0)),
    "oblique": (turned(20, 35), (0.8, 0.8, 4.0)),
    "anisotropic pixels": (np.eye(3), (0.7, 1.3, 4.0)),
    "oblique, anisotropic, mirrored": (turned(-15, 50) @ np.diag([-1.0, 1, 1]), (0.7, 1.2, 3.0)),
}
SHAPE_ZYX = (16, 110, 120)
BALL = (52.0, 64.0, 7.0)
CENTRE = (60.0, 55.0, 8.0)
"""The lesion box is drawn beside the ball, so that a map that only marks its middle fails."""


@pytest.fixture(scope="module")
def pipeline() -> LiLNetPipeline:
    return LiLNetPipeline(brightness_networks(), DEMO)


def centroid_mm(heatmap: Heatmap) -> NDArray[np.float64]:
    z, y, x = np.indices(heatmap.grid_zyx.shape)
    index = np.stack((x, y, z, np.ones_like(x)), axis=-1).reshape(-1, 4)
    weight = np.clip(heatmap.grid_zyx, 0, None).ravel()
    weight = np.where(weight > 0.5 * weight.max(), weight, 0)
    return np.average((index @ heatmap.affine.T)[:, :3], axis=0, weights=weight)


CASES = [(way, "cam") for way in WAYS]
CASES += [("oblique", "gradcam"), ("oblique", "gradcam++")]
CASES += [("axial", "shap"), ("oblique, anisotropic, mirrored", "shap")]


@pytest.mark.parametrize(("way", "method"), CASES)
def test_heat_maps_land_on_the_ball(pipeline: LiLNetPipeline, way: str, method: str) -> None:
    volume = volume_with_ball(affine_of(*WAYS[way]), SHAPE_ZYX, BALL)
    assert volume.geometry is not None
    centre = volume.geometry.world_from_index(CENTRE)
    given = LesionInput(tuple(centre.tolist()), (30.0, 30.0, 30.0))
    output = pipeline.run(exam_of(volume), Marks((given,)), (method,), lambda fraction, step: None)
    bright = {h.class_code: h for h in output.heatmaps}["malignant"]
    off = volume.geometry.index_from_world(centroid_mm(bright)) - BALL
    in_plane = np.linalg.norm(off[:2] * volume.geometry.spacing_mm[:2])
    assert in_plane < 4.0, f"{in_plane:.1f} mm beside the ball"
    slices_off = 1.0 if method == "shap" else 0.5  # SHAP explains the box's middle slice
    assert abs(off[2]) <= slices_off + 1e-6


@pytest.mark.parametrize("side", [65, 97, 129])
def test_a_cell_of_the_last_map_looks_at_the_pixel_the_affine_says(side: int) -> None:
    """The input a cell depends on is centred on stride x index, not on the tile's middle."""
    torch.manual_seed(0)
    network = build("bm", "demo").eval()
    images = torch.randn(4, 3, side, side, requires_grad=True)
    cell = (side // network.stride + 1) // 2
    network.stages(images)[1][:, :, cell, cell].sum().backward()
    weight = images.grad.square().sum(dim=(0, 1))
    position = torch.arange(side, dtype=torch.float32)
    found = [(weight.sum(dim=axis) * position).sum() / weight.sum() for axis in (0, 1)]
    assert found == pytest.approx([network.stride * cell] * 2, abs=3.0)


def test_maps_of_the_ball_are_more_faithful_than_chance(pipeline: LiLNetPipeline) -> None:
    volume = volume_with_ball(affine_of(*WAYS["oblique"]), SHAPE_ZYX, BALL)
    assert volume.geometry is not None
    centre = volume.geometry.world_from_index(BALL)
    given = LesionInput(tuple(centre.tolist()), (18.0, 18.0, 18.0))
    work = partial(Work, 0.0, 0.0, lambda _: None)
    located = pipeline.locate(pipeline.select(exam_of(volume)), Marks((given,)), work())
    evidence = pipeline.predict(located, work()).lesions[0]
    found = lesion_faithfulness(pipeline, evidence)
    assert len(found) == 3 * (len(METHODS) + 1)
    for method in METHODS:
        assert found[f"{method} inside"] > found[f"{CHANCE} inside"]
