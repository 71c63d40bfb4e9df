"""Deletion and insertion on a network whose truth is known."""

import math

import pytest
import torch
from torch import Tensor

from inference.explanation.faithfulness import faithfulness, positive_share, random_order

WEIGHTS = torch.tensor([[4.0, 0.0], [2.0, 1.0]])


def score(images: Tensor) -> Tensor:
    """A linear network on two channels that it sums."""
    return (images.sum(dim=1) * WEIGHTS).sum(dim=(1, 2)) / 14


def test_curves_by_hand() -> None:
    found = faithfulness(score, torch.ones(2, 2, 2), torch.zeros(2, 2, 2), WEIGHTS, steps=4)
    assert found.deletion.tolist() == pytest.approx([1, 6 / 14, 2 / 14, 0, 0])
    assert found.insertion.tolist() == pytest.approx([0, 8 / 14, 12 / 14, 1, 1])
    assert found.deletion_area == pytest.approx((0.5 + 6 / 14 + 2 / 14) / 4)
    assert found.insertion_area == pytest.approx((8 / 14 + 12 / 14 + 1 + 0.5) / 4)


def test_the_true_order_beats_chance_and_the_reverse_order() -> None:
    image, reference = torch.ones(2, 2, 2), torch.zeros(2, 2, 2)
    best = faithfulness(score, image, reference, WEIGHTS, steps=4)
    others = [random_order(torch.Size((2, 2)), seed) for seed in range(5)]
    for importance in (-WEIGHTS, *others):
        worse = faithfulness(score, image, reference, importance, steps=4)
        assert best.deletion_area <= worse.deletion_area + 1e-6
        assert best.insertion_area >= worse.insertion_area - 1e-6


def test_share_of_positive_attribution() -> None:
    values = torch.tensor([3.0, -5.0, 1.0])
    assert positive_share(values, torch.tensor([True, True, False])) == pytest.approx(0.75)
    assert math.isnan(positive_share(-values.abs(), torch.tensor([True, True, True])))
