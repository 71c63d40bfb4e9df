"""Weights that are a fixed function of a parameter's name, as those the expected numbers need.

The expected outputs in `test_network` are the published network's for exactly these weights.
"""

import math

import numpy as np
import torch
from torch import Tensor

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def uniform(number: int, count: int) -> np.ndarray:
    """Splitmix64 of (position of the key, element), float64 in [0, 1)."""
    with np.errstate(over="ignore"):
        state = np.arange(count, dtype=np.uint64) + np.uint64(number * 1000003 + 1)
        state *= np.uint64(GOLDEN)
        for shift, factor in ((30, FIRST), (27, SECOND)):
            state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
        state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) / 2**53


def oracle_state(template: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the oracle's weights for a state dict's names and shapes."""
    return {
        key: _weights(key, number, template[key].shape)
        for number, key in enumerate(sorted(template))
    }


def _weights(key: str, number: int, shape: torch.Size) -> Tensor:
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    draw = torch.from_numpy(uniform(number, math.prod(shape))) * 2 - 1
    norm = len(shape) == 1 and ("bn" in key or "downsample.1" in key)
    if key.endswith("running_var") or (norm and key.endswith("weight")):
        values = 1 + 0.25 * draw
    elif len(shape) == 1:
        values = 0.1 * draw
    else:
        values = draw * math.sqrt(3 / math.prod(shape[1:]))
    return values.float().reshape(shape)
