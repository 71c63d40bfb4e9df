"""LI-RADS on MRI on the CPU: our prediction paths against plain float32 loops, image by image."""

from typing import Any

import torch
from torch import Tensor, nn

from inference.layers.batching import in_batches
from inference.layers.optimise import SOFTMAX_TOLERANCE, fast_dtype, optimised_for_inference
from inference.pipelines.lirads_mri.configuration import CHARACTERISER, CONFIGURATIONS, SEGMENTER
from inference.registry import load_network
from tests.benchmarks.timing import best

CPU = torch.device("cpu")
N_IMAGES = {
    (SEGMENTER, "demo"): 32,
    (CHARACTERISER, "demo"): 192,
    (SEGMENTER, "paper"): 2,
    (CHARACTERISER, "paper"): 8,
}


def rows() -> list[dict[str, Any]]:
    """Speed of both networks in both sizes."""
    return [_speed(part, configuration) for part, configuration in N_IMAGES]


def _speed(part: str, configuration: str) -> dict[str, Any]:
    settings = CONFIGURATIONS[configuration]
    network = load_network("lirads_mri", part=part, configuration=configuration)
    fast = optimised_for_inference(network, dtype=fast_dtype(CPU), device=CPU)
    count = N_IMAGES[part, configuration]
    side = settings.image_px if part == SEGMENTER else settings.crop_px
    images = torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0))

    def ours() -> Tensor:
        with torch.inference_mode():
            return in_batches(fast, images, settings.batch)

    baseline_s, expected = best(lambda: _plain(network, images))
    ours_s, found = best(ours)
    difference = (found.sigmoid() - expected.sigmoid()).abs().mean().item()
    return {
        "name": f"LI-RADS {part} {configuration}, images per second on the CPU",
        "ours": count / ours_s,
        "baseline": count / baseline_s,
        "unit": "images/s",
        "ratio": baseline_s / ours_s,
        "target": 2.0,
        "equal": difference < SOFTMAX_TOLERANCE,
        "note": f"mean difference of a probability {difference:.4f}; "
        f"{torch.get_num_threads()} threads",
    }


def _plain(network: nn.Module, images: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat([network(image[None]) for image in images])
