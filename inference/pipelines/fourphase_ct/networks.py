"""The network with its weights, ready on a device."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.pipelines.fourphase_ct.configuration import CONFIGURATIONS, PART, RING
from inference.pipelines.fourphase_ct.network import FourPhaseNet, build
from inference.preprocessing import resize
from inference.registry.checkpoints import load_strictly, read_state_dict
from inference.registry.loading import choose_device, open_weights, part_file, reference_file
from inference.registry.systems import FOURPHASE_CT
from inference.registry.weights import Manifest

BACKGROUND = "background"
"""Stem of the file with reference lesions."""


@dataclass(frozen=True, eq=False)
class Networks:
    """The network of one weights folder.

    Parameters
    ----------
    exact
        Float32, for explanations, batch norm folded.
    fast
        The same for prediction, convolutions in `dtype`.
    backgrounds
        (b, 4, slices, h, w) float32 HU: reference lesions of the attributions, all phases.
    manifest
        What the weights are.
    """

    exact: FourPhaseNet
    fast: FourPhaseNet
    backgrounds: Tensor
    manifest: Manifest
    device: torch.device
    dtype: torch.dtype


def open_networks(configuration: str, weights: Path | None, device: str) -> Networks:
    """Load the network of a folder, in the variant it was trained as.

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
        If the file doesn't fit the network.
    """
    target = choose_device(device)
    folder, manifest = open_weights(FOURPHASE_CT, weights, configuration)
    network = build(PART, configuration, str(manifest.training.get("variant", "full")))
    load_strictly(network, read_state_dict(part_file(folder, PART)))
    dtype = fast_dtype(target)
    exact = fold_batch_norm(network).to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    fast = optimised_for_inference(network, dtype=dtype, device=target)
    assert isinstance(exact, FourPhaseNet) and isinstance(fast, FourPhaseNet)
    backgrounds = reference_lesions(folder, configuration)
    return Networks(exact.requires_grad_(False), fast, backgrounds, manifest, target, dtype)


def reference_lesions(folder: Path, configuration: str) -> Tensor:
    """Reference lesions of a folder; the shipped phantoms, resized, where it has none."""
    hu = load_file(reference_file(FOURPHASE_CT, folder, BACKGROUND))["hu"].float()
    settings = CONFIGURATIONS[configuration]
    b, slices = len(hu), settings.slices
    square = resize(hu.numpy(), settings.shape[1:])
    # Slices become rows, so that the same resizing serves them.
    rows = square.transpose(0, 1, 3, 2, 4)
    stretched = resize(rows, (slices, settings.side_px)).transpose(0, 1, 3, 2, 4)
    return torch.from_numpy(stretched.copy()).view(b, len(RING), *settings.shape)
