"""What each network is taught, and how much a mistake weighs."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.pipelines.ceus_dcb.configuration import DISEASES
from inference.pipelines.ceus_dcb.samples import Samples

Floats = NDArray[np.float64]


class Criterion(nn.Module):
    """Binary cross entropy per target, or cross entropy over classes, minorities weighing more.

    Parameters
    ----------
    weights
        (2, targets) of negatives and positives; or (classes,).
    exclusive
        Whether the targets exclude each other.
    """

    weights: Tensor

    def __init__(self, weights: Tensor, *, exclusive: bool) -> None:
        super().__init__()
        self.register_buffer("weights", weights)
        self.exclusive = exclusive

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss of logits (n, targets); NaN targets are unknown and don't count."""
        if self.exclusive:
            return functional.cross_entropy(logits, targets.argmax(dim=1), self.weights)
        known = ~targets.isnan()
        wanted = torch.where(known, targets, 0)
        weight = torch.where(wanted > 0.5, self.weights[1], self.weights[0]) * known
        each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def targets_of(part: str, samples: Samples) -> Floats:
    """Return what each logit of a part should say, (n, targets): 1, 0, or NaN where unknown."""
    if part == "biomarker":
        return samples.biomarkers
    return np.array([[float(code == own) for code in DISEASES] for own in samples.classes])


def loss_for(part: str, targets: Floats) -> Criterion:
    """Return the loss with minority weighting: both sides of a target weigh the same in all."""
    positive = np.nansum(targets, axis=0)
    known = (~np.isnan(targets)).sum(axis=0)
    if part == "direct":
        weights = known / (len(positive) * np.maximum(positive, 1))
        return Criterion(torch.from_numpy(weights).float(), exclusive=True)
    sides = np.stack((known - positive, positive))
    weights = known / (2 * np.maximum(sides, 1))
    return Criterion(torch.from_numpy(weights).float(), exclusive=False)
