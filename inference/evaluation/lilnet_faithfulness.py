"""Whether LiLNet's heat maps say what the network benign or malignant rests on."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from inference.evaluation.crop_faithfulness import ellipse_on, on_pixels
from inference.explanation.faithfulness import compare_maps
from inference.pipelines import METHODS
from inference.pipelines.lilnet_ct.configuration import PARTS
from inference.pipelines.lilnet_ct.explain import explain_lesion
from inference.pipelines.lilnet_ct.pipeline import LiLNetPipeline
from inference.pipelines.lilnet_ct.predict import LesionEvidence
from inference.pipelines.lilnet_ct.preprocess import network_input

PART = "bm"


def lesion_faithfulness(pipeline: LiLNetPipeline, evidence: LesionEvidence) -> dict[str, float]:
    """Measure all methods on the middle slice of a lesion's first volume, for the class decided on.

    The mean reference image stands for nothing. Returns what `compare_maps` does.
    """
    stack = evidence.stacks[0]
    middle = len(stack.images_zyx) // 2
    affine = stack.affine.copy()
    affine[:3, 3] += middle * affine[:3, 2]
    one = replace(stack, images_zyx=stack.images_zyx[middle : middle + 1], affine=affine)
    networks = replace(pipeline.networks, exact={PART: pipeline.networks.exact[PART]})
    network, device = networks.exact[PART], networks.device
    image = network_input(one.images_zyx)[0].to(device)
    reference = network_input(networks.backgrounds).mean(dim=0).to(device)
    with torch.no_grad():
        label = int(network(image[None]).argmax())

    def score(images: Tensor) -> Tensor:
        logits: Tensor = network(images)
        return logits.softmax(dim=1)[:, label]

    maps = explain_lesion(
        replace(evidence, stacks=(one,)), METHODS, networks, pipeline.configuration, lambda _: None
    )
    side = image.shape[-1]
    importances: dict[str, Tensor] = {
        heatmap.method: on_pixels(heatmap, affine, side).to(device)
        for heatmap in maps
        if heatmap.class_code == PARTS[PART][label]
    }
    box = evidence.lesion.box
    return compare_maps(
        score, image, reference, importances, ellipse_on(np.asarray(affine), side, box).to(device)
    )
