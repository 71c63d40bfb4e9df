"""What fitting the networks of any system needs: one seed, a device, progress by steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import torch

from inference.layers.optimise import fast_dtype
from inference.training.loop import Recipe

Settings = TypeVar("Settings")
Plan = TypeVar("Plan")


@dataclass(frozen=True, eq=False)
class BaseFitter(Generic[Settings, Plan]):
    """Fits the networks of one system one after the other, all from one seed.

    Parameters
    ----------
    settings, plan
        What is trained and how.
    seed
        Of initial weights, batches and augmentation.
    device
        Where it is trained; convolutions in bfloat16 where the device computes it.
    progress
        Called after each step with a network's name, the steps done and wanted.
    """

    settings: Settings
    plan: Plan
    seed: int
    device: torch.device
    progress: Callable[[str, int, int], None]

    def _randomness(self) -> tuple[np.random.Generator, torch.Generator]:
        """Return fresh sources of chance, the same for each network."""
        return np.random.default_rng(self.seed), torch.Generator().manual_seed(self.seed)

    def _reduced(self) -> torch.autocast:
        """Compute in bfloat16 inside this context where the device does so fast."""
        dtype = fast_dtype(self.device)
        return torch.autocast(self.device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)

    def _report(self, name: str, recipe: Recipe) -> Callable[[int, float], None]:
        """Return what `inference.training.loop.fit` tells its progress."""
        return lambda step, _: self.progress(name, step, recipe.steps)
