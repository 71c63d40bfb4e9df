"""Closed-form maps agree with the ones a backward pass gives."""

import pytest
import torch
from torch import Tensor

from inference.explanation.cam import activation_maps, head_gradients
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


def test_gradients_through_the_head_alone_equal_those_of_a_closed_form(net: LiLNet) -> None:
    with torch.no_grad():
        stage3, stage4 = net.stages(torch.randn(2, 3, 64, 64, dtype=torch.float64))
    stage3, stage4 = stage3.double(), stage4.double()
    logits, gradients = head_gradients(lambda maps: aggregate(net.heads(stage3, maps)), stage4)
    assert torch.equal(logits, aggregate(net.heads(stage3, stage4)))
    shared = net.logit_gradients(*stage4.shape[2:])
    for method in ("cam", "gradcam", "gradcam++"):
        torch.testing.assert_close(
            activation_maps(stage4, gradients, method), activation_maps(stage4, shared, method)
        )


def test_maps_of_a_nonlinear_head_follow_each_images_own_gradients() -> None:
    torch.manual_seed(1)
    features = torch.randn(3, 4, 5, 6, dtype=torch.float64).relu()
    weight = torch.randn(4, 2, dtype=torch.float64)
    _, gradients = head_gradients(lambda maps: maps.square().mean(dim=(2, 3)) @ weight, features)
    by_hand = 2 * features[:, None] / 30 * weight.T[None, :, :, None, None]
    torch.testing.assert_close(gradients, by_hand)
    expected = torch.einsum("nkhw,nck->nchw", features, by_hand.mean(dim=(3, 4))).relu()
    torch.testing.assert_close(activation_maps(features, gradients, "gradcam"), expected)


def test_a_head_may_judge_all_maps_together() -> None:
    features = torch.randn(3, 4, 2, 2)
    logits, gradients = head_gradients(lambda maps: maps.sum(0).mean((1, 2))[None], features, True)
    assert logits.shape == (1, 4) and gradients.shape == (3, 4, 4, 2, 2)
    with pytest.raises(ValueError, match="1 rows for 3 maps"):
        head_gradients(lambda maps: maps.sum(0).mean((1, 2))[None], features)
