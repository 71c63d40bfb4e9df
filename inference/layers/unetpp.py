"""UNet++ with a residual encoder and attention after each of its blocks.

Zhou et al., UNet++: redesigning skip connections, IEEE Trans Med Imaging 2019,
doi:10.1109/TMI.2019.2959609, equation 1. The encoder is a ResNet without max pooling whose
parameters keep torchvision's names; CBAM (see `inference.layers.cbam`) refines what each block
gives, as in doi:10.3389/fonc.2023.1153241, section 2.5.1.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.layers.cbam import CBAM
from inference.layers.resnet import ResNetTrunk

STRIDE = 16
"""Images need sides that are multiples of this."""


class UNetPlusPlus(nn.Module):
    """Map images to one logit per pixel.

    Four down-sampling layers (the stem and stages two to four) and four up-sampling ones. Node
    (i, j) joins all earlier nodes of its level i with node (i + 1, j - 1), doubled in size.

    Parameters
    ----------
    depth, width
        Of the residual encoder, see `ResNetTrunk`.
    """

    def __init__(self, depth: int = 34, width: int = 64) -> None:
        super().__init__()
        self.encoder = ResNetTrunk(depth, width=width, pool_stem=False)
        expansion = self.encoder.channels4 // (8 * width)
        levels = [width * expansion * 2**level for level in range(4)]
        self.attention = nn.ModuleList(
            nn.ModuleList(CBAM(channels) for _ in layer)
            for layer, channels in zip(self.encoder.layers(), levels, strict=True)
        )
        self.nodes = nn.ModuleDict(
            {
                f"x{level}_{step}": _double_conv(
                    step * levels[level] + levels[level + 1], levels[level]
                )
                for step in range(1, 4)
                for level in range(4 - step)
            }
        )
        self.full = _double_conv(levels[0], max(4, levels[0] // 2))
        self.head = nn.Conv2d(max(4, levels[0] // 2), 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Map images (n, 3, h, w), neighbouring slices as channels, to logits (n, h, w) float32.

        The sides are multiples of `STRIDE`.
        """
        rows = [[features] for features in self.encode(images)]
        for step in range(1, 4):
            for level in range(4 - step):
                below = _doubled(rows[level + 1][step - 1])
                joined = torch.cat([*rows[level], below], dim=1)
                rows[level].append(self.nodes[f"x{level}_{step}"](joined))
        fine = self.full(_doubled(rows[0][-1]))
        logits: Tensor = self.head(fine)
        return logits[:, 0].float()

    def encode(self, images: Tensor) -> list[Tensor]:
        """Return the maps of the four encoder stages, at 1/2, 1/4, 1/8 and 1/16 of the size."""
        x = self.encoder.stem(images)
        found = []
        for layer, attentions in zip(self.encoder.layers(), self.attention, strict=True):
            assert isinstance(attentions, nn.ModuleList)
            for block, attention in zip(layer, attentions, strict=True):
                x = attention(block(x))
            found.append(x)
        return found


def _double_conv(channels_in: int, channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)
