"""What the registry knows about a system; plain data, no torch."""

from dataclasses import dataclass, field
from typing import Any

from inference.contracts import ContrastPhase


@dataclass(frozen=True)
class Paper:
    """The publication a system follows; `doi` is empty where our source doesn't print it."""

    citation: str
    doi: str = ""


@dataclass(frozen=True)
class ClassSpec:
    """One leaf class: the code used everywhere, its full name, whether it is malignant."""

    code: str
    name: str
    malignant: bool | None


@dataclass(frozen=True)
class ClinicalVariable:
    """A row that ``clinical.csv`` may hold: name, unit ("" for none), allowed values if closed."""

    name: str
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkInput:
    """What one network takes: shape with n for the batch, axes, units."""

    configuration: str
    shape: tuple[str, ...]
    axes: str
    units: str


@dataclass(frozen=True)
class Part:
    """One network of a system and the classes of its logits, in order."""

    name: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class ModelSpec:
    """A system's identity.

    Parameters
    ----------
    system, version, title
        Code name, version of our implementation, human name.
    paper
        What it follows.
    modality
        DICOM Modality it reads: "CT", "MR" or "US".
    classes
        Leaf classes in the order of the probabilities.
    parts
        Networks that `load_network` builds.
    inputs
        What those networks take, per configuration.
    required_phases, optional_phases
        A missing required phase can't be run; a missing optional one is listed. Where none is
        required, at least one optional phase is needed.
    clinical_variables
        What ``clinical.csv`` may hold.
    configurations
        Names of the sizes it comes in.
    scope
        One sentence: which patients and lesions the paper studied.
    package
        Dotted name of its pipeline package; empty while the system isn't built.
    """

    system: str
    version: str
    title: str
    paper: Paper
    modality: str
    classes: tuple[ClassSpec, ...]
    parts: tuple[Part, ...] = ()
    inputs: tuple[NetworkInput, ...] = ()
    required_phases: tuple[ContrastPhase, ...] = ()
    optional_phases: tuple[ContrastPhase, ...] = ()
    clinical_variables: tuple[ClinicalVariable, ...] = ()
    configurations: tuple[str, ...] = ("paper", "demo")
    scope: str = ""
    package: str = field(default="")

    @property
    def available(self) -> bool:
        """Whether the system can be run."""
        return bool(self.package)

    @property
    def class_codes(self) -> tuple[str, ...]:
        """Codes of the leaf classes in order."""
        return tuple(entry.code for entry in self.classes)

    def to_json(self) -> dict[str, Any]:
        """Return the system's entry of ``list --json``."""
        return {
            "system": self.system,
            "version": self.version,
            "title": self.title,
            "available": self.available,
            "status": "available" if self.available else "not built yet",
            "paper": {"citation": self.paper.citation, "doi": self.paper.doi},
            "modality": self.modality,
            "scope": self.scope,
            "classes": [
                {"code": c.code, "name": c.name, "malignant": c.malignant} for c in self.classes
            ],
            "parts": {part.name: list(part.classes) for part in self.parts},
            "inputs": [
                {
                    "configuration": entry.configuration,
                    "shape": list(entry.shape),
                    "axes": entry.axes,
                    "units": entry.units,
                }
                for entry in self.inputs
            ],
            "required_phases": [phase.value for phase in self.required_phases],
            "optional_phases": [phase.value for phase in self.optional_phases],
            "clinical_variables": [
                {"name": v.name, "unit": v.unit, "values": list(v.values)}
                for v in self.clinical_variables
            ],
            "configurations": list(self.configurations),
        }
