"""Small exams with a bright ball, and networks that do nothing but look for brightness."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inference.contracts import ContrastPhase, Exam, Geometry, Volume
from inference.detection.network import Detector
from inference.pipelines.lilnet_ct.configuration import DEMO, PARTS
from inference.pipelines.lilnet_ct.network import LiLNet, build
from inference.pipelines.lilnet_ct.networks import Networks
from inference.registry.weights import Manifest

CPU = torch.device("cpu")
LIVER_HU, BALL_HU = 40.0, 240.0


def affine_of(
    rotation: NDArray[np.float64], spacing_mm: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Affine with these axes and spacings, origin off the centre of coordinates."""
    affine = np.eye(4)
    affine[:3, :3] = rotation * np.array(spacing_mm)
    affine[:3, 3] = (-60.0, 35.0, 410.0)
    return affine


def volume_with_ball(
    affine: NDArray[np.float64],
    shape_zyx: tuple[int, int, int],
    ball_index_xyz: tuple[float, float, float],
    radius_mm: float = 9.0,
    phase: ContrastPhase | None = ContrastPhase.PORTAL_VENOUS,
) -> Volume:
    """A liver-grey volume with one bright ball around a voxel position."""
    geometry = Geometry(affine, shape_zyx)
    z, y, x = np.meshgrid(*(np.arange(n) for n in shape_zyx), indexing="ij")
    offset = np.stack((x, y, z), axis=-1) - np.array(ball_index_xyz)
    distance = np.linalg.norm(offset * np.array(geometry.spacing_mm), axis=-1)
    array = np.where(distance < radius_mm, BALL_HU, LIVER_HU).astype(np.float32)
    return Volume(
        array,
        geometry=geometry,
        phase=phase,
        calibrated=True,
        series_key=f"1.2.{phase}",
        modality="CT",
    )


def exam_of(*volumes: Volume, age_years: int | None = 50) -> Exam:
    return Exam(key="1.2.3", volumes=volumes, age_years=age_years)


def brightness_network(n_classes: int) -> LiLNet:
    """A LiLNet whose maps are blurred brightness, and whose last class goes up with it."""
    network = LiLNet(n_classes, depth=10, width=4, pool_stem=DEMO.pool_stem)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.fill_(1 / module.weight[0].numel())
        for name, module in network.named_modules():
            if name.endswith("downsample.1"):
                assert isinstance(module, nn.BatchNorm2d)
                module.weight.zero_()  # the way of the blurring convolutions, not the shortcut
        for linear in (network.fc3, network.fc_SD, network.fc_ens, network.fc):
            linear.weight.fill_(1 / linear.in_features)
            linear.bias.zero_()
        for head in (network.fc, network.fc3):
            head.weight[:-5] *= -1
    return network.eval().requires_grad_(False)


def brightness_networks() -> Networks:
    """All networks LiLNet needs; the detector is untrained."""
    exact = {part: brightness_network(len(classes)) for part, classes in PARTS.items()}
    detector = build("detector", "demo").eval()
    assert isinstance(detector, Detector)
    manifest = Manifest("lilnet_ct", "demo", "1", "phantom-trained", {"a": "0" * 64})
    grey = torch.full((4, DEMO.crop_px, DEMO.crop_px), 0.45)
    return Networks(exact, dict(exact), detector, None, grey, manifest, CPU, torch.float32)
