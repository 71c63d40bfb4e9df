"""Build networks by name. The only module of the registry that needs torch."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from inference.errors import CannotRun, UnusableInput
from inference.registry.checkpoints import load_strictly, read_state_dict
from inference.registry.spec import ModelSpec
from inference.registry.weights import MANIFEST, Manifest, file_sha256, read_manifest

UNTRAINED_SEED = 0


@runtime_checkable
class TranslatesPublished(Protocol):
    """A network whose published checkpoints name their keys otherwise."""

    def translate_published(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the state dict with our names."""


def load(
    spec: ModelSpec, part: str, configuration: str, checkpoint: Path | None, device: str
) -> nn.Module:
    """Return one network in eval mode; see `inference.registry.load_network`."""
    target = choose_device(device)
    _check_configuration(spec, configuration)
    builder = import_module(f"{spec.package}.network").build
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(UNTRAINED_SEED)
        network: nn.Module = builder(part, configuration)
    if checkpoint is None and configuration == "demo":
        folder = shipped_weights(spec)
        read_manifest(folder, spec.system)
        checkpoint = folder / f"{part}.safetensors"
    if checkpoint is not None:
        if not checkpoint.is_file():
            raise CannotRun("missing_weights", "The checkpoint file doesn't exist; check its name.")
        state = read_state_dict(checkpoint)
        if isinstance(network, TranslatesPublished):
            state = network.translate_published(state)
        load_strictly(network, state)
    return network.eval().to(target)


def shipped_weights(spec: ModelSpec) -> Path:
    """Return the folder of a system's own weights."""
    package = import_module(spec.package)
    assert package.__file__ is not None
    return Path(package.__file__).parent / "weights"


def open_weights(
    spec: ModelSpec, weights: Path | None, configuration: str, *, parts: Sequence[str] = ()
) -> tuple[Path, Manifest]:
    """Find a system's folder of weights and check it.

    Parameters
    ----------
    weights
        Folder; None takes the shipped weights, which exist for ``demo`` only. Without a manifest
        its files are taken as published checkpoints named after the parts.
    configuration
        Must be what the weights were trained in.
    parts
        Networks to expect beside the specification's parts.

    Raises
    ------
    UnusableInput
        ``unknown_configuration``.
    CannotRun
        ``missing_weights``, ``damaged_weights`` or ``foreign_weights``.
    """
    _check_configuration(spec, configuration)
    if weights is None and configuration != "demo":
        raise CannotRun(
            "missing_weights",
            f"There are no shipped weights of the size {configuration}; give a folder of weights.",
        )
    folder = weights or shipped_weights(spec)
    if (folder / MANIFEST).is_file() or not folder.is_dir():
        manifest = read_manifest(folder, spec.system)
        if manifest.configuration != configuration:
            raise CannotRun(
                "foreign_weights",
                f"The weights are of the size {manifest.configuration}, not {configuration}; "
                "choose that configuration.",
            )
        return folder, manifest
    names = [*(part.name for part in spec.parts), *parts]
    files = sorted({part_file(folder, name).name for name in names})
    digests = {name: file_sha256(folder / name) for name in files}
    return folder, Manifest(spec.system, configuration, spec.version, "external weights", digests)


def part_file(folder: Path, part: str) -> Path:
    """Return the file of one network in a weights folder.

    With a manifest it is ``<part>.safetensors``; without one any single file whose name starts
    with ``<part>.`` or ``<part>_``, so that published checkpoints can be used as they come.

    Raises
    ------
    CannotRun
        ``missing_weights`` if there is none.
    """
    if (folder / MANIFEST).is_file():
        return folder / f"{part}.safetensors"
    files = sorted(folder.glob(f"{part}[._]*"))
    if not files:
        raise CannotRun(
            "missing_weights",
            f"The weights folder has no file for the network {part!r}; name it {part}.safetensors "
            f"or {part}.pth.",
        )
    return files[0]


def part_loader(spec: ModelSpec, folder: Path, configuration: str) -> Callable[[str], nn.Module]:
    """Return a function that builds one part of a system on the CPU with a folder's weights."""
    return lambda part: load(spec, part, configuration, part_file(folder, part), "cpu")


def reference_file(spec: ModelSpec, folder: Path, stem: str) -> Path:
    """Return a folder's file of reference images; the shipped one where it has none."""
    own = folder / f"{stem}.safetensors"
    return own if own.is_file() else shipped_weights(spec) / own.name


def choose_device(name: str) -> torch.device:
    """Turn "auto", "cpu", "cuda" or "cuda:N" into a device that is there.

    Raises
    ------
    UnusableInput
        ``unknown_device`` for any other name.
    CannotRun
        ``no_gpu`` if a GPU is asked for and none is there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name != "cpu" and not name.startswith("cuda"):
        raise UnusableInput(
            "unknown_device", f"There is no device {name!r}; choose auto, cpu or cuda."
        )
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise CannotRun("no_gpu", "This machine has no usable GPU; choose the device cpu or auto.")
    return torch.device(name)


def _check_configuration(spec: ModelSpec, configuration: str) -> None:
    if configuration not in spec.configurations:
        raise UnusableInput(
            "unknown_configuration",
            f"{spec.system} has no configuration {configuration!r}; choose "
            f"{' or '.join(spec.configurations)}.",
        )
