"""Networks: parameters that the blocks imply, published names, gradients, losses."""

import itertools
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from inference.errors import BadCheckpoint, UnusableInput
from inference.layers.optimise import fold_batch_norm
from inference.layers.unetpp import UNetPlusPlus
from inference.layers.vgg import VGG16
from inference.pipelines.lirads_mri.fitting import SWITCH, HybridLoss, switched_loss
from inference.pipelines.lirads_mri.network import build
from inference.pipelines.lirads_mri.train import _pretrained
from inference.training.segmentation_loss import focal, lovasz_softmax, soft_dice

PARTS = ("segmenter", "characteriser", "plain", "resnet", "resnet_plain", "direct")
VGG16_CONVOLUTIONS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
"""Positions of the convolutions in torchvision's ``vgg16().features``."""


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_vgg16_of_the_paper_has_the_published_keys_and_counts() -> None:
    network = build("characteriser", "paper")
    keys = [f"features.{n}.{kind}" for n in VGG16_CONVOLUTIONS for kind in ("weight", "bias")]
    assert list(network.state_dict()) == [*keys, "head.weight", "head.bias"]
    sizes = [3, 64, 64, 128, 128, 256, 256, 256, *[512] * 6]
    convolutions = sum(9 * a * b + b for a, b in itertools.pairwise(sizes))
    assert convolutions == 14_714_688
    assert count(network) == convolutions + 3 * 513


def test_unetpp_of_the_paper_has_the_parameters_its_blocks_imply() -> None:
    network = build("segmenter", "paper")
    assert isinstance(network, UNetPlusPlus)
    trunk = 21_284_672  # torchvision's resnet34 without fc
    assert count(network.encoder) == trunk
    levels, repeats = (64, 128, 256, 512), (3, 4, 6, 3)

    def attention(k: int) -> int:
        hidden = max(4, k // 16)
        return (k * hidden + hidden) + (hidden * k + k) + 2 * 49 + 1

    def double(into: int, out: int) -> int:
        return 9 * into * out + 2 * out + 9 * out * out + 2 * out

    nodes = sum(
        double(step * levels[i] + levels[i + 1], levels[i])
        for step in range(1, 4)
        for i in range(4 - step)
    )
    implied = sum(n * attention(k) for n, k in zip(repeats, levels, strict=True))
    assert count(network) == trunk + implied + nodes + double(64, 32) + 33


@pytest.mark.parametrize("part", PARTS)
def test_one_step_lowers_the_loss_and_gradients_reach_every_parameter(part: str) -> None:
    torch.manual_seed(0)
    network = build(part, "demo").train()
    images = torch.randn(2, 3, 32, 32)
    wanted = torch.rand(network(images).shape).round()

    def loss() -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(network(images), wanted)

    before = loss()
    before.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    torch.optim.SGD(network.parameters(), lr=1e-3).step()
    assert loss() < before


def test_unknown_networks_are_refused() -> None:
    with pytest.raises(UnusableInput, match="no network 'liver'"):
        build("liver", "demo")


def test_folding_changes_nothing_but_rounding() -> None:
    torch.manual_seed(0)
    for part, side in (("segmenter", 32), ("characteriser", 64)):
        network = build(part, "demo").eval()
        images = torch.randn(2, 3, side, side)
        with torch.inference_mode():
            torch.testing.assert_close(
                fold_batch_norm(network)(images), network(images), atol=1e-4, rtol=1e-3
            )


def test_imagenet_weights_load_from_local_files(tmp_path: Path) -> None:
    torch.manual_seed(1)
    published = {k: v for k, v in VGG16(3).state_dict().items() if not k.startswith("head")}
    published["classifier.0.weight"] = torch.zeros(4, 4)
    torch.save(published, tmp_path / "vgg16-397923af.pth")
    network = build("characteriser", "paper")
    _pretrained("characteriser", network, tmp_path)
    key = "features.28.weight"
    assert torch.equal(network.state_dict()[key], published[key])
    with pytest.raises(BadCheckpoint):
        _pretrained("characteriser", build("characteriser", "demo"), tmp_path)


def test_losses_have_their_known_values() -> None:
    truth = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    sure = (truth * 2 - 1) * 40
    for loss in (soft_dice, focal, lovasz_softmax):
        assert loss(sure, truth) < 1e-4
    # p = 1/2 everywhere: 2 * 1 + 1 over 2 + 1 + 1; focal: 1/4 * log 2 * weights 2 over 2
    even = torch.zeros_like(truth)
    assert soft_dice(even, truth) == pytest.approx(1 - 3 / 4)
    assert focal(even, truth) == pytest.approx(0.25 * torch.log(torch.tensor(2.0)).item())
    # wrong everywhere: each class has IoU 0
    assert lovasz_softmax(-sure, truth) == pytest.approx(1.0, abs=1e-4)


def test_lovasz_equals_one_minus_iou_of_hard_decisions() -> None:
    truth = torch.tensor([[[1.0, 1.0, 0.0, 0.0, 0.0]]])
    found = torch.tensor([[[1.0, 0.0, 1.0, 0.0, 0.0]]])
    # IoU of lesion 1/3, of the rest 2/4
    expected = ((1 - 1 / 3) + (1 - 2 / 4)) / 2
    assert lovasz_softmax((found * 2 - 1) * 40, truth) == pytest.approx(expected, abs=1e-4)


def test_lovasz_joins_below_the_threshold_and_stays() -> None:
    truth = torch.tensor([[[1.0, 0.0]]])
    good, bad = (truth * 2 - 1) * 40, (1 - truth * 2) * 40
    loss = HybridLoss(threshold=0.5)
    first = loss(bad, truth)
    assert not loss.fine and first == pytest.approx(
        float(soft_dice(bad, truth) + focal(bad, truth))
    )
    for _ in range(120):
        loss(good, truth)
    assert loss.fine
    assert loss(bad, truth) > first


def test_the_switch_lets_a_phase_teach_its_own_features_only() -> None:
    assert SWITCH.tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    logits = torch.zeros(1, 3, 3, requires_grad=True)
    switched_loss(logits, torch.ones(1, 3, 3), SWITCH).backward()
    assert logits.grad is not None
    assert torch.equal(logits.grad[0] != 0, SWITCH > 0)
