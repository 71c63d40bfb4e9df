"""Attention: shapes, range, and its definition by hand."""

import torch

from inference.layers.cbam import CBAM, ChannelAttention, SpatialAttention


def test_weights_lie_between_0_and_1_and_broadcast() -> None:
    features = torch.randn(2, 32, 5, 7)
    channel, spatial = ChannelAttention(32)(features), SpatialAttention()(features)
    assert channel.shape == (2, 32, 1, 1) and spatial.shape == (2, 1, 5, 7)
    for weights in (channel, spatial):
        assert weights.min() > 0 and weights.max() < 1


def test_module_is_channel_then_spatial_attention() -> None:
    torch.manual_seed(0)
    module, features = CBAM(16), torch.randn(2, 16, 6, 6)
    refined = features * module.channel(features)
    assert torch.equal(module(features), refined * module.spatial(refined))


def test_one_hidden_unit_is_left_in_narrow_maps() -> None:
    assert ChannelAttention(8, reduction=16)(torch.randn(1, 8, 3, 3)).shape == (1, 8, 1, 1)
