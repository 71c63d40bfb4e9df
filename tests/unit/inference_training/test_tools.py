"""Splits keep patients whole, batches are balanced, augmentation and schedules do what they say."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from inference.contracts import Box
from inference.errors import UnusableInput
from inference.io.cohort import TruthRow
from inference.training.augment import Augmentation, augment
from inference.training.balance import BalancedSampler
from inference.training.loop import Recipe, fit
from inference.training.split import folds, latest_cases, split_cases, split_rows


def test_splits_are_by_case_class_by_class_and_repeatable() -> None:
    classes = {f"case{n}": "HCC" if n % 3 else "CYST" for n in range(30)}
    train, held_out = split_cases(classes, 0.2, np.random.default_rng(4))
    assert not set(train) & set(held_out) and len(train) + len(held_out) == 30
    assert Counter(classes[key] for key in held_out) == {"HCC": 4, "CYST": 2}
    assert split_cases(classes, 0.2, np.random.default_rng(4)) == (train, held_out)


def dated(case: int, acquired: str) -> TruthRow:
    strata = {"acquired": acquired} if acquired else {}
    box = Box(0, 0, 0, 9, 9, 9)
    return TruthRow(f"case{case}", 1, "HCC", True, 9.0, box, ("arterial",), strata)


def test_a_split_by_time_holds_out_the_cases_acquired_last() -> None:
    rows = [dated(n, f"2024-0{9 - n}-01") for n in range(8)] + [dated(7, "2024-02-01")]
    assert latest_cases(rows, 0.25) == {"case0", "case1"}
    kept, late = split_rows(rows, ("HCC",), 0.25, np.random.default_rng(0), "time")
    assert [row.case for row in late] == ["case0", "case1"] and len(kept) == 7
    with pytest.raises(UnusableInput, match="no column acquired"):
        latest_cases([dated(0, "")], 0.5)
    with pytest.raises(UnusableInput, match="random or time, found 'age'"):
        split_rows(rows, ("HCC",), 0.25, np.random.default_rng(0), "age")


def test_folds_hold_every_case_once_and_all_classes() -> None:
    classes = {f"case{n}": "HCC" if n % 2 else "ICC" for n in range(23)}
    parts = folds(classes, 5, np.random.default_rng(0))
    assert sorted(key for part in parts for key in part) == sorted(classes)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert all({classes[key] for key in part} == {"HCC", "ICC"} for part in parts)
    with pytest.raises(ValueError, match="2 folds"):
        folds(classes, 1, np.random.default_rng(0))


def test_classes_and_units_are_drawn_equally_however_many_images_they_have() -> None:
    unit_of_image = np.array([0] * 90 + [1] * 10 + [2] * 5 + [3] * 5)
    sampler = BalancedSampler(unit_of_image, [0, 0, 1, -1])
    drawn = unit_of_image[sampler.draw(3000, 2, np.random.default_rng(0))]
    assert (drawn[:, 0] == drawn[:, 1]).all()
    counts = Counter(drawn[:, 0].tolist())
    assert counts[2] == pytest.approx(1500, rel=0.1)
    assert counts[0] == pytest.approx(750, rel=0.15) and counts[3] == 0


def test_images_of_a_unit_are_spread_over_their_order() -> None:
    sampler = BalancedSampler(np.zeros(40, int), [0])
    drawn = sampler.draw(50, 4, np.random.default_rng(0))
    assert (drawn // 10 == np.arange(4)).all()
    assert BalancedSampler(np.zeros(1, int), [0]).draw(1, 3, np.random.default_rng(0)).max() == 0


def test_nothing_to_draw_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        BalancedSampler(np.array([0]), [-1])


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_no_amounts_cut_out_the_middle() -> None:
    images = torch.rand(2, 12, 12, generator=generator())
    same = augment(images, 8, Augmentation(flip=False), generator())
    torch.testing.assert_close(same, images[:, 2:10, 2:10])


def test_flips_mirror_and_shifts_move() -> None:
    images = torch.zeros(64, 16, 16)
    images[:, 4:6, 4:6] = 1
    flipped = augment(images, 16, Augmentation(flip=True), generator())
    corners = {(int(i.sum(1).argmax()) > 7, int(i.sum(0).argmax()) > 7) for i in flipped}
    assert len(corners) == 4
    moved = augment(images, 16, Augmentation(flip=False, shift_px=2), generator())
    columns = torch.stack([(i.sum(0) * torch.arange(16)).sum() / i.sum() for i in moved])
    assert 1 < columns.max() - columns.min() <= 4


def test_noise_stays_in_range_and_is_repeatable() -> None:
    amounts = Augmentation(
        rotation_deg=180,
        scale=0.2,
        brightness=0.2,
        contrast=0.2,
        gaussian=0.2,
        salt_and_pepper=0.1,
    )
    images = torch.rand(8, 20, 20, generator=generator())
    first, again = (augment(images, 16, amounts, generator()) for _ in range(2))
    assert torch.equal(first, again)
    assert first.min() >= 0 and first.max() <= 1 and (first == 0).any() and (first == 1).any()


def test_rates_warm_up_then_fall() -> None:
    cosine = Recipe(steps=100, batch=1, learning_rate=1.0, warm_up=10)
    assert [cosine.rate(step) for step in (0, 9, 10, 55, 99)] == pytest.approx(
        [0.1, 1.0, 1.0, 0.5, 0.0], abs=1e-3
    )
    tenth = Recipe(steps=30, batch=1, learning_rate=0.01, schedule="tenth", milestones=(10, 20))
    assert [tenth.rate(step) for step in (0, 10, 29)] == pytest.approx([0.01, 0.001, 0.0001])


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_the_loop_finds_a_minimum_and_reports(optimiser: str) -> None:
    network = nn.Linear(2, 1)
    inputs = torch.randn(32, 2, generator=generator())
    wanted = inputs @ torch.tensor([[2.0], [-1.0]]) + 0.5
    steps: list[int] = []
    fit(
        network,
        Recipe(200, 32, 0.1, optimiser=optimiser, weight_decay=0.0),
        lambda step: (network(inputs) - wanted).square().mean(),
        progress=lambda step, loss: steps.append(step),
    )
    torch.testing.assert_close(network.weight.data, torch.tensor([[2.0, -1.0]]), atol=0.05, rtol=0)
    assert steps == list(range(1, 201)) and not network.training


def test_a_loss_that_is_no_number_stops_the_loop() -> None:
    network = nn.Linear(1, 1)
    with pytest.raises(FloatingPointError, match="step 1"):
        fit(network, Recipe(2, 1, 0.1), lambda step: network.weight.sum() * float("nan"))
