"""DCNN-US's networks: counted parameters, gradients, closed-form maps against autograd, losses."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from inference.errors import BadCheckpoint, UnusableInput
from inference.layers.resnet import ResNet
from inference.pipelines.bmode_dcnn.configuration import DEMO, PAPER
from inference.pipelines.bmode_dcnn.fitting import Batch, Fitter
from inference.pipelines.bmode_dcnn.network import (
    Branch,
    LesionBackground,
    batch_hard_triplet,
    build,
)
from inference.pipelines.bmode_dcnn.preprocess import pair_input
from inference.pipelines.bmode_dcnn.recipes import DEMO as DEMO_PLAN
from inference.pipelines.bmode_dcnn.recipes import plan_for

RESNET18_TRUNK = 11_176_512
"""ResNet18 without its classifier: 11,689,512 less 512 x 1000 + 1000."""


def n_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def fitter(settings=DEMO) -> Fitter:
    return Fitter(settings, DEMO_PLAN, 0, torch.device("cpu"), lambda *_: None)


def made_batch(side: int, n: int = 8) -> Batch:
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(2, n, side, side, generator=generator)
    malignant = torch.arange(n) % 2 == 0
    images[0, malignant] *= 0.5
    return Batch(images[0], images[1], malignant, torch.arange(n) % 3)


def assert_learns(network: nn.Module, loss, batch: Batch, rate: float) -> None:
    """One small step against the gradient lowers the loss, with the same features dropped."""
    network.train()
    torch.manual_seed(0)
    before = loss(network, batch)
    before.backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in network.parameters())
    with torch.no_grad():
        for parameter in network.parameters():
            parameter -= rate * parameter.grad
    torch.manual_seed(0)
    assert loss(network, batch).item() < before.item()


def test_the_papers_size_has_the_parameters_its_blocks_imply() -> None:
    with torch.device("meta"):
        lesion, both = build("l", "paper"), build("lb", "paper")
    head = 2 * 512 + 512 + 1
    assert n_parameters(lesion) == RESNET18_TRUNK + head
    types = 2 * 512 + 3 * 512 + 3
    assert n_parameters(both) == 2 * RESNET18_TRUNK + head + types + 1024 + 1


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(UnusableInput, match="choose l or lb"):
        build("lbc", "demo")


@pytest.mark.parametrize("part", ["l", "lb"])
def test_one_step_lowers_the_loss_and_reaches_every_parameter(part: str) -> None:
    network, own = build(part, "demo"), fitter()
    loss = own.lesion_loss if part == "l" else own.both_loss
    assert_learns(network, loss, made_batch(DEMO.side_px), 1e-3)


def test_the_papers_size_learns_too() -> None:
    assert_learns(Branch(1, PAPER), fitter(PAPER).lesion_loss, made_batch(64, 4), 1e-4)


def test_map_gradients_agree_with_autograd() -> None:
    torch.manual_seed(3)
    network = LesionBackground(DEMO)
    for branch in (network.lesion, network.background):
        branch.norm.running_mean.normal_()
        branch.norm.running_var.uniform_(0.5, 2)
        nn.init.normal_(branch.norm.weight)
    network.eval()
    pairs = torch.rand(2, 6, 65, 65)
    maps = [
        network.lesion.feature_map(pairs[:, :3]).detach().requires_grad_(True),
        network.background.feature_map(pairs[:, 3:]).detach().requires_grad_(True),
    ]
    features = [
        branch.normalised(own)
        for branch, own in zip((network.lesion, network.background), maps, strict=True)
    ]
    logit = network.fc(torch.cat(features, dim=1))
    assert torch.allclose(logit, network(pairs), atol=1e-5)
    expected = torch.autograd.grad(logit.sum(), maps)
    for branch, weight, own in zip(
        (network.lesion, network.background), network.branch_weights(), expected, strict=True
    ):
        closed = branch.map_gradients(weight, *own.shape[2:])
        assert torch.allclose(closed.expand_as(own), own, atol=1e-7)


def test_batch_hard_triplet_by_hand() -> None:
    features = torch.tensor([[0.0], [1.0], [3.0], [7.0]])
    classes = torch.tensor([0, 0, 1, 1])
    gaps = [1 - 3, 1 - 2, 4 - 2, 4 - 6]  # farthest of the same class minus nearest of the other
    expected = np.mean([math.log1p(math.exp(gap)) for gap in gaps])
    assert float(batch_hard_triplet(features, classes)) == pytest.approx(expected, abs=1e-4)
    assert float(batch_hard_triplet(features, torch.zeros(4))) == 0


def test_imagenet_weights_start_both_branches(tmp_path: Path) -> None:
    torch.manual_seed(5)
    plain = ResNet(18)
    torch.save(plain.state_dict(), tmp_path / "resnet18.pth")
    own = fitter(PAPER)
    for part, prefix in (("l", ""), ("lb", "background.")):
        state = own._build(part, tmp_path / "resnet18.pth").state_dict()
        for key, value in plain.state_dict().items():
            if not key.startswith("fc."):
                assert torch.equal(state[prefix + key], value), key
    with pytest.raises(BadCheckpoint):
        fitter(DEMO)._build("l", tmp_path / "resnet18.pth")


def test_channels_hold_lesion_then_background() -> None:
    pairs = pair_input(torch.zeros(2, 4, 4), torch.ones(2, 4, 4))
    assert pairs.shape == (2, 6, 4, 4)
    assert bool((pairs[:, :3] == -1).all()) and bool((pairs[:, 3:] == 1).all())


def test_recipes() -> None:
    paper = plan_for("paper", 6600)
    assert paper.lesion.milestones == (20 * 206, 40 * 206)
    assert paper.lesion.rate(paper.lesion.milestones[1]) == pytest.approx(1e-5)
    with pytest.raises(UnusableInput, match="choose demo or paper"):
        plan_for("other", 10)
