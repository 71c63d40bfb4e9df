"""How trained networks do on slices and crops kept in memory."""

import torch
from torch import nn

from inference.pipelines.lirads_mri.configuration import (
    PHASES,
    PHASES_OF_TASK,
    TASKS,
    Configuration,
)
from inference.pipelines.lirads_mri.preprocess import crop_inputs, standardised
from inference.pipelines.lirads_mri.samples import CropSets, Slices

BATCH = 32


def dice_of_slices(segmenter: nn.Module, slices: Slices, threshold: float = 0.5) -> float:
    """Return the Dice coefficient over the pixels of all slices (the paper's global Dice)."""
    device = next(segmenter.parameters()).device
    overlap = total = 0
    with torch.inference_mode():
        for grey, inside in zip(
            torch.split(slices.images, BATCH), torch.split(slices.inside, BATCH), strict=True
        ):
            logits = segmenter(standardised(grey.float() / 255).to(device)).cpu()
            found = logits.sigmoid() >= threshold
            overlap += 2 * int((found & (inside > 0)).sum())
            total += int(found.sum()) + int(inside.sum())
    return round(overlap / max(total, 1), 4)


def sign_accuracy(
    characteriser: nn.Module, crops: CropSets, settings: Configuration
) -> dict[str, float]:
    """Return the share of lesions whose features are told right on their largest slices."""
    margin = (crops.images.shape[-1] - settings.crop_px) // 2
    inner = slice(margin, margin + settings.crop_px)
    device = next(characteriser.parameters()).device
    _, first = torch.unique_consecutive(crops.lesion, return_inverse=True)
    rows = [int((first == n).nonzero()[0]) for n in range(len(crops.rows))]
    grey = crops.images[rows][..., inner, inner].float() / 255
    with torch.inference_mode():
        parts = [
            characteriser(crop_inputs(part.flatten(0, 1)).to(device)).cpu()
            for part in torch.split(grey, BATCH)
        ]
    scores = torch.cat(parts).sigmoid().view(len(rows), len(PHASES), len(TASKS))
    found = {}
    for number, task in enumerate(TASKS):
        own = [PHASES.index(phase) for phase in PHASES_OF_TASK[task]]
        seen = scores[:, own, number].amax(dim=1) >= 0.5
        there = crops.signs[:, own, number].amax(dim=1) > 0.5
        found[task] = round(float((seen == there).float().mean()), 4)
    return found
