"""Run a function over a stack in batches that shrink when memory runs out."""

from collections.abc import Callable

import torch
from torch import Tensor

from inference.errors import CannotRun

CPU_OUT_OF_MEMORY = "can't allocate memory"


def in_batches(
    function: Callable[[Tensor], Tensor],
    stack: Tensor,
    batch: int,
    *,
    done: Callable[[int], None] = lambda _: None,
) -> Tensor:
    """Apply `function` to slices of `stack` along its first axis and join the results.

    Parameters
    ----------
    function
        Takes (b, ...) and returns (b, ...) for any b up to `batch`.
    stack
        (n, ...), n at least 1.
    batch
        Largest batch; halved each time the device runs out of memory.
    done
        Called after each batch with the number of elements it finished.

    Raises
    ------
    CannotRun
        ``out_of_memory`` when a single element doesn't fit.
    """
    results: list[Tensor] = []
    start = 0
    while start < len(stack):
        part = stack[start : start + batch]
        try:
            results.append(function(part))
        except RuntimeError as error:
            if not _out_of_memory(error):
                raise
            if batch == 1:
                raise CannotRun(
                    "out_of_memory",
                    "The device has too little memory for a single image; free memory or choose "
                    "another device.",
                ) from error
            batch = max(1, batch // 2)
            _release(stack.device)
            continue
        start += len(part)
        done(len(part))
    return torch.cat(results)


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or CPU_OUT_OF_MEMORY in str(error)


def _release(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()
