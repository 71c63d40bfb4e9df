"""Model-DCB on the CPU: our prediction path against a plain float32 loop over videos.

Baseline: Module-Disease as it is, in eval mode, float32, without gradients, video by video.
"""

from typing import Any

import torch
from torch import Tensor

from inference.layers.batching import in_batches
from inference.layers.optimise import SOFTMAX_TOLERANCE, fast_dtype, optimised_for_inference
from inference.pipelines.ceus_dcb.configuration import CONFIGURATIONS
from inference.registry import load_network
from tests.benchmarks.timing import best

CPU = torch.device("cpu")
N_VIDEOS = 8


def rows() -> list[dict[str, Any]]:
    """Videos per second in the demo size; the paper's size takes minutes a video here."""
    settings = CONFIGURATIONS["demo"]
    network = load_network("ceus_dcb", part="disease", configuration="demo")
    fast = optimised_for_inference(network, dtype=fast_dtype(CPU), device=CPU)
    generator = torch.Generator().manual_seed(0)
    shape = (settings.n_frames + settings.n_flows, 3, settings.roi_px, settings.roi_px)
    videos = torch.rand(N_VIDEOS, *shape, generator=generator) * 2 - 1

    def plain() -> Tensor:
        with torch.no_grad():
            return torch.cat([network(video[None]) for video in videos])

    def ours() -> Tensor:
        with torch.inference_mode():
            return in_batches(fast, videos, settings.batch)

    baseline_s, expected = best(plain)
    ours_s, found = best(ours)
    difference = (found.sigmoid() - expected.sigmoid()).abs().max().item()
    return [
        {
            "name": "Model-DCB demo, videos per second on the CPU",
            "ours": N_VIDEOS / ours_s,
            "baseline": N_VIDEOS / baseline_s,
            "unit": "videos/s",
            "ratio": baseline_s / ours_s,
            "target": None,
            "equal": difference < 2 * SOFTMAX_TOLERANCE,
            "note": f"largest difference of a probability {difference:.4f}; "
            f"{torch.get_num_threads()} threads",
        }
    ]
