"""Losses of binary segmentation: soft Dice, focal, Lovasz-softmax.

Milletari et al. 2016, doi:10.1109/3DV.2016.79 (Dice with squares); Lin et al. 2017,
doi:10.1109/ICCV.2017.324, equation 5; Berman et al. 2018, doi:10.1109/CVPR.2018.00464, algorithm 1.
"""

import torch
from torch import Tensor
from torch.nn import functional

ALPHA, GAMMA = 0.75, 2.0
"""Weight of the object against the rest, and focusing; both ours, papers use 0.25 to 0.75 and 2."""


def soft_dice(logits: Tensor, truth: Tensor) -> Tensor:
    """Return 1 - 2 sum(y p) / (sum(y^2) + sum(p^2)) over all pixels of a batch.

    Parameters
    ----------
    logits, truth
        Of the same shape; truth holds 0 and 1.
    """
    p = logits.sigmoid()
    overlap = 2 * (truth * p).sum()
    return 1 - (overlap + 1) / (truth.square().sum() + p.square().sum() + 1)


def focal(logits: Tensor, truth: Tensor, alpha: float = ALPHA, gamma: float = GAMMA) -> Tensor:
    """Return -alpha (1 - p)^gamma log p, p the probability of the true class, per object's pixel.

    The sum is divided by the number of the object's pixels, as Lin et al. divide by that of
    objects: a mean over all pixels vanishes where objects are small.
    """
    plain = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    missed = torch.where(truth > 0.5, 1 - logits.sigmoid(), logits.sigmoid())
    weight = torch.where(truth > 0.5, alpha, 1 - alpha)
    return (weight * missed**gamma * plain).sum() / truth.sum().clamp(min=1)


def lovasz_softmax(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the mean over both classes of the Lovasz extension of 1 - IoU."""
    p = logits.sigmoid().flatten()
    inside = truth.flatten()
    return (_lovasz(p, inside) + _lovasz(1 - p, 1 - inside)) / 2


def _lovasz(p: Tensor, inside: Tensor) -> Tensor:
    errors, order = torch.sort((inside - p).abs(), descending=True, stable=True)
    sorted_truth = inside[order]
    total = sorted_truth.sum()
    intersection = total - sorted_truth.cumsum(0)
    union = total + (1 - sorted_truth).cumsum(0)
    jaccard = 1 - intersection / union.clamp(min=1e-7)
    steps = torch.cat((jaccard[:1], jaccard[1:] - jaccard[:-1]))
    return torch.dot(errors, steps)
