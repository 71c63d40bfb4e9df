"""LiLNet: a ResNet whose head classifies five masked views of its last feature maps.

Wei et al., Nature Communications 15, 7040 (2024), doi:10.1038/s41467-024-51260-6, figure 7b and
"Development of the LiLNet system". Names and shapes of the parameters are the published code's.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detection.network import Detector
from inference.errors import UnusableInput
from inference.layers.resnet import ResNetTrunk
from inference.layers.unet3d import UNet3d
from inference.pipelines.lilnet_ct.configuration import CONFIGURATIONS, PARTS

N_VIEWS = 5
"""Whole map; then the upper left, upper right, lower left, lower right quadrant set to zero."""

TEMPERATURE = 3.0
AUXILIARY_WEIGHT = 1.0


class JointLogits(NamedTuple):
    """What the heads say before aggregation.

    Parameters
    ----------
    final, auxiliary
        (5 n, 5 N) from the last and the last but one stage. Row 5 i + v is view v of image i,
        column 5 c + u is class c seen in view u.
    distilled
        (n, N) from the whole last feature map.
    """

    final: Tensor
    auxiliary: Tensor
    distilled: Tensor


class LossTerms(NamedTuple):
    """The four terms of the training loss; `divergence` is before its factor T squared."""

    final: Tensor
    auxiliary: Tensor
    divergence: Tensor
    distilled: Tensor

    @property
    def total(self) -> Tensor:
        """The loss that is minimised."""
        return (
            self.final
            + AUXILIARY_WEIGHT * self.auxiliary
            + TEMPERATURE**2 * self.divergence
            + self.distilled
        )


class LiLNet(ResNetTrunk):
    """One of LiLNet's three networks (benign/malignant, benign subtypes, malignant subtypes).

    Parameters
    ----------
    n_classes
        N, 2 or 3 in the paper.
    depth, width, pool_stem
        See `ResNetTrunk`; 50, 64 and True in the paper.

    Notes
    -----
    Input (n, 3, 224, 224) float32: crops centred on the lesion, windowed to [0, 1], then
    normalised with mean 0.5 and standard deviation 0.5. Other sizes work, too: maps are pooled
    over their whole extent.
    """

    def __init__(
        self, n_classes: int, *, depth: int = 50, width: int = 64, pool_stem: bool = True
    ) -> None:
        super().__init__(depth, width=width, pool_stem=pool_stem)
        self.n_classes = n_classes
        hidden = self.channels4 // 2
        self.fc3 = nn.Linear(self.channels3, N_VIEWS * n_classes)
        self.fc_SD = nn.Linear(self.channels4, n_classes)
        self.fc_ens = nn.Linear(self.channels4, hidden)
        self.fc = nn.Linear(hidden, N_VIEWS * n_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the aggregated logits (n, N) of images (n, 3, h, w)."""
        return aggregate(self.joint(images))

    def joint(self, images: Tensor) -> JointLogits:
        """Return the logits of all heads for images (n, 3, h, w)."""
        return self.heads(*self.stages(images))

    def heads(self, stage3: Tensor, stage4: Tensor) -> JointLogits:
        """Return the logits of all heads for the outputs of `stages`."""
        return JointLogits(
            self.fc(self.fc_ens(pooled_views(stage4))),
            self.fc3(pooled_views(stage3)),
            self.fc_SD(stage4.mean(dim=(2, 3))),
        )

    def logit_gradients(self, height: int, width: int) -> Tensor:
        """Return the derivative of the aggregated logits by the last feature map.

        The path from layer4 to the logits is linear (mask, pool, ``fc_ens``, ``fc``), so the
        derivative is the same for every image and needs no backward pass.

        Returns
        -------
        Tensor
            (N, channels4, height, width): class c, channel, cell of the map.
        """
        rows = self.fc.weight.view(self.n_classes, N_VIEWS, -1) @ self.fc_ens.weight
        masks = view_masks(height, width).to(rows)
        scale = 2 * N_VIEWS * height * width
        return torch.einsum("cvk,vhw->ckhw", rows, masks) / scale


def build(part: str, configuration: str) -> nn.Module:
    """Return an untrained network: one of the three classifiers, the detector or the liver's.

    Raises
    ------
    UnusableInput
        ``unknown_part``.
    """
    settings = CONFIGURATIONS[configuration]
    if part == "detector":
        return Detector(settings.detector)
    if part == "liver":
        return UNet3d(settings.liver_width)
    if part not in PARTS:
        raise UnusableInput(
            "unknown_part",
            f"LiLNet has no part {part!r}; choose {', '.join(PARTS)}, detector or liver.",
        )
    return LiLNet(
        len(PARTS[part]),
        depth=settings.depth,
        width=settings.width,
        pool_stem=settings.pool_stem,
    )


def view_masks(height: int, width: int) -> Tensor:
    """Return the five binary masks (5, height, width); quadrants split at half, rounded down."""
    masks = torch.ones(N_VIEWS, height, width)
    top, left = slice(None, height // 2), slice(None, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    quadrants = ((top, left), (top, right), (bottom, left), (bottom, right))
    for view, (rows, columns) in enumerate(quadrants, start=1):
        masks[view, rows, columns] = 0
    return masks


def pooled_views(features: Tensor) -> Tensor:
    """Average each of the five masked views of feature maps over the whole map.

    Parameters
    ----------
    features
        (n, k, h, w).

    Returns
    -------
    Tensor
        (5 n, k), the five views of one image in consecutive rows. Zeroed cells count in the
        average, as in the published code.
    """
    n, channels, height, width = features.shape
    masks = view_masks(height, width).to(features) / (height * width)
    pooled = features.flatten(2) @ masks.flatten(1).T
    return pooled.transpose(1, 2).reshape(n * N_VIEWS, channels)


def aggregate(joint: JointLogits) -> Tensor:
    """Return the logits (n, N): over views v, the mean of both heads' entry (view v, class, v)."""
    total = joint.final + joint.auxiliary
    by_view = total.view(-1, N_VIEWS, total.shape[1] // N_VIEWS, N_VIEWS)
    return torch.einsum("nvcv->nc", by_view) / (2 * N_VIEWS)


def loss_terms(joint: JointLogits, classes: Tensor) -> LossTerms:
    """Return the terms of the training loss.

    Parameters
    ----------
    joint
        From `LiLNet.joint`.
    classes
        (n,) class of each image, 0 .. N - 1.
    """
    views = torch.arange(N_VIEWS, device=classes.device)
    joint_labels = (classes[:, None] * N_VIEWS + views).flatten()
    teacher = functional.softmax(aggregate(joint).detach() / TEMPERATURE, dim=1)
    student = functional.log_softmax(joint.distilled / TEMPERATURE, dim=1)
    return LossTerms(
        functional.cross_entropy(joint.final, joint_labels),
        functional.cross_entropy(joint.auxiliary, joint_labels),
        functional.kl_div(student, teacher, reduction="batchmean"),
        functional.cross_entropy(joint.distilled, classes),
    )
