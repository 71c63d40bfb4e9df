"""Closed-form maps agree with the ones a backward pass gives."""

import pytest
import torch
from torch import Tensor

from inference.explanation.cam import activation_maps
from inference.pipelines.lilnet_ct.network import LiLNet, aggregate


@pytest.fixture
def net() -> LiLNet:
    torch.manual_seed(5)
    return LiLNet(3, depth=18, width=8, pool_stem=False).double().eval()


def captured(net: LiLNet, images: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Feature map and autograd's derivative of each class's logit by it."""
    stage3, stage4 = net.stages(images)
    stage3, stage4 = stage3.double().detach(), stage4.double().detach().requires_grad_(True)
    logits = aggregate(net.heads(stage3, stage4))
    gradients = [
        torch.autograd.grad(logits[:, label].sum(), stage4, retain_graph=True)[0]
        for label in range(logits.shape[1])
    ]
    return stage4.detach(), gradients


def test_gradcam_equals_autograds_for_all_classes(net: LiLNet) -> None:
    features, gradients = captured(net, torch.randn(2, 3, 96, 80, dtype=torch.float64))
    maps = activation_maps(features, net.logit_gradients(*features.shape[2:]), "gradcam")
    for label, gradient in enumerate(gradients):
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        expected = (weights * features).sum(dim=1).relu()
        torch.testing.assert_close(maps[:, label], expected, atol=1e-9, rtol=1e-9)


def test_gradcam_plus_plus_equals_its_definition_from_autograd(net: LiLNet) -> None:
    features, gradients = captured(net, torch.randn(2, 3, 64, 64, dtype=torch.float64))
    maps = activation_maps(features, net.logit_gradients(*features.shape[2:]), "gradcam++")
    for label, g in enumerate(gradients):
        total = features.sum(dim=(2, 3), keepdim=True)
        shares = torch.nan_to_num(g**2 / (2 * g**2 + total * g**3))
        weights = (shares * g.relu()).sum(dim=(2, 3), keepdim=True)
        expected = (weights * features).sum(dim=1).relu()
        torch.testing.assert_close(maps[:, label], expected, atol=1e-9, rtol=1e-6)


def test_cam_splits_the_final_heads_logit_into_cells(net: LiLNet) -> None:
    with torch.no_grad():
        stage3, stage4 = net.stages(torch.randn(1, 3, 64, 64, dtype=torch.float64))
        zero = torch.zeros_like(stage4)
        logits = aggregate(net.heads(stage3.double(), stage4.double()))
        constant = aggregate(net.heads(stage3.double(), zero.double()))
        gradients = net.logit_gradients(*stage4.shape[2:])
        signed = torch.einsum("nkhw,ckhw->nchw", stage4.double(), gradients)
    torch.testing.assert_close(signed.sum(dim=(2, 3)), logits - constant)
    assert torch.equal(activation_maps(stage4.double(), gradients, "cam"), signed.relu())
