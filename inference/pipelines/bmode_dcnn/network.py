"""DCNN-US: Model-L and Model-LB.

Yang et al., EBioMedicine 2020, doi:10.1016/j.ebiom.2020.102777, section 2.5. The convolutions keep
torchvision's names of parameters, so that ImageNet weights load into each branch.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.errors import UnusableInput
from inference.layers.resnet import ResNetTrunk
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS, CONFIGURATIONS, Configuration


class Branch(ResNetTrunk):
    """A ResNet18 whose classifier is dropout, batch norm and one linear layer.

    With one output this is Model-L: (n, 3, h, w) normalised crops to the log odds of malignancy
    (n, 1). Crops are grey, black outside the outline, three times the same channel.

    Parameters
    ----------
    n_outputs
        1 for malignancy, 3 for the types of background.
    """

    def __init__(self, n_outputs: int, settings: Configuration) -> None:
        super().__init__(settings.depth, width=settings.width, pool_stem=settings.pool_stem)
        self.dropout = nn.Dropout(settings.dropout)
        self.norm = nn.BatchNorm1d(self.channels4)
        self.fc = nn.Linear(self.channels4, n_outputs)

    def forward(self, images: Tensor) -> Tensor:
        """Map images (n, 3, h, w) to logits (n, n_outputs)."""
        logits: Tensor = self.fc(self.features(images))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """Return what the linear layer sees, (n, channels4): pooled, dropped, normalised."""
        return self.normalised(self.feature_map(images))

    def feature_map(self, images: Tensor) -> Tensor:
        """Return the last map, (n, channels4, h / stride, w / stride) rounded up."""
        return self.stages(images)[1]

    def normalised(self, feature_map: Tensor) -> Tensor:
        """Pool a feature map over its extent, drop and normalise."""
        normed: Tensor = self.norm(self.dropout(feature_map.mean(dim=(2, 3))))
        return normed

    def map_gradients(self, weight: Tensor, height: int, width: int) -> Tensor:
        """Return the derivative of linear outputs of the features by the last map, in eval mode.

        Pooling, batch norm and the linear layer are linear then, so that it is the same for every
        image and needs no backward pass.

        Parameters
        ----------
        weight
            (outputs, channels4) of the linear layer.

        Returns
        -------
        Tensor
            (outputs, channels4, height, width).
        """
        variance = self.norm.running_var
        assert variance is not None
        slope = weight * self.norm.weight / torch.sqrt(variance + self.norm.eps)
        cells = slope[:, :, None, None] / (height * width)
        return cells.expand(-1, -1, height, width)


class LesionBackground(nn.Module):
    """Model-LB: two branches with weights of their own, joined by one linear layer.

    Input (n, 6, h, w): channels 0 to 2 the lesion's crop, 3 to 5 the background's. Output (n, 1):
    the log odds of malignancy, a 1024 x 1 linear layer on both branches' features.
    """

    def __init__(self, settings: Configuration) -> None:
        super().__init__()
        self.lesion = Branch(1, settings)
        self.background = Branch(len(BACKGROUNDS), settings)
        self.fc = nn.Linear(self.lesion.channels4 + self.background.channels4, 1)

    def forward(self, pairs: Tensor) -> Tensor:
        """Map pairs of crops (n, 6, h, w) to the log odds of malignancy (n, 1)."""
        return self.joint(pairs)[:, :1]

    def joint(self, pairs: Tensor) -> Tensor:
        """Return (n, 5): the final logit, the lesion branch's own, the three background types'."""
        lesion = self.lesion.features(pairs[:, :3])
        background = self.background.features(pairs[:, 3:])
        final = self.fc(torch.cat([lesion, background], dim=1))
        return torch.cat([final, self.lesion.fc(lesion), self.background.fc(background)], dim=1)

    def branch_weights(self) -> tuple[Tensor, Tensor]:
        """Return the joining layer's weights (1, channels4) on each branch's features."""
        own = self.lesion.channels4
        return self.fc.weight[:, :own], self.fc.weight[:, own:]


def build(part: str, configuration: str) -> nn.Module:
    """Return an untrained network: ``l`` or ``lb``.

    Raises
    ------
    UnusableInput
        ``unknown_part``.
    """
    settings = CONFIGURATIONS[configuration]
    if part == "l":
        return Branch(1, settings)
    if part == "lb":
        return LesionBackground(settings)
    raise UnusableInput("unknown_part", f"DCNN-US has no part {part!r}; choose l or lb.")


def batch_hard_triplet(features: Tensor, classes: Tensor) -> Tensor:
    """Return the batch-hard triplet loss with a soft margin.

    Hermans et al. 2017, arXiv:1703.07737, equation 5 with the margin function log(1 + exp(x)) of
    section 2: per image, its farthest image of the same class against its nearest of another.

    Parameters
    ----------
    features
        (n, k).
    classes
        (n,); images without a partner of either kind don't count.
    """
    squared = (features[:, None] - features[None]).square().sum(dim=2)
    distance = torch.sqrt(squared + 1e-8)
    same = classes[:, None] == classes[None]
    itself = torch.eye(len(classes), dtype=torch.bool, device=classes.device)
    farthest = torch.where(same & ~itself, distance, -torch.inf).amax(dim=1)
    nearest = torch.where(~same, distance, torch.inf).amin(dim=1)
    gap = farthest - nearest
    counted = torch.isfinite(gap)
    return functional.softplus(gap[counted]).sum() / counted.sum().clamp(min=1)
