"""Residual networks 18, 34 and 50 with torchvision's parameter names.

He et al., Deep residual learning for image recognition, CVPR 2016 (doi:10.1109/CVPR.2016.90),
tables 1 and figure 5; the stride of a bottleneck sits on its 3 x 3 convolution as in torchvision,
so that its state dicts load key by key.
"""

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions with a shortcut."""

    expansion: ClassVar[int] = 1

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels_in, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels_in, h, w) to (n, channels, h / stride, w / stride)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        out: Tensor = self.relu(y + (x if self.downsample is None else self.downsample(x)))
        return out


class Bottleneck(nn.Module):
    """1 x 1, 3 x 3 and 1 x 1 convolutions with a shortcut; four times as many channels leave."""

    expansion: ClassVar[int] = 4

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        channels_out = channels * self.expansion
        self.conv1 = nn.Conv2d(channels_in, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels_out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels_in, channels_out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels_in, h, w) to (n, 4 * channels, h / stride, w / stride)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        out: Tensor = self.relu(y + (x if self.downsample is None else self.downsample(x)))
        return out


class _Layout(NamedTuple):
    block: type[BasicBlock] | type[Bottleneck]
    repeats: tuple[int, int, int, int]


LAYOUTS: dict[int, _Layout] = {
    10: _Layout(BasicBlock, (1, 1, 1, 1)),
    18: _Layout(BasicBlock, (2, 2, 2, 2)),
    34: _Layout(BasicBlock, (3, 4, 6, 3)),
    50: _Layout(Bottleneck, (3, 4, 6, 3)),
}


class ResNetTrunk(nn.Module):
    """The convolutional part of a ResNet, without pooling and classifier.

    Parameters
    ----------
    depth
        10, 18, 34 or 50.
    width
        Channels of the first stage; 64 in the papers.
    pool_stem
        Whether the stem halves the image a second time by max pooling, as in the papers. Without
        it all later maps are twice as fine, for small crops.

    Attributes
    ----------
    stride
        Pixels per cell of the last map. As every strided layer has an odd kernel and symmetric
        padding, cell i looks at pixel stride * i, not at the middle of the i-th tile.

    Raises
    ------
    ValueError
        If the depth isn't one of these.
    """

    def __init__(self, depth: int = 50, *, width: int = 64, pool_stem: bool = True) -> None:
        super().__init__()
        if depth not in LAYOUTS:
            raise ValueError(f"depth must be one of {sorted(LAYOUTS)}, found {depth}")
        block, repeats = LAYOUTS[depth]
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if pool_stem else nn.Identity()
        self.layer1 = _stage(block, width, width, repeats[0], stride=1)
        self.layer2 = _stage(block, width * block.expansion, width * 2, repeats[1], stride=2)
        self.layer3 = _stage(block, width * 2 * block.expansion, width * 4, repeats[2], stride=2)
        self.layer4 = _stage(block, width * 4 * block.expansion, width * 8, repeats[3], stride=2)
        self.channels3 = width * 4 * block.expansion
        self.channels4 = width * 8 * block.expansion
        self.stride = 32 if pool_stem else 16
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def stages(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs of the last two stages in float32.

        Parameters
        ----------
        images
            (n, 3, h, w); cast to the data type of the weights, which may be bfloat16.

        Returns
        -------
        tuple of Tensor
            (n, channels3, h / 16, w / 16) and (n, channels4, h / 32, w / 32), rounded up; half
            these divisors without `pool_stem`.
        """
        stage3 = self.layer3(self.layer2(self.layer1(self.stem(images))))
        return stage3.float(), self.layer4(stage3).float()

    def stem(self, images: Tensor) -> Tensor:
        """Return what the first stage reads, (n, width, h / 4, w / 4); h / 2 unless `pool_stem`."""
        x = images.to(self.conv1.weight.dtype)
        return self.maxpool(self.relu(self.bn1(self.conv1(x))))  # type: ignore[no-any-return]

    def layers(self) -> tuple[nn.Sequential, ...]:
        """Return the four stages, to be run one by one."""
        return self.layer1, self.layer2, self.layer3, self.layer4


class ResNet(ResNetTrunk):
    """A ResNet classifier: trunk, global average pooling, linear layer ``fc``."""

    def __init__(
        self, depth: int = 50, *, n_classes: int = 1000, width: int = 64, pool_stem: bool = True
    ) -> None:
        super().__init__(depth, width=width, pool_stem=pool_stem)
        self.fc = nn.Linear(self.channels4, n_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Map images (n, 3, h, w) to logits (n, n_classes)."""
        logits: Tensor = self.fc(torch.mean(self.stages(images)[1], dim=(2, 3)))
        return logits


def _stage(
    block: type[BasicBlock] | type[Bottleneck],
    channels_in: int,
    channels: int,
    repeats: int,
    stride: int,
) -> nn.Sequential:
    later = channels * block.expansion
    blocks = [block(channels_in, channels, stride)]
    blocks += [block(later, channels, 1) for _ in range(repeats - 1)]
    return nn.Sequential(*blocks)


def _shortcut(channels_in: int, channels_out: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and channels_in == channels_out:
        return None
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
    )
