"""Folding and reduced precision change speed, not answers."""

import pytest
import torch
from torch import nn

from inference.detection.network import Detector
from inference.detection.size import DetectorSize
from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.layers.resnet import ResNet

CPU = torch.device("cpu")


def with_statistics(net: nn.Module) -> nn.Module:
    """Give batch norms other statistics than 0 and 1, so that folding has something to do."""
    generator = torch.Generator().manual_seed(3)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return net.eval()


@pytest.mark.parametrize("depth", [10, 18, 50])
def test_folding_keeps_outputs_and_removes_every_norm(depth: int) -> None:
    net = with_statistics(ResNet(depth, n_classes=4, width=8))
    folded = fold_batch_norm(net)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(folded(images), net(images), atol=1e-4, rtol=1e-4)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert any(isinstance(module, nn.BatchNorm2d) for module in net.modules())


def test_folding_knows_the_detectors_blocks() -> None:
    net = with_statistics(Detector(DetectorSize(0.33, 0.125, 1024, 64, 8)))
    folded = fold_batch_norm(net)
    images = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(folded(images), net(images), atol=1e-4, rtol=1e-4)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())


def test_fast_networks_keep_their_linear_layers_in_float32() -> None:
    net = with_statistics(ResNet(18, n_classes=3, width=8))
    fast = optimised_for_inference(net, dtype=torch.bfloat16, device=CPU)
    assert fast.get_parameter("fc.weight").dtype is torch.float32
    assert fast.get_parameter("conv1.weight").dtype is torch.bfloat16
    assert not any(parameter.requires_grad for parameter in fast.parameters())
    images = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert fast(images).dtype is torch.float32


def test_fast_dtype_is_one_the_device_computes() -> None:
    assert fast_dtype(CPU) in (torch.bfloat16, torch.float32)
