"""Heat maps of the lesion a case's result rests on: what spoke for each feature, per phase."""

from collections.abc import Callable, Sequence
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Heatmap
from inference.explanation.cam import Method, activation_maps
from inference.explanation.expected_gradients import expected_gradients
from inference.pipelines.lirads_mri.configuration import PHASES, PHASES_OF_TASK, TASKS
from inference.pipelines.lirads_mri.networks import Networks
from inference.pipelines.lirads_mri.predict import LesionEvidence
from inference.pipelines.lirads_mri.preprocess import Crop, crop_inputs

SHAP_SAMPLES = 120
SHAP_BATCH = 20
CAPTIONS = {
    "cam": "What each region of the last feature map adds to the score of {name}; warm is more.",
    "gradcam": "Grad-CAM: regions that raise the score of {name}; warm is more.",
    "gradcam++": "Grad-CAM++: regions that raise the score of {name}; warm is more.",
    "shap": "SHAP: red pixels raise the score of {name} against reference images, blue lower it; "
    "one symmetric scale for all features.",
}


def explain_lesion(
    evidence: LesionEvidence,
    methods: Sequence[str],
    networks: Networks,
    done: Callable[[int], None],
) -> tuple[Heatmap, ...]:
    """Make the heat maps of one lesion: per method and phase, for the features judged there."""
    found: list[Heatmap] = []
    for method in methods:
        for phase in PHASES:
            crop = evidence.crops[phase]
            image = crop_inputs(torch.from_numpy(crop.image_yx)[None]).to(networks.device)
            tasks = [task for task in TASKS if phase in PHASES_OF_TASK[task]]
            if method == "shap":
                found += _attributions(tasks, image[0], crop, networks, done)
            else:
                found += _activations(cast(Method, method), tasks, image, crop, networks)
                done(1)
    return tuple(found)


def work_units(methods: Sequence[str]) -> int:
    """Return how many images `explain_lesion` sends through the network."""
    return len(PHASES) * sum(SHAP_SAMPLES if method == "shap" else 1 for method in methods)


def _activations(
    method: Method, tasks: Sequence[str], image: Tensor, crop: Crop, networks: Networks
) -> list[Heatmap]:
    network = networks.exact
    with torch.inference_mode():
        features = network.maps(image)
        gradients = network.logit_gradients(*features.shape[2:])
        grids = activation_maps(features, gradients, method)[0].cpu().numpy()
    stride = network.stride
    # Pooling cells cover pixels 16 i to 16 i + 15, so that their middle lies at 16 i + 7.5.
    cell = np.diag([stride, stride, 1.0, 1.0])
    cell[:2, 3] = (stride - 1) / 2
    return [
        _heatmap(method, task, crop, grids[TASKS.index(task)][None], crop.affine @ cell, None)
        for task in tasks
    ]


def _attributions(
    tasks: Sequence[str],
    image: Tensor,
    crop: Crop,
    networks: Networks,
    done: Callable[[int], None],
) -> list[Heatmap]:
    attribution = expected_gradients(
        networks.exact,
        image,
        crop_inputs(networks.backgrounds).to(networks.device),
        samples=SHAP_SAMPLES,
        batch=SHAP_BATCH,
        done=done,
    )
    values = attribution.values.sum(dim=1).cpu().numpy()
    errors = attribution.completeness_error.tolist()
    rows = [TASKS.index(task) for task in tasks]
    return [
        _heatmap("shap", TASKS[row], crop, values[row][None], crop.affine, errors[row])
        for row in rows
    ]


def _heatmap(
    method: Literal["cam", "gradcam", "gradcam++", "shap"],
    task: str,
    crop: Crop,
    grid_zyx: NDArray[np.float32],
    affine: NDArray[np.float64],
    error: float | None,
) -> Heatmap:
    phase = crop.volume.phase
    return Heatmap(
        method=method,
        class_code=task,
        phase=None if phase is None else phase.value,
        series_key=crop.volume.series_key,
        grid_zyx=np.ascontiguousarray(grid_zyx, np.float32),
        affine=affine,
        signed=method == "shap",
        completeness_error=error,
        caption=CAPTIONS[method].format(name=task),
    )
