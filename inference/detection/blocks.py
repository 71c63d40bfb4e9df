"""Blocks of the detector: convolution unit, C2f, SPPF.

After the published description of YOLOv8 (docs.ultralytics.com, figure of the architecture); SPPF
is the sequential form of spatial pyramid pooling (He et al. 2015, doi:10.1109/TPAMI.2015.2389824),
C2f a cross-stage partial block (Wang et al. 2020, doi:10.1109/CVPRW50498.2020.00203) that keeps the
output of every bottleneck. Parameter names inside a block are the published ones.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvUnit(nn.Module):
    """Convolution, batch norm, SiLU; (n, channels_in, h, w) to (n, channels_out, h / s, w / s)."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int = 1, stride: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            channels_in, channels_out, kernel, stride, padding=kernel // 2, bias=False
        )
        self.bn = nn.BatchNorm2d(channels_out, eps=1e-3, momentum=0.03)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the unit."""
        return functional.silu(self.bn(self.conv(x)))


class _Bottleneck(nn.Module):
    def __init__(self, channels: int, shortcut: bool) -> None:
        super().__init__()
        self.cv1 = ConvUnit(channels, channels, 3)
        self.cv2 = ConvUnit(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.cv2(self.cv1(x))
        return x + y if self.shortcut else y


class C2f(nn.Module):
    """Split the channels in two halves, run bottlenecks on one, join all intermediate outputs."""

    def __init__(
        self, channels_in: int, channels_out: int, repeats: int, *, shortcut: bool
    ) -> None:
        super().__init__()
        half = channels_out // 2
        self.cv1 = ConvUnit(channels_in, 2 * half)
        self.cv2 = ConvUnit((2 + repeats) * half, channels_out)
        self.m = nn.ModuleList(_Bottleneck(half, shortcut) for _ in range(repeats))

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels_in, h, w) to (n, channels_out, h, w)."""
        parts = list(self.cv1(x).chunk(2, dim=1))
        for block in self.m:
            parts.append(block(parts[-1]))
        joined: Tensor = self.cv2(torch.cat(parts, dim=1))
        return joined


class SPPF(nn.Module):
    """Pool three times with a 5 x 5 window and join all four scales."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.cv1 = ConvUnit(channels, channels // 2)
        self.cv2 = ConvUnit(channels // 2 * 4, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels, h, w) to the same shape."""
        scales = [self.cv1(x)]
        for _ in range(3):
            scales.append(functional.max_pool2d(scales[-1], 5, stride=1, padding=2))
        joined: Tensor = self.cv2(torch.cat(scales, dim=1))
        return joined
