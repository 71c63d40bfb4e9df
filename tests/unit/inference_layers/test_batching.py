"""Batches shrink when memory runs out and change nothing else."""

import pytest
import torch
from torch import Tensor

from inference.errors import CannotRun
from inference.layers.batching import in_batches


def limited(room: int):
    def function(batch: Tensor) -> Tensor:
        if len(batch) > room:
            raise torch.OutOfMemoryError("too many")
        return batch * 2

    return function


@pytest.mark.parametrize("room", [1, 2, 3, 8, 100])
def test_results_do_not_depend_on_room(room: int) -> None:
    stack = torch.arange(7.0)[:, None]
    counts: list[int] = []
    doubled = in_batches(limited(room), stack, 8, done=counts.append)
    assert torch.equal(doubled, stack * 2)
    assert sum(counts) == 7 and max(counts) <= max(room, 1)


def test_the_cpu_allocators_message_counts_as_out_of_memory() -> None:
    def function(batch: Tensor) -> Tensor:
        if len(batch) > 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")
        return batch

    assert len(in_batches(function, torch.zeros(3, 1), 4)) == 3


def test_one_image_too_many_is_said_plainly() -> None:
    with pytest.raises(CannotRun) as caught:
        in_batches(limited(0), torch.zeros(2, 1), 2)
    assert caught.value.code == "out_of_memory"


def test_other_errors_pass() -> None:
    def broken(batch: Tensor) -> Tensor:
        raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape mismatch"):
        in_batches(broken, torch.zeros(2, 1), 2)
