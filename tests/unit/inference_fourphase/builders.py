"""Small four-phase exams with a ball, and an untrained pipeline."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.contracts import ContrastPhase, Exam, Geometry, LesionInput, Marks, Volume
from inference.layers.optimise import fold_batch_norm
from inference.pipelines.fourphase_ct import explain
from inference.pipelines.fourphase_ct.configuration import DEMO, RING, VARIANTS
from inference.pipelines.fourphase_ct.network import FourPhaseNet
from inference.pipelines.fourphase_ct.networks import Networks
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline
from inference.registry.weights import Manifest

NC, ART, PV, DL = RING
TINY = replace(DEMO, width=8, slices=3, side_px=25)
CPU = torch.device("cpu")
CENTRE_MM = (5.0, 40.0, 430.0)
DIAMETER_MM = 24.0
LIVER_HU, BALL_HU = 60.0, 140.0
MARKS = Marks((LesionInput(CENTRE_MM, (DIAMETER_MM,) * 3),))


def volume_of(
    phase: ContrastPhase | None,
    *,
    flipped: bool = False,
    modality: str = "CT",
    calibrated: bool = True,
    ball_hu: float = BALL_HU,
) -> Volume:
    """A liver-grey volume with a ball at `CENTRE_MM`; flipped, its slices run to the feet."""
    affine = np.diag([1.6, 1.5, -4.0 if flipped else 4.0, 1.0])
    affine[:3, 3] = (-60.0, -20.0, 478.0 if flipped else 382.0)
    geometry = Geometry(affine, (25, 80, 84))
    z, y, x = np.meshgrid(*(np.arange(n) for n in geometry.shape_zyx), indexing="ij")
    world = geometry.world_from_index(np.stack((x, y, z), axis=-1))
    inside = np.linalg.norm(world - CENTRE_MM, axis=-1) < DIAMETER_MM / 2
    return Volume(
        np.where(inside, ball_hu, LIVER_HU).astype(np.float32),
        geometry=geometry,
        phase=phase,
        calibrated=calibrated,
        series_key=f"1.2.{phase}",
        modality=modality,
    )


def exam_of(*phases: ContrastPhase | None) -> Exam:
    return Exam(key="1.2.3", volumes=tuple(volume_of(phase) for phase in phases), age_years=60)


def untrained(variant: str = "full", seed: int = 0) -> FourPhaseNet:
    torch.manual_seed(seed)
    return FourPhaseNet(TINY, VARIANTS[variant])


def pipeline_of(network: FourPhaseNet) -> FourPhasePipeline:
    folded = fold_batch_norm(network).requires_grad_(False)
    assert isinstance(folded, FourPhaseNet)
    manifest = Manifest("fourphase_ct", "demo", "1", "phantom-trained", {"a": "0" * 64})
    backgrounds = torch.full((2, len(RING), *TINY.shape), LIVER_HU)
    networks = Networks(folded, folded, backgrounds, manifest, CPU, torch.float32)
    return FourPhasePipeline(networks, TINY)


def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attributions on a fifth of the points."""
    monkeypatch.setattr(explain, "SHAP_SAMPLES", 16)
