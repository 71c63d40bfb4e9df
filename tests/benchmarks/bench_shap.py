"""SHAP values of pixels: our lattice against shap.GradientExplainer, cost at no larger error.

Both explain the shipped network for malignant types on the same phantom crops with the same
backgrounds. The reference is neither's: 900 samples drawn stratified over backgrounds and alpha
with their own seed. Errors: relative L2 distance of the map, and completeness.
"""

import time
from typing import Any

import numpy as np
import shap
import torch
from torch import Tensor, nn

from inference.explanation.expected_gradients import expected_gradients
from inference.layers.optimise import fold_batch_norm
from inference.phantoms.ct import make_case
from inference.pipelines.lilnet_ct.configuration import DEMO, PHASES
from inference.pipelines.lilnet_ct.explain import SHAP_BATCH, SHAP_SAMPLES
from inference.pipelines.lilnet_ct.pipeline import open_pipeline
from inference.pipelines.lilnet_ct.preprocess import core_slices, crop_lesion, network_input
from inference.registry import load_network

SEED = 900
N_IMAGES = 4
SHAP_DRAWS = 200
REFERENCE_DRAWS = 900


def rows() -> list[dict[str, Any]]:
    """One row: one-thread CPU seconds per image for all classes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [_row()]
    finally:
        torch.set_num_threads(threads)


def _row() -> dict[str, Any]:
    network = load_network("lilnet_ct", part="malignant").requires_grad_(False)
    ready = fold_batch_norm(network).to(memory_format=torch.channels_last)
    backgrounds = network_input(open_pipeline("demo", None, "cpu").networks.backgrounds)
    images = _images()
    references = [_stratified(ready, image, backgrounds) for image in images]
    targets = _targets(network, images, backgrounds)
    explainer = shap.GradientExplainer(network, backgrounds.contiguous(), batch_size=50)
    theirs_s, theirs = _timed(
        lambda image: np.moveaxis(
            explainer.shap_values(image[None], nsamples=SHAP_DRAWS, rseed=0)[0], -1, 0
        ),
        images,
    )
    ours_s, ours = _timed(
        lambda image: expected_gradients(
            ready, image, backgrounds, samples=SHAP_SAMPLES, batch=SHAP_BATCH
        ).values.numpy(),
        images,
    )
    our_map, our_gap = _errors(ours, references, targets)
    their_map, their_gap = _errors(theirs, references, targets)
    return {
        "name": "SHAP, all classes, CPU seconds per image",
        "ours": ours_s,
        "baseline": theirs_s,
        "unit": "CPU s",
        "ratio": theirs_s / ours_s,
        "target": 3.0,
        "equal": our_map <= their_map and our_gap <= their_gap,
        "note": f"map error {our_map:.3f} against {their_map:.3f}, completeness error "
        f"{our_gap:.3f} against {their_gap:.3f}; {SHAP_SAMPLES} samples against {SHAP_DRAWS}",
    }


def _images() -> list[Tensor]:
    """Middle crops of phantom lesions nobody trained on, (3, side, side) each."""
    images = []
    for index in range(N_IMAGES):
        case = make_case(SEED, index)
        volume = case.exam().volumes_of(PHASES[index % 2])[0]
        assert volume.geometry is not None
        box = core_slices(volume.geometry.pixel_box(case.truth()[0].box_mm))
        crops = crop_lesion(volume, box, DEMO).images_zyx
        images.append(network_input(crops[len(crops) // 2][None])[0].contiguous())
    return images


def _timed(function: Any, images: list[Tensor]) -> tuple[float, list[np.ndarray]]:
    function(images[0])
    began = time.process_time()
    maps = [function(image) for image in images]
    return (time.process_time() - began) / len(images), maps


def _targets(network: nn.Module, images: list[Tensor], backgrounds: Tensor) -> list[np.ndarray]:
    """What each class's attributions have to add up to: f(x) - mean f(b)."""
    with torch.no_grad():
        mean = network(backgrounds).mean(dim=0)
        return [(network(image[None])[0] - mean).numpy() for image in images]


def _stratified(network: nn.Module, image: Tensor, backgrounds: Tensor) -> np.ndarray:
    """Reference map (classes, 3, side, side): every background, alpha random in equal strata."""
    generator = torch.Generator().manual_seed(1)
    strata = REFERENCE_DRAWS // len(backgrounds)
    total = torch.zeros(1)
    for step in range(strata):
        alpha = (step + torch.rand(len(backgrounds), 1, 1, 1, generator=generator)) / strata
        difference = image - backgrounds
        points = (backgrounds + alpha * difference).requires_grad_(True)
        outputs = network(points)
        maps = [
            torch.autograd.grad(outputs[:, c].sum(), points, retain_graph=True)[0] * difference
            for c in range(outputs.shape[1])
        ]
        total = total + torch.stack([m.mean(dim=0) for m in maps]) / strata
    return total.numpy()


def _errors(
    maps: list[np.ndarray], references: list[np.ndarray], targets: list[np.ndarray]
) -> tuple[float, float]:
    """Mean over images of the map's error, all classes together, and of the completeness error."""
    map_errors, gaps = [], []
    for found, reference, target in zip(maps, references, targets, strict=True):
        map_errors.append(np.linalg.norm(found - reference) / np.linalg.norm(reference))
        gap = np.abs(found.sum(axis=(1, 2, 3)) - target).sum() / np.abs(target).sum()
        gaps.append(gap)
    return float(np.mean(map_errors)), float(np.mean(gaps))
