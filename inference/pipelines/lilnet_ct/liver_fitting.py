"""Fit the liver segmentation to the masks of a labelled cohort."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.io.cohort import LabelledExam
from inference.io.masks import LIVER, mask_file, read_mask
from inference.pipelines.lilnet_ct.liver import liver_input
from inference.preprocessing.patient_grid import resample_onto
from inference.training.loop import Recipe, fit

MOST_CASES = 96
"""Livers differ less than lesions: so many cases are enough, and keep the training short."""


@dataclass(frozen=True, eq=False)
class LiverImage:
    """One volume with its liver, both (z, y, x) on the patient's grid.

    Parameters
    ----------
    image
        In [-0.5, 0.5], float16.
    target
        Part of each voxel that is liver, in [0, 1], float16.
    """

    image: Tensor
    target: Tensor


def liver_images(cohort: Path, exams: Iterable[LabelledExam]) -> list[LiverImage]:
    """Read the volumes that the cohort has liver masks of."""
    found = []
    for exam, rows in exams:
        for volume in exam.volumes:
            path = mask_file(cohort, rows[0].case, LIVER, volume.phase or "unknown")
            if volume.geometry is not None and volume.calibrated and path.is_file():
                image, grid = liver_input(volume)
                mask, geometry = read_mask(path)
                target = torch.from_numpy(resample_onto(mask, geometry, grid, 0.0))
                found.append(LiverImage(image.half(), target.half()))
            volume.release()
    return found


def fit_liver(
    network: nn.Module,
    images: list[LiverImage],
    recipe: Recipe,
    seed: int,
    progress: Callable[[int, float], None],
) -> None:
    """Fit by cross entropy and soft Dice, one volume a step, grey levels varied."""
    chance = torch.Generator().manual_seed(seed)
    device = next(network.parameters()).device

    def loss(_: int) -> Tensor:
        chosen = images[int(torch.randint(len(images), (1,), generator=chance))]
        gain, offset, noise = torch.rand(3, generator=chance).tolist()
        image = chosen.image.float()
        image = image * (0.8 + 0.4 * gain) + 0.2 * (offset - 0.5)
        image = image + 0.06 * noise * torch.randn(image.shape, generator=chance)
        logits = network(image[None, None].to(device))[0, 0]
        return liver_loss(logits, chosen.target.float().to(device))

    fit(network, recipe, loss, progress=progress)


def liver_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return binary cross entropy plus one minus soft Dice (Milletari 2016, arXiv:1606.04797)."""
    probability = torch.sigmoid(logits)
    overlap = 2 * (probability * target).sum() / (probability.sum() + target.sum() + 1)
    return functional.binary_cross_entropy_with_logits(logits, target) + 1 - overlap
