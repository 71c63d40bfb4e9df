"""What the registry knows about a system; plain data, no torch."""

from dataclasses import dataclass, field
from enum import StrEnum
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
    """A row that ``clinical.csv`` may hold; a number unless `values` closes it.

    `label` is what people call it; empty where the name says it.
    """

    name: str
    unit: str = ""
    values: tuple[str, ...] = ()
    label: str = ""


class ImageKind(StrEnum):
    """What a system looks at."""

    VOLUMES = "volumes"
    STILLS = "stills"
    CINE = "cine"


class Need(StrEnum):
    """Whether a kind of mark is taken."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class MarkNeeds:
    """What a person marks before a run.

    Parameters
    ----------
    box
        Lesion box; where optional, the system's own detector or segmenter looks without one.
    outline, background
        Outline of the lesion on a frame, and of liver beside it on the same frame.
    most_outlines
        How many frames may be outlined.
    """

    box: Need = Need.OPTIONAL
    outline: Need = Need.NONE
    background: Need = Need.NONE
    most_outlines: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return the marks as in ``list --json``."""
        return {
            "box": self.box.value,
            "outline": self.outline.value,
            "background": self.background.value,
            "most_outlines": self.most_outlines,
        }


@dataclass(frozen=True)
class EditableFinding:
    """A finding that a clinician may change after the run; a number unless `values` closes it."""

    name: str
    values: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""


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
    phase_sets
        Sets of phases it can run on, richest first, where that isn't told by the two before.
    clinical_variables
        What ``clinical.csv`` may hold.
    images
        What it looks at.
    marks
        What a person marks before a run.
    editable
        Findings that can be changed after a run; its package then has a module ``revise`` without
        torch, with ``revise(findings, edits) -> findings``.
    redrawable
        Whether a person may redraw the mask of the lesion that decides; ``revise`` then takes
        ``measured``, too, and a module ``redraw`` without torch has ``measured(mask, affine,
        outlines)``.
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
    phase_sets: tuple[tuple[ContrastPhase, ...], ...] = ()
    clinical_variables: tuple[ClinicalVariable, ...] = ()
    images: ImageKind = ImageKind.VOLUMES
    marks: MarkNeeds = MarkNeeds()
    editable: tuple[EditableFinding, ...] = ()
    redrawable: bool = False
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
            "phase_sets": [[phase.value for phase in phases] for phases in self.phase_sets],
            "clinical_variables": [
                {"name": v.name, "unit": v.unit, "values": list(v.values)}
                for v in self.clinical_variables
            ],
            "images": self.images.value,
            "marks": self.marks.to_json(),
            "editable": [
                {"name": e.name, "unit": e.unit, "values": list(e.values)} for e in self.editable
            ],
            "redrawable": self.redrawable,
            "configurations": list(self.configurations),
        }
