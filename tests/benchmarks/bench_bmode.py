"""DCNN-US on the CPU: our Model-LB path against a plain float32 loop of the same network."""

from typing import Any

import torch
from torch import Tensor

from inference.layers.batching import in_batches
from inference.layers.optimise import SOFTMAX_TOLERANCE, fast_dtype, optimised_for_inference
from inference.pipelines.bmode_dcnn.configuration import CONFIGURATIONS
from inference.registry import load_network
from tests.benchmarks.timing import best

CPU = torch.device("cpu")
N_PAIRS = {"paper": 16, "demo": 128}


def rows() -> list[dict[str, Any]]:
    """Speed in both sizes."""
    return [_speed("paper"), _speed("demo")]


def _speed(configuration: str) -> dict[str, Any]:
    settings = CONFIGURATIONS[configuration]
    network = load_network("bmode_dcnn", part="lb", configuration=configuration)
    fast = optimised_for_inference(network, dtype=fast_dtype(CPU), device=CPU)
    generator = torch.Generator().manual_seed(0)
    side, count = settings.side_px, N_PAIRS[configuration]
    pairs = torch.rand(count, 6, side, side, generator=generator) * 2 - 1

    def ours() -> Tensor:
        with torch.inference_mode():
            return in_batches(fast, pairs, settings.batch)

    def plain() -> Tensor:
        with torch.no_grad():
            return torch.cat([network(pair[None]) for pair in pairs])

    baseline_s, expected = best(plain)
    ours_s, found = best(ours)
    difference = (found.sigmoid() - expected.sigmoid()).abs().max().item()
    return {
        "name": f"DCNN-US {configuration}, pairs per second on the CPU",
        "ours": count / ours_s,
        "baseline": count / baseline_s,
        "unit": "pairs/s",
        "ratio": baseline_s / ours_s,
        "target": 3.0,
        "equal": difference < SOFTMAX_TOLERANCE,
        "note": f"largest difference of a single pair's probability {difference:.4f}; "
        f"{torch.get_num_threads()} threads",
    }
