"""Whether the LI-RADS system's heat maps say what its features rest on."""

import numpy as np
import torch
from torch import Tensor

from inference.contracts import Box
from inference.evaluation.crop_faithfulness import ellipse_on, on_pixels
from inference.explanation.faithfulness import compare_maps
from inference.pipelines import METHODS
from inference.pipelines.lirads_mri.configuration import PHASES, PHASES_OF_TASK, TASKS
from inference.pipelines.lirads_mri.explain import explain_lesion
from inference.pipelines.lirads_mri.pipeline import LiradsPipeline
from inference.pipelines.lirads_mri.predict import LesionEvidence
from inference.pipelines.lirads_mri.preprocess import crop_inputs


def lesion_faithfulness(
    pipeline: LiradsPipeline, evidence: LesionEvidence, box: Box
) -> list[dict[str, float]]:
    """Measure all methods on each phase of a lesion, for each feature judged there.

    The score is the probability that the feature is present, whatever is decided; the mean
    reference crop stands for nothing.

    Parameters
    ----------
    box
        Of the lesion, in LPS mm.

    Returns
    -------
    list of dict
        What `compare_maps` returns, one per phase and feature.
    """
    networks = pipeline.networks
    network, device = networks.exact, networks.device
    reference = crop_inputs(networks.backgrounds).mean(dim=0).to(device)
    maps = explain_lesion(evidence, METHODS, networks, lambda _: None)
    found = []
    for phase in PHASES:
        crop = evidence.crops[phase]
        image = crop_inputs(torch.from_numpy(crop.image_yx)[None])[0].to(device)
        side = image.shape[-1]
        # The crop follows the lesion where breathing has moved it.
        x, y, z = (np.array(box[:3]) + evidence.shifts_mm[phase]).tolist()
        inside = ellipse_on(crop.affine, side, box._replace(x=x, y=y, z=z)).to(device)
        for task in (task for task in TASKS if phase in PHASES_OF_TASK[task]):

            def score(images: Tensor, column: int = TASKS.index(task)) -> Tensor:
                logits: Tensor = network(images)
                return logits[:, column].sigmoid()

            importances: dict[str, Tensor] = {
                heatmap.method: on_pixels(heatmap, crop.affine, side).to(device)
                for heatmap in maps
                if (heatmap.class_code, heatmap.phase) == (task, phase.value)
            }
            found.append(compare_maps(score, image, reference, importances, inside))
    return found
