"""The training loop: one network, one source of batches, one loss."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Recipe:
    """How a network is optimised.

    Parameters
    ----------
    steps
        Optimiser steps in all.
    batch
        Images per step.
    learning_rate
        At the start (after warming up).
    schedule
        ``cosine`` falls to 0; ``tenth`` divides by 10 at each of `milestones`.
    milestones
        Steps at which ``tenth`` falls.
    optimiser
        ``sgd`` with momentum, or ``adamw``.
    """

    steps: int
    batch: int
    learning_rate: float
    schedule: Literal["cosine", "tenth"] = "cosine"
    milestones: tuple[int, ...] = ()
    optimiser: Literal["sgd", "adamw"] = "sgd"
    momentum: float = 0.9
    weight_decay: float = 1e-4
    warm_up: int = 0

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        if self.schedule == "tenth":
            return float(self.learning_rate * 0.1 ** sum(step >= m for m in self.milestones))
        share = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.learning_rate * (1 + math.cos(math.pi * share)) / 2


def fit(
    network: nn.Module,
    recipe: Recipe,
    loss: Callable[[int], Tensor],
    *,
    progress: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Train a network in place.

    Parameters
    ----------
    network
        Left in eval mode.
    recipe
        Optimiser and schedule.
    loss
        Draws the batch of a step and returns its loss.
    progress
        Called after each step with the steps done and the loss, smoothed.

    Raises
    ------
    FloatingPointError
        If the loss is no longer a number.
    """
    network.train()
    parameters = list(network.parameters())
    optimiser: torch.optim.Optimizer
    if recipe.optimiser == "sgd":
        optimiser = torch.optim.SGD(
            parameters, recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay
        )
    else:
        optimiser = torch.optim.AdamW(
            parameters, recipe.learning_rate, weight_decay=recipe.weight_decay
        )
    smoothed = math.nan
    for step in range(recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate(step)
        value = loss(step)
        optimiser.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 10.0)
        optimiser.step()
        current = float(value.detach())
        if not math.isfinite(current):
            raise FloatingPointError(f"the loss became {current} at step {step + 1}")
        smoothed = current if math.isnan(smoothed) else 0.95 * smoothed + 0.05 * current
        progress(step + 1, smoothed)
    network.eval()
