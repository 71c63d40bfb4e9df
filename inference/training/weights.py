"""Write trained networks as a folder of weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor, nn

from inference.io.cohort import TruthRow
from inference.registry.spec import ModelSpec
from inference.registry.weights import Manifest, file_sha256

PHANTOM_PREFIX = "phantom-"


def compact(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state dict with kernels and matrices in float16, which halves the files.

    Biases and batch norms keep float32; networks are float32 again once loaded.
    """
    return {
        key: (value.half() if value.ndim > 1 else value).contiguous().cpu()
        for key, value in state.items()
    }


def label_of(rows: Sequence[TruthRow]) -> str:
    """Return how results of weights trained on these rows are marked."""
    phantoms = all(row.case.startswith(PHANTOM_PREFIX) for row in rows)
    return "phantom-trained" if phantoms else "trained here"


def write_weights(
    output: Path,
    spec: ModelSpec,
    configuration: str,
    networks: Mapping[str, nn.Module],
    *,
    label: str,
    training: Mapping[str, Any],
    tensors: Mapping[str, Mapping[str, Tensor]] | None = None,
) -> Manifest:
    """Write one safetensors file per network and the manifest with their checksums.

    Parameters
    ----------
    output
        Folder, made if needed.
    networks
        By part; kernels are stored in float16.
    label
        From `label_of`.
    training
        What is told of the training: seeds, cohort sizes, duration.
    tensors
        Further files by stem, stored as they are: reference images, tables.
    """
    output.mkdir(parents=True, exist_ok=True)
    content = {part: compact(network.state_dict()) for part, network in networks.items()}
    for name, named in (tensors or {}).items():
        content[name] = {key: value.contiguous().cpu() for key, value in named.items()}
    for name, named in content.items():
        save_file(named, output / f"{name}.safetensors")
    files = {
        f"{name}.safetensors": file_sha256(output / f"{name}.safetensors")
        for name in sorted(content)
    }
    manifest = Manifest(spec.system, configuration, spec.version, label, files, dict(training))
    manifest.write(output)
    return manifest
