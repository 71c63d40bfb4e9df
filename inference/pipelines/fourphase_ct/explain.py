"""Heat maps of the lesion a case's result rests on: over all slices, phases and both classes."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import ContrastPhase, Heatmap
from inference.explanation.cam import Method, activation_maps, head_gradients
from inference.explanation.expected_gradients import Attribution, expected_gradients
from inference.pipelines.fourphase_ct.configuration import CLASSES, RING, Configuration
from inference.pipelines.fourphase_ct.network import FourPhaseNet
from inference.pipelines.fourphase_ct.networks import Networks
from inference.pipelines.fourphase_ct.predict import LesionEvidence
from inference.pipelines.fourphase_ct.preprocess import LesionCrop, pseudo_colour

SHAP_SAMPLES = 80
SHAP_BATCH = 4
CAPTIONS = {
    "cam": "What each region of the phase's last feature map adds to the score of {name}, the rest "
    "held still; warm is more.",
    "gradcam": "Grad-CAM: regions of the phase that raise the score of {name}; warm is more.",
    "gradcam++": "Grad-CAM++: regions of the phase that raise the score of {name}; warm is more.",
    "shap": "SHAP: red voxels of the phase raise the score of {name} against reference lesions, "
    "blue lower it; one symmetric scale for both classes and all phases.",
}


def explain_lesion(
    evidence: LesionEvidence,
    methods: Sequence[str],
    networks: Networks,
    configuration: Configuration,
    done: Callable[[int], None],
) -> tuple[Heatmap, ...]:
    """Make the heat maps of one lesion: per method, phase and class."""
    found: list[Heatmap] = []
    for method in methods:
        if method == "shap":
            found += _attributions(evidence, networks, configuration, done)
        else:
            found += _activations(cast(Method, method), evidence, networks)
            done(1)
    return tuple(found)


def work_units(methods: Sequence[str]) -> int:
    """Return how many lesions `explain_lesion` sends through the network."""
    return sum(SHAP_SAMPLES if method == "shap" else 1 for method in methods)


def phase_activations(
    network: FourPhaseNet, images: Tensor, phases: Sequence[ContrastPhase], method: Method
) -> Tensor:
    """Return the maps (phases, slices, classes, h, w) of one lesion (1, phases, slices, 3, ...).

    The trunks run once and without a graph; the two classes cost two backward passes through
    pooling, heads and prediction module.
    """
    with torch.no_grad():
        features = network.features(images, phases)

    def head(maps: Tensor) -> Tensor:
        return network.balanced(network.judge(maps, 1, phases))

    _, gradients = head_gradients(head, features, shared=True)
    maps = activation_maps(features, gradients, method)
    return maps.view(len(phases), -1, *maps.shape[1:])


def voxel_attributions(
    networks: Networks,
    images: Tensor,
    phases: Sequence[ContrastPhase],
    configuration: Configuration,
    done: Callable[[int], None] = lambda _: None,
) -> Attribution:
    """Return the attributions (classes, phases, slices, 3, h, w) of one lesion's input."""
    return expected_gradients(
        lambda points: networks.exact(points, phases),
        images.to(networks.device),
        reference_input(networks, phases, configuration),
        samples=SHAP_SAMPLES,
        batch=SHAP_BATCH,
        done=done,
    )


def reference_input(
    networks: Networks, phases: Sequence[ContrastPhase], configuration: Configuration
) -> Tensor:
    """Return the reference lesions as the network takes them, (b, phases, slices, 3, h, w)."""
    chosen = networks.backgrounds[:, [RING.index(phase) for phase in phases]]
    return pseudo_colour(chosen, configuration).to(networks.device)


def _activations(method: Method, evidence: LesionEvidence, networks: Networks) -> list[Heatmap]:
    images = evidence.images[None].to(networks.device)
    maps = phase_activations(networks.exact, images, evidence.phases, method).cpu().numpy()
    stride = networks.exact.stride
    return [
        _heatmap(method, name, crop, grid[:, label], np.diag([stride, stride, 1.0, 1.0]), None)
        for crop, grid in zip(evidence.crops, maps, strict=True)
        for label, name in enumerate(CLASSES)
    ]


def _attributions(
    evidence: LesionEvidence,
    networks: Networks,
    configuration: Configuration,
    done: Callable[[int], None],
) -> list[Heatmap]:
    attribution = voxel_attributions(
        networks, evidence.images, evidence.phases, configuration, done
    )
    values = attribution.values.sum(dim=3).cpu().numpy()
    errors = attribution.completeness_error.tolist()
    return [
        _heatmap("shap", name, crop, values[label, n], np.eye(4), errors[label])
        for n, crop in enumerate(evidence.crops)
        for label, name in enumerate(CLASSES)
    ]


def _heatmap(
    method: str,
    class_code: str,
    crop: LesionCrop,
    grid_zyx: NDArray[np.float32],
    to_crop: NDArray[np.float64],
    error: float | None,
) -> Heatmap:
    phase = crop.volume.phase
    return Heatmap(
        method=cast(Method, method),
        class_code=class_code,
        phase=None if phase is None else phase.value,
        series_key=crop.volume.series_key,
        grid_zyx=np.ascontiguousarray(grid_zyx, np.float32),
        affine=crop.affine @ to_crop,
        signed=method == "shap",
        completeness_error=error,
        caption=CAPTIONS[method].format(name=class_code),
    )
