"""The four-phase system on the CPU: our prediction path against a plain float32 loop.

Baseline: the same network as it is, in eval mode, float32, without gradients, lesion by lesion.
Heat maps: what all three methods cost for both classes, in forward passes.
"""

from typing import Any

import torch
from torch import Tensor

from inference.explanation.cam import Method
from inference.layers.optimise import SOFTMAX_TOLERANCE, fast_dtype, optimised_for_inference
from inference.pipelines.fourphase_ct.configuration import CONFIGURATIONS, RING
from inference.pipelines.fourphase_ct.explain import phase_activations
from inference.pipelines.fourphase_ct.network import FourPhaseNet
from inference.pipelines.fourphase_ct.predict import run_network
from inference.registry import load_network
from tests.benchmarks.timing import best

CPU = torch.device("cpu")
N_LESIONS = {"paper": 1, "demo": 16}


def rows() -> list[dict[str, Any]]:
    """Speed in both sizes, and the cost of heat maps."""
    return [_speed("paper"), _speed("demo"), _maps()]


def _network(configuration: str) -> FourPhaseNet:
    network = load_network("fourphase_ct", part="fusion", configuration=configuration)
    assert isinstance(network, FourPhaseNet)
    return network


def _images(configuration: str, count: int) -> Tensor:
    settings = CONFIGURATIONS[configuration]
    generator = torch.Generator().manual_seed(0)
    shape = (count, len(RING), settings.slices, 3, settings.side_px, settings.side_px)
    return torch.rand(shape, generator=generator) * 2 - 1


def _speed(configuration: str) -> dict[str, Any]:
    network = _network(configuration)
    fast = optimised_for_inference(network, dtype=fast_dtype(CPU), device=CPU)
    assert isinstance(fast, FourPhaseNet)
    count, batch = N_LESIONS[configuration], CONFIGURATIONS[configuration].batch
    images = _images(configuration, count)

    def plain() -> Tensor:
        with torch.no_grad():
            return torch.cat([network(lesion[None]) for lesion in images])

    baseline_s, expected = best(plain)
    ours_s, found = best(lambda: fast.balanced(run_network(fast, images, RING, batch)))
    difference = (found.softmax(1) - expected.softmax(1)).abs().max().item()
    return {
        "name": f"Four-phase {configuration}, lesions per second on the CPU",
        "ours": count / ours_s,
        "baseline": count / baseline_s,
        "unit": "lesions/s",
        "ratio": baseline_s / ours_s,
        "target": None,
        "equal": difference < SOFTMAX_TOLERANCE,
        "note": f"largest difference of a probability {difference:.4f}; "
        f"{torch.get_num_threads()} threads",
    }


def _maps() -> dict[str, Any]:
    network, images = _network("demo"), _images("demo", 1)
    methods: tuple[Method, ...] = ("cam", "gradcam", "gradcam++")

    def forward() -> Tensor:
        with torch.no_grad():
            return network(images)  # type: ignore[no-any-return]

    def maps() -> Tensor:
        return torch.stack([phase_activations(network, images, RING, each) for each in methods])

    forward_s, _ = best(forward)
    maps_s, found = best(maps)
    return {
        "name": "Four-phase demo, one heat map method for both classes",
        "ours": maps_s / len(methods) / forward_s,
        "baseline": 1.0,
        "unit": "forwards",
        "ratio": forward_s * len(methods) / maps_s,
        "target": None,
        "equal": bool(torch.isfinite(found).all()),
        "note": "all slices and phases; only the head carries a graph",
    }
