"""Small cines with a moving bright disc, and networks that were never trained."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import ClinicalValue, Clip, Exam, Outline
from inference.layers.optimise import fold_batch_norm
from inference.pipelines.ceus_dcb.configuration import DEMO, MODELS, VIDEO_PARTS
from inference.pipelines.ceus_dcb.network import Fusion, VideoNetwork, build
from inference.pipelines.ceus_dcb.networks import Networks
from inference.registry.weights import Manifest

CENTRE = (48.0, 44.0)
MARKED = 8
N_FRAMES = 30


def breathing(n_frames: int = N_FRAMES, marked: int = MARKED) -> NDArray[np.float64]:
    """Shifts (t, 2) against the marked frame, up to six pixels down and two across."""
    phase = 2 * np.pi * np.arange(n_frames) / 7
    shifts = np.stack((2 * np.sin(phase), 6 * np.square(np.sin(phase / 2))), axis=1)
    return shifts - shifts[marked]


def disc_frames(n_frames: int = N_FRAMES, side: int = 96) -> NDArray[np.uint8]:
    """Textured liver that brightens, with a disc that brightens first and washes out; grey."""
    rng = np.random.default_rng(4)
    texture = ndimage.gaussian_filter(rng.standard_normal((side + 40, side + 40)), 2.0)
    texture = 1 + 0.25 * texture / texture.std()
    rows, columns = np.indices(texture.shape) - 20
    disc = np.hypot(columns - CENTRE[0], rows - CENTRE[1]) < 12
    frames = []
    for frame, (dx, dy) in enumerate(breathing(n_frames)):
        rise = min(1.0, (frame + 2) / 18)
        fall = 1.0 - 0.5 * max(0.0, frame - 12) / n_frames
        still = texture * np.where(disc, min(1.0, (frame + 2) / 8) * fall, rise) * 130
        moved = ndimage.shift(still, (dy, dx), order=1)[20:-20, 20:-20]
        frames.append(np.clip(moved + rng.normal(0, 8, moved.shape), 0, 255))
    return np.stack(frames).astype(np.uint8)[..., None]


def clip_of(frames: NDArray[np.uint8], spacing_mm: tuple[float, float] | None = (1.0, 1.0)) -> Clip:
    return Clip(
        frames, frame_time_ms=1500.0, series_key="1.2.3", spacing_mm=spacing_mm, modality="US"
    )


def exam_of(
    *clips: Clip,
    clinical: dict[str, ClinicalValue] | None = None,
    age_years: int | None = None,
) -> Exam:
    return Exam(key="1.2", clips=clips, clinical=clinical or {}, age_years=age_years)


def outline(radius: float = 12.0, frame: int = MARKED) -> Outline:
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    x, y = CENTRE[0] + radius * np.cos(angle), CENTRE[1] + radius * np.sin(angle)
    return Outline(tuple(zip(x.tolist(), y.tolist(), strict=True)), frame=frame)


def untrained_networks() -> Networks:
    """Everything Model-DCB needs, random weights in float32."""
    torch.manual_seed(3)
    videos = {part: build(part, "demo").eval().requires_grad_(False) for part in VIDEO_PARTS}
    exact = fold_batch_norm(videos["disease"])
    assert isinstance(exact, VideoNetwork)
    fusions = {}
    for part in MODELS:
        fusion = build(part, "demo").eval().requires_grad_(False)
        assert isinstance(fusion, Fusion)
        fusions[part] = fusion
    background = torch.zeros(2, DEMO.n_frames + DEMO.n_flows, 3, DEMO.roi_px, DEMO.roi_px)
    background[0, : DEMO.n_frames] = -1.0
    manifest = Manifest("ceus_dcb", "demo", "1", "phantom-trained", {"a": "0" * 64})
    cpu = torch.device("cpu")
    return Networks(exact, videos, fusions, background, manifest, cpu, torch.float32)
