"""Timing shared by the benchmarks of networks."""

import time
from collections.abc import Callable

from torch import Tensor

REPEATS = 3


def best(function: Callable[[], Tensor]) -> tuple[float, Tensor]:
    """Return the shortest of some runs after one to warm up, in seconds, and the result."""
    result = function()
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result
