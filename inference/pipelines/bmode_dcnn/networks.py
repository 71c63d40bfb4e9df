"""DCNN-US's networks and its regression with their weights, ready on a device."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.layers.optimise import fast_dtype, fold_batch_norm, optimised_for_inference
from inference.pipelines.bmode_dcnn.clinic import Clinic
from inference.pipelines.bmode_dcnn.configuration import CONFIGURATIONS
from inference.pipelines.bmode_dcnn.network import Branch, LesionBackground
from inference.preprocessing import resize
from inference.registry.loading import choose_device, open_weights, part_loader, reference_file
from inference.registry.systems import BMODE_DCNN
from inference.registry.weights import Manifest

REFERENCE_FILE = "references"
CLINIC_FILE = "clinic"


@dataclass(frozen=True, eq=False)
class Networks:
    """Models of one weights folder.

    Parameters
    ----------
    lesion, both
        Model-L and Model-LB in float32, batch norm of the convolutions folded, for explanations.
    fast_lesion, fast_both
        The same for prediction, in `dtype`.
    clinic
        Model-LBC and the cut-offs; None where the folder has none (published checkpoints).
    reference_lesions, reference_backgrounds
        (b, side, side) float32 grey levels: reference images of the attributions.
    manifest
        What the weights are.
    """

    lesion: Branch
    both: LesionBackground
    fast_lesion: Branch
    fast_both: LesionBackground
    clinic: Clinic | None
    reference_lesions: Tensor
    reference_backgrounds: Tensor
    manifest: Manifest
    device: torch.device
    dtype: torch.dtype


def open_networks(configuration: str, weights: Path | None, device: str) -> Networks:
    """Load everything of a folder; None takes the shipped weights (``demo`` only).

    Raises
    ------
    UnusableInput, CannotRun
        As `open_weights`, and ``no_gpu``.
    BadCheckpoint
        If a file doesn't fit its network.
    """
    target = choose_device(device)
    folder, manifest = open_weights(BMODE_DCNN, weights, configuration)
    dtype = fast_dtype(target)

    load = part_loader(BMODE_DCNN, folder, configuration)
    lesion, both = load("l"), load("lb")
    exact = [fold_batch_norm(network).requires_grad_(False) for network in (lesion, both)]
    for network in exact:
        network.to(target, memory_format=torch.channels_last)  # type: ignore[call-overload]
    fast = [optimised_for_inference(n, dtype=dtype, device=target) for n in (lesion, both)]
    assert isinstance(exact[0], Branch) and isinstance(fast[0], Branch)
    assert isinstance(exact[1], LesionBackground) and isinstance(fast[1], LesionBackground)
    clinic_file = folder / f"{CLINIC_FILE}.safetensors"
    references = _references(folder, CONFIGURATIONS[configuration].side_px)
    return Networks(
        exact[0],
        exact[1],
        fast[0],
        fast[1],
        Clinic.from_tensors(load_file(clinic_file)) if clinic_file.is_file() else None,
        references["lesions"],
        references["backgrounds"],
        manifest,
        target,
        dtype,
    )


def _references(folder: Path, side_px: int) -> dict[str, Tensor]:
    """Reference crops of a folder; the shipped phantom crops, resized, where it has none."""
    stored = load_file(reference_file(BMODE_DCNN, folder, REFERENCE_FILE))
    return {
        name: torch.from_numpy(resize((images.float() / 255).numpy(), (side_px, side_px)))
        for name, images in stored.items()
    }
