"""LiLNet's network against the published one's numbers and against its own definition."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from inference.pipelines.lilnet_ct.network import (
    LiLNet,
    aggregate,
    build,
    loss_terms,
    pooled_views,
    view_masks,
)
from tests.unit.inference_lilnet.oracle import oracle_state


@pytest.fixture(scope="module")
def published() -> LiLNet:
    net = LiLNet(3).eval()
    net.load_state_dict(oracle_state(net.state_dict()), strict=True)
    return net


@pytest.fixture(scope="module")
def image() -> Tensor:
    return torch.linspace(-1, 1, 3 * 224 * 224).reshape(1, 3, 224, 224)


def small(n_classes: int = 3) -> LiLNet:
    torch.manual_seed(1)
    return LiLNet(n_classes, depth=18, width=8, pool_stem=False)


@pytest.mark.parametrize(("n_classes", "count"), [(3, 25_643_105), (2, 25_630_806)])
def test_paper_size_has_the_published_parameter_count(n_classes: int, count: int) -> None:
    assert sum(p.numel() for p in LiLNet(n_classes).parameters()) == count


def test_names_and_shapes_are_the_published_ones(shared_data: Path, published: LiLNet) -> None:
    shapes = json.loads((shared_data.parent / "facts" / "lilnet_shapes.json").read_text())
    assert {key: list(value.shape) for key, value in published.state_dict().items()} == shapes


def test_published_weights_give_the_published_outputs(published: LiLNet, image: Tensor) -> None:
    with torch.no_grad():
        joint = published.joint(image)
        terms = loss_terms(joint, torch.tensor([0]))
    expected = {
        "aggregated": (aggregate(joint)[0], [0.08758504, -0.01142137, -0.11381663]),
        "distilled": (joint.distilled[0], [-0.39656425, 0.06029563, -0.06713600]),
        "terms": (torch.stack(terms), [2.64103889, 2.73745251, 0.00363985, 1.37858486]),
        "total": (terms.total, 6.78983498),
    }
    for name, (found, value) in expected.items():
        torch.testing.assert_close(found, torch.tensor(value), atol=1e-5, rtol=0, msg=name)


def test_views_zero_one_quadrant_each_split_at_half_rounded_down() -> None:
    masks = view_masks(7, 7)
    assert masks.sum(dim=(1, 2)).tolist() == [49, 40, 37, 37, 33]
    assert masks[1, :3, :3].sum() == 0 and masks[4, 3:, 3:].sum() == 0


def test_pooled_views_are_averages_of_masked_maps() -> None:
    features = torch.randn(2, 6, 5, 4, generator=torch.Generator().manual_seed(0))
    masks = view_masks(5, 4)
    expected = torch.stack(
        [functional.avg_pool2d(one * mask, (5, 4)).flatten() for one in features for mask in masks]
    )
    torch.testing.assert_close(pooled_views(features), expected)


def test_gradients_by_the_last_map_need_no_backward_pass() -> None:
    net = small().double().eval()
    features = torch.randn(2, net.channels4, 6, 7, dtype=torch.float64, requires_grad=True)
    stage3 = torch.randn(2, net.channels3, 12, 14, dtype=torch.float64)
    logits = aggregate(net.heads(stage3, features))
    analytic = net.logit_gradients(6, 7)
    for label in range(3):
        (gradient,) = torch.autograd.grad(logits[:, label].sum(), features, retain_graph=True)
        torch.testing.assert_close(analytic[label].expand_as(gradient), gradient)


def test_one_step_of_gradient_descent_lowers_the_loss_and_reaches_every_parameter() -> None:
    net = small().train()
    images = torch.randn(6, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    classes = torch.tensor([0, 1, 2, 0, 1, 2])
    before = loss_terms(net.joint(images), classes).total
    before.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.01 * p.grad
    assert loss_terms(net.joint(images), classes).total < before


@pytest.mark.parametrize(("part", "width"), [("bm", 2), ("benign", 3), ("malignant", 3)])
def test_demo_networks_take_65_pixel_crops(part: str, width: int) -> None:
    with torch.no_grad():
        assert build(part, "demo").eval()(torch.zeros(2, 3, 65, 65)).shape == (2, width)
