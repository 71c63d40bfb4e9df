"""Channel and spatial attention of the convolutional block attention module.

Features may be bfloat16 if the convolution is; linear layers stay float32.

Woo et al., CBAM: convolutional block attention module, ECCV 2018, doi:10.1007/978-3-030-01234-2_1,
equations 2 and 3.
"""

import torch
from torch import Tensor, nn

LEAST_HIDDEN = 4
"""Fewer units would all be dead too easily; the paper's narrowest map has as many."""


class ChannelAttention(nn.Module):
    """What to attend to: a weight in (0, 1) per channel (equation 2).

    Parameters
    ----------
    channels
        Of the feature map.
    reduction
        How much narrower the hidden layer is; 16 in the paper, at least four units stay.
    """

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        hidden = max(LEAST_HIDDEN, channels // reduction)
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Map features (n, k, h, w) to weights (n, k, 1, 1): both poolings share one network."""
        average, largest = features.mean(dim=(2, 3)), features.amax(dim=(2, 3))
        weights = torch.sigmoid(self.mlp(average.float()) + self.mlp(largest.float()))
        return weights[:, :, None, None].to(features.dtype)


class SpatialAttention(nn.Module):
    """Where to attend to: a weight in (0, 1) per cell (equation 3).

    Parameters
    ----------
    kernel
        Side of the convolution; 7 in the paper.
    """

    def __init__(self, kernel: int = 7) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel, padding=kernel // 2)

    def forward(self, features: Tensor) -> Tensor:
        """Map features (n, k, h, w) to weights (n, 1, h, w)."""
        pooled = torch.stack((features.mean(dim=1), features.amax(dim=1)), dim=1)
        return torch.sigmoid(self.conv(pooled))


class CBAM(nn.Module):
    """Channel attention, then spatial attention, each multiplied onto the features."""

    def __init__(self, channels: int, reduction: int = 16, kernel: int = 7) -> None:
        super().__init__()
        self.channel = ChannelAttention(channels, reduction)
        self.spatial = SpatialAttention(kernel)

    def forward(self, features: Tensor) -> Tensor:
        """Map features (n, k, h, w) to the same shape."""
        refined = features * self.channel(features)
        return refined * self.spatial(refined)  # type: ignore[no-any-return]
