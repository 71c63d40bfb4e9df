"""Pixel attributions: exact for linear functions, complete in the limit, the same each time."""

import pytest
import torch
from torch import Tensor

from inference.explanation.expected_gradients import expected_gradients, lattice


def smooth(images: Tensor) -> Tensor:
    """A function with curvature and two classes."""
    flat = images.flatten(1)
    weights = torch.linspace(-1, 1, flat.shape[1])
    return torch.stack(((flat @ weights).sigmoid() * 3, (flat**2 @ weights.abs()) / 9), dim=1)


@pytest.fixture
def image() -> Tensor:
    return torch.randn(1, 4, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def backgrounds() -> Tensor:
    return torch.randn(7, 1, 4, 4, generator=torch.Generator().manual_seed(1))


def test_lattice_uses_every_background_equally_and_spreads_alphas() -> None:
    index, alpha = lattice(5, 20)
    assert torch.bincount(index).tolist() == [4] * 5
    torch.testing.assert_close(alpha.sort().values, (torch.arange(20) + 0.5) / 20)
    for background in range(5):
        assert alpha[index == background].mean().item() == pytest.approx(0.5)


def test_linear_functions_are_attributed_exactly(image: Tensor, backgrounds: Tensor) -> None:
    weights = torch.arange(16.0).reshape(16, 1)
    result = expected_gradients(lambda x: x.flatten(1) @ weights, image, backgrounds, samples=7)
    expected = (image - backgrounds.mean(dim=0)) * weights.reshape(1, 4, 4)
    torch.testing.assert_close(result.values[0], expected)
    assert result.completeness_error.max() < 1e-5


def test_more_samples_approach_completeness(image: Tensor, backgrounds: Tensor) -> None:
    errors = [
        expected_gradients(smooth, image, backgrounds, samples=7 * k).completeness_error.max()
        for k in (1, 8, 64)
    ]
    assert errors[2] < errors[1] < errors[0] and errors[2] < 0.002


def test_batches_and_reruns_change_nothing(image: Tensor, backgrounds: Tensor) -> None:
    counts: list[int] = []
    first = expected_gradients(smooth, image, backgrounds, samples=28, batch=28)
    again = expected_gradients(smooth, image, backgrounds, samples=28, batch=28)
    small = expected_gradients(smooth, image, backgrounds, samples=28, batch=5, done=counts.append)
    assert torch.equal(first.values, again.values)
    torch.testing.assert_close(first.values, small.values)
    assert sum(counts) == 28


def test_attributions_agree_with_random_draws_of_the_same_expectation(
    image: Tensor, backgrounds: Tensor
) -> None:
    generator = torch.Generator().manual_seed(2)
    draws = 20_000
    base = backgrounds[torch.randint(7, (draws,), generator=generator)]
    alpha = torch.rand(draws, 1, 1, 1, generator=generator)
    points = (base + alpha * (image - base)).requires_grad_(True)
    (gradient,) = torch.autograd.grad(smooth(points)[:, 0].sum(), points)
    expected = (gradient * (image - base)).mean(dim=0)
    values = expected_gradients(smooth, image, backgrounds, samples=700, batch=700).values[0]
    torch.testing.assert_close(values, expected, atol=0.02, rtol=0.05)
