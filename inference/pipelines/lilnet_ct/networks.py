"""LiLNet's networks with their weights, ready on a device."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from inference.errors import CannotRun
from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.pipelines.lilnet_ct.configuration import CONFIGURATIONS, PARTS
from inference.pipelines.lilnet_ct.network import LiLNet
from inference.preprocessing import resize
from inference.registry.loading import (
    choose_device,
    open_weights,
    part_file,
    part_loader,
    reference_file,
)
from inference.registry.systems import LILNET_CT
from inference.registry.weights import Manifest

BACKGROUND = "background"
"""Stem of the file with reference images."""


@dataclass(frozen=True, eq=False)
class Networks:
    """Networks of one weights folder.

    Parameters
    ----------
    exact
        Float32 networks for explanations, batch norm folded, by part.
    fast
        The same for prediction, in `dtype`.
    detector
        For detection, in `dtype`.
    liver
        Liver segmentation in float32; None where the folder has none.
    backgrounds
        (b, crop, crop) float32 grey levels: reference images of the attributions.
    manifest
        What the weights are.
    """

    exact: dict[str, LiLNet]
    fast: dict[str, nn.Module]
    detector: nn.Module
    liver: nn.Module | None
    backgrounds: Tensor
    manifest: Manifest
    device: torch.device
    dtype: torch.dtype


def open_networks(configuration: str, weights: Path | None, device: str) -> Networks:
    """Load all networks of a folder.

    Parameters
    ----------
    configuration
        Must be what the weights were trained in.
    weights
        Folder; None takes the shipped weights, which exist for ``demo`` only. Without a manifest
        its files are taken as published checkpoints named after the parts.
    device
        "auto", "cpu" or "cuda".

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
    folder, manifest = open_weights(LILNET_CT, weights, configuration, parts=("detector",))
    dtype = fast_dtype(target)

    load = part_loader(LILNET_CT, folder, configuration)
    exact, fast = {}, {}
    for part in PARTS:
        network = load(part)
        folded = fold_batch_norm(network).to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
        exact[part] = folded.requires_grad_(False)
        fast[part] = optimised_for_inference(network, dtype=dtype, device=target)
    detector = optimised_for_inference(load("detector"), dtype=dtype, device=target)
    liver = load("liver").to(target) if _has(folder, "liver") else None
    backgrounds = _backgrounds(folder, configuration)
    return Networks(exact, fast, detector, liver, backgrounds, manifest, target, dtype)


def _has(folder: Path, part: str) -> bool:
    """Say whether a folder has weights of a part it can do without."""
    try:
        return part_file(folder, part).is_file()
    except CannotRun:
        return False


def _backgrounds(folder: Path, configuration: str) -> Tensor:
    """Reference images of a folder; the shipped phantom crops, resized, where it has none."""
    images = load_file(reference_file(LILNET_CT, folder, BACKGROUND))["images"].float() / 255
    side = CONFIGURATIONS[configuration].crop_px
    return torch.from_numpy(resize(images.numpy(), (side, side)))
