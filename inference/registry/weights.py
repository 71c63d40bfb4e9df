"""Folders of trained weights: one safetensors file per network and a manifest with checksums."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inference.errors import CannotRun

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What stands beside trained weights.

    Parameters
    ----------
    system, configuration, version
        What the weights are for.
    label
        How results made with them are marked, for example ``phantom-trained``.
    files
        sha256 of each file by name.
    training
        Command, seeds, cohort sizes, duration.
    metrics
        Results on cases nobody trained on, as `evaluate` prints them.
    """

    system: str
    configuration: str
    version: str
    label: str
    files: Mapping[str, str]
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """One checksum over all files: sha256 of their sorted ``sha256sum`` lines."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Write the manifest into `folder`."""
        text = json.dumps(self.__dict__, indent=2, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path, system: str) -> Manifest:
    """Read and check the manifest of a weights folder.

    Raises
    ------
    CannotRun
        ``missing_weights`` if the manifest or a file is missing, ``damaged_weights`` if a checksum
        differs or the manifest can't be read, ``foreign_weights`` if they are another system's.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except OSError as error:
        raise CannotRun(
            "missing_weights",
            f"The weights folder has no {MANIFEST}; train the system or restore its weights.",
        ) from error
    except (ValueError, TypeError) as error:
        raise CannotRun(
            "damaged_weights", f"The weights folder's {MANIFEST} can't be read; restore it."
        ) from error
    if manifest.system != system:
        raise CannotRun(
            "foreign_weights",
            f"The weights belong to {manifest.system}, not to {system}; choose another folder.",
        )
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise CannotRun("missing_weights", f"The weights file {name} is missing; restore it.")
        if file_sha256(path) != digest:
            raise CannotRun(
                "damaged_weights", f"The weights file {name} has changed; restore or retrain it."
            )
    return manifest
