"""Which systems exist, and their networks. Importing this doesn't import torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import CannotRun, UnusableInput
from inference.registry.spec import ModelSpec, Part
from inference.registry.systems import SYSTEMS

if TYPE_CHECKING:
    import torch

__all__ = ["ModelSpec", "Part", "catalogue", "find", "load_network"]


def catalogue() -> tuple[ModelSpec, ...]:
    """Return the specification of every system, built or not."""
    return SYSTEMS


def find(system: str, *, available: bool = True) -> ModelSpec:
    """Return one system's specification.

    Raises
    ------
    UnusableInput
        ``unknown_system`` if there is none of that name.
    CannotRun
        ``not_built`` if `available` is asked for and the system isn't built yet.
    """
    for spec in SYSTEMS:
        if spec.system == system:
            break
    else:
        names = ", ".join(spec.system for spec in SYSTEMS)
        raise UnusableInput("unknown_system", f"There is no system {system!r}; choose {names}.")
    if available and not spec.available:
        raise CannotRun("not_built", f"The system {system} isn't built yet; choose another.")
    return spec


def load_network(
    system: str,
    *,
    part: str,
    configuration: str = "demo",
    checkpoint: Path | str | None = None,
    device: str = "cpu",
) -> torch.nn.Module:
    """Build one network of a system, load its weights and return it in eval mode.

    Parameters
    ----------
    system
        For example ``lilnet_ct``.
    part
        One of the specification's parts, or ``detector`` where the system has one. Inputs of each
        stand in the specification.
    configuration
        ``paper`` or ``demo``.
    checkpoint
        A file: our safetensors, or a published checkpoint (read with ``weights_only=True``).
        None gives the shipped weights for ``demo``, untrained ones (seed 0) for ``paper``.
    device
        "cpu", "cuda" or "cuda:N".

    Raises
    ------
    UnusableInput
        ``unknown_system``, ``unknown_part`` or ``unknown_configuration``.
    CannotRun
        ``not_built``, ``missing_weights`` or ``no_gpu``.
    BadCheckpoint
        If the file doesn't fit; it names missing and unexpected keys.
    """
    from inference.registry.loading import load

    path = None if checkpoint is None else Path(checkpoint)
    return load(find(system), part, configuration, path, device)
