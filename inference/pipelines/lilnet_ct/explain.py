"""Heat maps of the lesion a case's result rests on."""

from collections.abc import Callable, Sequence
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray

from inference.contracts import Heatmap
from inference.explanation.cam import Method, activation_maps
from inference.explanation.expected_gradients import expected_gradients
from inference.layers.batching import in_batches
from inference.pipelines.lilnet_ct.configuration import PARTS, Configuration
from inference.pipelines.lilnet_ct.network import LiLNet
from inference.pipelines.lilnet_ct.networks import Networks
from inference.pipelines.lilnet_ct.predict import LesionEvidence
from inference.pipelines.lilnet_ct.preprocess import CropStack, network_input

SHAP_SAMPLES = 120
SHAP_BATCH = 20
CAPTIONS = {
    "cam": "What each region of the last feature map adds to the score of {name}; warm is more.",
    "gradcam": "Grad-CAM: regions that raise the score of {name}; warm is more.",
    "gradcam++": "Grad-CAM++: regions that raise the score of {name}; warm is more.",
    "shap": "SHAP: red pixels raise the score of {name} against reference images, blue lower it; "
    "one symmetric scale for all classes.",
}


def explain_lesion(
    evidence: LesionEvidence,
    methods: Sequence[str],
    networks: Networks,
    configuration: Configuration,
    done: Callable[[int], None],
) -> tuple[Heatmap, ...]:
    """Make the heat maps of one lesion: per method, volume and class of all three networks.

    The CAM family covers every slice used, SHAP the middle one.
    """
    found: list[Heatmap] = []
    for method in methods:
        for stack in evidence.stacks:
            for part, network in networks.exact.items():
                if method == "shap":
                    found += _attributions(part, network, stack, networks, done)
                else:
                    cam = cast(Method, method)
                    found += _activations(cam, part, network, stack, networks, configuration, done)
    return tuple(found)


def work_units(evidence: LesionEvidence, methods: Sequence[str]) -> int:
    """Return how many images `explain_lesion` sends through networks."""
    crops = sum(len(stack.images_zyx) for stack in evidence.stacks)
    shap = SHAP_SAMPLES * len(evidence.stacks)
    return len(PARTS) * sum(shap if method == "shap" else crops for method in methods)


def _activations(
    method: Method,
    part: str,
    network: LiLNet,
    stack: CropStack,
    networks: Networks,
    configuration: Configuration,
    done: Callable[[int], None],
) -> list[Heatmap]:
    def maps(images: torch.Tensor) -> torch.Tensor:
        features = network.stages(images)[1]
        return activation_maps(features, network.logit_gradients(*features.shape[2:]), method)

    images = network_input(stack.images_zyx).to(networks.device)
    with torch.inference_mode():
        grids = in_batches(maps, images, configuration.batch, done=done).cpu().numpy()
    stride = network.stride
    affine = stack.affine @ np.diag([stride, stride, 1.0, 1.0])
    return [
        _heatmap(method, name, stack, grids[:, label], affine, None)
        for label, name in enumerate(PARTS[part])
    ]


def _attributions(
    part: str,
    network: LiLNet,
    stack: CropStack,
    networks: Networks,
    done: Callable[[int], None],
) -> list[Heatmap]:
    middle = len(stack.images_zyx) // 2
    image = network_input(stack.images_zyx[middle : middle + 1]).to(networks.device)
    attribution = expected_gradients(
        network,
        image[0],
        network_input(networks.backgrounds).to(networks.device),
        samples=SHAP_SAMPLES,
        batch=SHAP_BATCH,
        done=done,
    )
    affine = stack.affine.copy()
    affine[:3, 3] += middle * affine[:3, 2]
    values = attribution.values.sum(dim=1).cpu().numpy()
    errors = attribution.completeness_error.tolist()
    return [
        _heatmap("shap", name, stack, values[label][None], affine, errors[label])
        for label, name in enumerate(PARTS[part])
    ]


def _heatmap(
    method: Literal["cam", "gradcam", "gradcam++", "shap"],
    class_code: str,
    stack: CropStack,
    grid_zyx: NDArray[np.float32],
    affine: NDArray[np.float64],
    error: float | None,
) -> Heatmap:
    phase = stack.volume.phase
    return Heatmap(
        method=method,
        class_code=class_code,
        phase=None if phase is None else phase.value,
        series_key=stack.volume.series_key,
        grid_zyx=np.ascontiguousarray(grid_zyx, np.float32),
        affine=affine,
        signed=method == "shap",
        completeness_error=error,
        caption=CAPTIONS[method].format(name=class_code),
    )
