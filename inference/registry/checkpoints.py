"""Read state dicts: our safetensors and published containers, never unpickling code."""

import codecs
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.dtypes import Float32DType, Float64DType
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from inference.errors import BadCheckpoint

PARALLEL_PREFIX = "module."
SHOWN = 8

_SCALAR = np.float64(0).__reduce__()[0]
SAFE_GLOBALS: list[Any] = [
    (_SCALAR, "numpy.core.multiarray.scalar"),
    (_SCALAR, "numpy._core.multiarray.scalar"),
    np.dtype,
    Float32DType,
    Float64DType,
    codecs.encode,
]
"""A published container holds its metrics as numpy scalars, written by numpy 1 or 2."""


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read a state dict from our safetensors or a published container.

    A container may be a bare state dict or hold one under ``state_dict``; a ``module.`` prefix on
    all keys (DataParallel) is dropped.

    Raises
    ------
    BadCheckpoint
        If the file can't be read as either, or holds something else than tensors by name.
    """
    try:
        if _is_safetensors(path):
            with safe_open(path, framework="pt") as file:
                return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        with torch.serialization.safe_globals(SAFE_GLOBALS):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise BadCheckpoint(
            "The checkpoint can't be read: give safetensors, or a torch file that holds nothing "
            "but tensors and numbers."
        ) from error
    return _without_prefix(_tensors(content))


def load_strictly(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Copy a state dict into a network; every key and every shape has to fit.

    Raises
    ------
    BadCheckpoint
        With the missing and the unexpected keys, or naming the keys of another shape.
    """
    own = network.state_dict()
    missing, unexpected = own.keys() - state.keys(), state.keys() - own.keys()
    if missing or unexpected:
        raise BadCheckpoint(
            f"The checkpoint doesn't fit this network: {len(missing)} of {len(own)} keys are "
            f"missing and {len(unexpected)} unexpected.",
            missing=missing,
            unexpected=unexpected,
        )
    wrong = [
        f"{key} is {list(state[key].shape)}, expected {list(tensor.shape)}"
        for key, tensor in own.items()
        if tensor.shape != state[key].shape
    ]
    if wrong:
        more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise BadCheckpoint(
            f"The checkpoint belongs to another size or number of classes: "
            f"{'; '.join(wrong[:SHOWN])}{more}."
        )
    network.load_state_dict(state, strict=True)


def load_backbone(trunk: nn.Module, path: Path, *, dropped: Sequence[str] = ("fc.",)) -> None:
    """Copy a backbone's pretrained weights, for example torchvision's for ImageNet, into a trunk.

    Parameters
    ----------
    trunk
        With torchvision's names of parameters, without its classifier.
    path
        Local file as torchvision offers it for download, or safetensors; nothing is fetched.
    dropped
        Prefixes of keys that belong to the classifier and are left out.

    Raises
    ------
    BadCheckpoint
        If the file can't be read or doesn't fit.
    """
    state = read_state_dict(path)
    load_strictly(trunk, {k: v for k, v in state.items() if not k.startswith(tuple(dropped))})


def _is_safetensors(path: Path) -> bool:
    """Whether the file starts with safetensors' header: its length, then a JSON object."""
    with path.open("rb") as stream:
        return stream.read(9)[8:] == b"{"


def _tensors(content: Any) -> dict[str, Tensor]:
    state = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not state:
        raise BadCheckpoint("The checkpoint holds no state dict.")
    if not all(isinstance(key, str) and isinstance(state[key], Tensor) for key in state):
        raise BadCheckpoint("The checkpoint's state dict holds something else than tensors.")
    return dict(state)


def _without_prefix(state: dict[str, Tensor]) -> dict[str, Tensor]:
    if all(key.startswith(PARALLEL_PREFIX) for key in state):
        return {key.removeprefix(PARALLEL_PREFIX): tensor for key, tensor in state.items()}
    return state
