"""Model-DCB's networks with their weights, ready on a device."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.pipelines.ceus_dcb.configuration import CONFIGURATIONS, MODELS, VIDEO_PARTS
from inference.pipelines.ceus_dcb.network import Fusion, VideoNetwork
from inference.pipelines.ceus_dcb.preprocess import network_input
from inference.preprocessing import resize
from inference.registry.loading import choose_device, open_weights, part_loader, reference_file
from inference.registry.systems import CEUS_DCB
from inference.registry.weights import Manifest

BACKGROUND = "background"
"""Stem of the file with reference videos."""


@dataclass(frozen=True, eq=False)
class Networks:
    """Networks of one weights folder.

    Parameters
    ----------
    exact
        The disease module in float32 for explanations, batch norm folded.
    fast
        Networks that read videos, for prediction, by part, convolutions in `dtype`.
    fusions
        The second stage's models by part.
    backgrounds
        (b, images + flows, 3, side, side) float32: reference videos of the attributions.
    manifest
        What the weights are.
    """

    exact: VideoNetwork
    fast: dict[str, nn.Module]
    fusions: dict[str, Fusion]
    backgrounds: Tensor
    manifest: Manifest
    device: torch.device
    dtype: torch.dtype


def open_networks(configuration: str, weights: Path | None, device: str) -> Networks:
    """Load all networks of a folder; see `inference.registry.loading.open_weights`.

    Raises
    ------
    UnusableInput
        ``unknown_configuration``.
    CannotRun
        ``missing_weights``, ``damaged_weights``, ``foreign_weights`` or ``no_gpu``.
    BadCheckpoint
        If a file doesn't fit its network.
    """
    target = choose_device(device)
    folder, manifest = open_weights(CEUS_DCB, weights, configuration)
    dtype = fast_dtype(target)

    load = part_loader(CEUS_DCB, folder, configuration)
    read = {part: load(part) for part in VIDEO_PARTS}
    exact = fold_batch_norm(read["disease"]).to(target).requires_grad_(False)
    assert isinstance(exact, VideoNetwork)
    fast = {
        part: optimised_for_inference(network, dtype=dtype, device=target)
        for part, network in read.items()
    }
    fusions = {}
    for part in MODELS:
        network = load(part)
        assert isinstance(network, Fusion)
        fusions[part] = network.requires_grad_(False)
    backgrounds = _backgrounds(folder, configuration).to(target)
    return Networks(exact, fast, fusions, backgrounds, manifest, target, dtype)


def _backgrounds(folder: Path, configuration: str) -> Tensor:
    """Reference videos of a folder; the shipped phantom ones, resized, where it has none."""
    stored = load_file(reference_file(CEUS_DCB, folder, BACKGROUND))
    settings = CONFIGURATIONS[configuration]
    side = (settings.roi_px, settings.roi_px)
    images = torch.from_numpy(resize((stored["images"].float() / 255).numpy(), side))
    flows = torch.from_numpy(resize((stored["flows"].float() / 127).numpy(), side))
    places = torch.linspace(0, images.shape[1] - 1, settings.n_frames).round().long()
    return network_input(images[:, places], flows)
