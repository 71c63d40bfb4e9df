"""A small 3-D U-Net with group normalisation (Cicek 2016, arXiv:1606.06650)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

GROUP = 4
"""Channels normalised together; batches of one volume are enough."""


def _double(n_in: int, n_out: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (n_in, n_out):
        layers += [
            nn.Conv3d(channels, n_out, 3, padding=1, bias=False),
            nn.GroupNorm(n_out // GROUP, n_out),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet3d(nn.Module):
    """One foreground class in volumes of any size.

    Parameters
    ----------
    width
        Channels of the finest level, a multiple of 4; each of the three coarser has twice as many.
    """

    DEPTH = 4

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width << level for level in range(self.DEPTH)]
        self.down = nn.ModuleList(
            _double(n_in, n_out) for n_in, n_out in zip([1, *widths], widths, strict=False)
        )
        self.up = nn.ModuleList(
            _double(fine + coarse, fine)
            for fine, coarse in zip(widths[-2::-1], widths[:0:-1], strict=True)
        )
        self.head = nn.Conv3d(width, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Take (n, 1, z, y, x) to logits of the same shape."""
        step = 1 << (self.DEPTH - 1)
        shape = images.shape[2:]
        padding = [value for side in reversed(shape) for value in (0, -side % step)]
        features = functional.pad(images, padding, mode="replicate")
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            features = block(functional.max_pool3d(features, 2) if level else features)
            kept.append(features)
        for block, skipped in zip(self.up, kept[-2::-1], strict=True):
            larger = functional.interpolate(features, scale_factor=2.0, mode="nearest")
            features = block(torch.cat((skipped, larger), dim=1))
        logits: Tensor = self.head(features)
        return logits[:, :, : shape[0], : shape[1], : shape[2]]
