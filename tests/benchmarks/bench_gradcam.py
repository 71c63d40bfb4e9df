"""Grad-CAM of all classes: what it costs beside one forward pass, checked against autograd."""

import time
from typing import Any

import torch
from torch import Tensor

from inference.explanation.cam import activation_maps
from inference.layers.optimise import fold_batch_norm
from inference.pipelines.lilnet_ct.network import LiLNet, aggregate
from inference.registry import load_network

REPEATS = 9


def rows() -> list[dict[str, Any]]:
    """One row: forward passes that a forward pass with all maps costs, paper size, one image."""
    network = fold_batch_norm(load_network("lilnet_ct", part="malignant", configuration="paper"))
    assert isinstance(network, LiLNet)
    network.to(memory_format=torch.channels_last).requires_grad_(False)
    image = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    forward, explained = [], []
    with torch.inference_mode():
        for _ in range(REPEATS):
            forward.append(_timed(lambda: network(image)))
            explained.append(_timed(lambda: _logits_and_maps(network, image)))
        maps = _logits_and_maps(network, image)[1]
    cost = min(explained) / min(forward)
    error = (maps[0] - _by_autograd(network, image)).abs().max().item()
    return [
        {
            "name": "Grad-CAM, all classes, in forward passes",
            "ours": cost,
            "baseline": 1.0,
            "unit": "forwards",
            "ratio": 1 / cost,
            "target": 1 / 1.2,
            "equal": error < 1e-6,
            "note": f"largest difference from autograd {error:.1e}, map up to {maps.max():.2e}",
        }
    ]


def _logits_and_maps(network: LiLNet, image: Tensor) -> tuple[Tensor, Tensor]:
    stage3, stage4 = network.stages(image)
    gradients = network.logit_gradients(*stage4.shape[2:])
    logits = aggregate(network.heads(stage3, stage4))
    return logits, activation_maps(stage4, gradients, "gradcam")


def _by_autograd(network: LiLNet, image: Tensor) -> Tensor:
    """Baseline: one backward pass per class to the last feature map (classes, h, w)."""
    with torch.no_grad():
        stage3, stage4 = network.stages(image)
    stage4.requires_grad_(True)
    logits = aggregate(network.heads(stage3, stage4))[0]
    maps = []
    for logit in logits:
        (gradient,) = torch.autograd.grad(logit, stage4, retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        maps.append((weights * stage4.detach()).sum(dim=1)[0].relu())
    return torch.stack(maps)


def _timed(function: Any) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began
