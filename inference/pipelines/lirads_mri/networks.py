"""The system's networks with their weights, ready on a device."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.layers.vgg import VGG16
from inference.pipelines.lirads_mri.configuration import (
    ABLATIONS,
    CHARACTERISER,
    CONFIGURATIONS,
    SEGMENTER,
)
from inference.preprocessing import resize
from inference.registry.loading import choose_device, open_weights, part_loader, reference_file
from inference.registry.systems import LIRADS_MRI
from inference.registry.weights import Manifest

BACKGROUND = "background"
"""Stem of the file with reference crops."""


@dataclass(frozen=True, eq=False)
class Networks:
    """Networks of one weights folder.

    Parameters
    ----------
    segmenter, characteriser
        For prediction, convolutions in `dtype`.
    exact
        The characteriser in float32 for explanations, batch norm folded.
    ablations
        Networks that ``evaluate`` compares with, by part; those the folder has.
    backgrounds
        (b, crop, crop) float32 grey levels: reference images of the attributions.
    manifest
        What the weights are.
    """

    segmenter: nn.Module
    characteriser: nn.Module
    exact: VGG16
    ablations: Mapping[str, nn.Module]
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
        Folder; None takes the shipped weights, which exist for ``demo`` only.
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
    folder, manifest = open_weights(LIRADS_MRI, weights, configuration)
    dtype = fast_dtype(target)

    load = part_loader(LIRADS_MRI, folder, configuration)

    def fast(network: nn.Module) -> nn.Module:
        return optimised_for_inference(network, dtype=dtype, device=target)

    characteriser = load(CHARACTERISER)
    exact = fold_batch_norm(characteriser).to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    assert isinstance(exact, VGG16)
    return Networks(
        segmenter=fast(load(SEGMENTER)),
        characteriser=fast(characteriser),
        exact=exact.requires_grad_(False),
        ablations={
            part: fast(load(part)) for part in ABLATIONS if f"{part}.safetensors" in manifest.files
        },
        backgrounds=_backgrounds(folder, configuration),
        manifest=manifest,
        device=target,
        dtype=dtype,
    )


def _backgrounds(folder: Path, configuration: str) -> Tensor:
    """Reference crops of a folder; the shipped phantom crops, resized, where it has none."""
    images = load_file(reference_file(LIRADS_MRI, folder, BACKGROUND))["images"].float() / 255
    side = CONFIGURATIONS[configuration].crop_px
    return torch.from_numpy(resize(images.numpy(), (side, side)))
