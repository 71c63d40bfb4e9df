"""What a run gives back: prediction, heat maps and the record of how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inference.contracts.geometry import Box, PixelBox

Json = dict[str, Any]
Probabilities = Mapping[str, float]


@dataclass(frozen=True)
class Notice:
    """A warning: a stable code for programs, one plain sentence for people."""

    code: str
    message: str

    def to_json(self) -> Json:
        """Return ``{"code", "message"}``."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class Lesion:
    """A lesion that a result rests on.

    Parameters
    ----------
    box_mm
        Centre and full size in LPS mm, None without geometry.
    box_px
        Half-open voxel box in the volume `series_key`.
    confidence
        Detector's confidence in [0, 1]; 1 for a box given by a person.
    probabilities
        Of each leaf class, for this lesion alone.
    source
        "given" by a person or "detected".
    series_key
        Volume that `box_px` counts in.
    """

    box_mm: Box | None
    box_px: PixelBox
    confidence: float
    probabilities: Probabilities
    source: Literal["given", "detected"]
    series_key: str = ""

    def to_json(self) -> Json:
        """Return the lesion as in the contract of ``run --json``."""
        return {
            "box_mm": None if self.box_mm is None else list(self.box_mm),
            "box_px": list(self.box_px),
            "confidence": self.confidence,
            "probabilities": dict(self.probabilities),
            "source": self.source,
            "series_key": self.series_key,
        }


@dataclass(frozen=True, eq=False)
class Heatmap:
    """An explanation as data: a low-resolution grid and where it lies.

    Parameters
    ----------
    method
        "cam", "gradcam", "gradcam++" or "shap"; "flow" shows optical flow, for no class of its own.
    class_code
        Class explained.
    phase
        Contrast phase of the images, None when unknown.
    series_key
        Volume or clip explained.
    grid_zyx
        (z, y, x) float32 in the method's own unit (share of the logit or probability).
    affine
        (4, 4). Grid index (x, y, z, 1) to LPS mm, or to (column, row, slice) without geometry.
    signed
        Whether negative values speak against the class.
    completeness_error
        |sum of the map - (f(x) - E f)| / |f(x) - E f|; None for methods without that property.
    caption
        One sentence: what is shown, on which scale.
    """

    method: Literal["cam", "gradcam", "gradcam++", "shap", "flow"]
    class_code: str
    phase: str | None
    series_key: str
    grid_zyx: NDArray[np.float32]
    affine: NDArray[np.float64]
    signed: bool
    completeness_error: float | None
    caption: str

    def __post_init__(self) -> None:
        if self.grid_zyx.ndim != 3 or self.affine.shape != (4, 4):
            raise ValueError("a heat map needs a (z, y, x) grid and a (4, 4) affine")

    def to_json(self) -> Json:
        """Return everything but the grid's values, which travel as bytes."""
        return {
            "method": self.method,
            "class": self.class_code,
            "phase": self.phase,
            "series_key": self.series_key,
            "shape_zyx": list(self.grid_zyx.shape),
            "affine": self.affine.reshape(-1).tolist(),
            "vmax": float(np.abs(self.grid_zyx).max(initial=0.0)),
            "signed": self.signed,
            "completeness_error": self.completeness_error,
            "caption": self.caption,
        }


@dataclass(frozen=True, eq=False)
class Mask:
    """Which voxels a system took for a lesion: data that a viewer can draw.

    Parameters
    ----------
    lesion
        Position in `Prediction.lesions`.
    phase
        Contrast phase of the volume segmented, None when unknown.
    series_key
        Volume segmented.
    inside_zyx
        (z, y, x) bool, only the box around the lesion.
    affine
        (4, 4). Index (x, y, z, 1) of that box to LPS mm, or to (column, row, slice) without
        geometry.
    """

    lesion: int
    phase: str | None
    series_key: str
    inside_zyx: NDArray[np.bool_]
    affine: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.inside_zyx.ndim != 3 or self.affine.shape != (4, 4):
            raise ValueError("a mask needs a (z, y, x) grid and a (4, 4) affine")

    def runs(self) -> list[int]:
        """Return run lengths in C order (z, y, x), outside first: 0 if the first voxel is inside.

        The runs alternate and sum to the number of voxels.
        """
        flat = np.concatenate(([False], self.inside_zyx.ravel()))
        edges = np.flatnonzero(np.diff(flat)).tolist()
        return np.diff([0, *edges, self.inside_zyx.size]).tolist()  # type: ignore[no-any-return]

    def to_json(self) -> Json:
        """Return the mask, its voxels as `runs`."""
        return {
            "lesion": self.lesion,
            "phase": self.phase,
            "series_key": self.series_key,
            "shape_zyx": list(self.inside_zyx.shape),
            "affine": self.affine.reshape(-1).tolist(),
            "runs": self.runs(),
        }


@dataclass(frozen=True)
class Stage:
    """One network's own probabilities, for example LiLNet's benign/malignant stage ``bm``."""

    id: str
    probabilities: Probabilities

    def to_json(self) -> Json:
        """Return ``{"id", "probabilities"}``."""
        return {"id": self.id, "probabilities": dict(self.probabilities)}


@dataclass(frozen=True)
class Finding:
    """One value beside the class probabilities: an imaging feature, a biomarker, a category.

    Parameters
    ----------
    group
        What it belongs to, for example ``features``; one table per group, in order.
    name
        Stable name within the group, for example ``APHE``.
    value
        Number, word, or None when it can't be told.
    unit
        Of a number; "probability" for a share in [0, 1]; empty for none.
    reason
        One plain sentence: why this value, or why none.
    """

    group: str
    name: str
    value: float | str | bool | None
    unit: str = ""
    reason: str = ""

    def to_json(self) -> Json:
        """Return the five fields."""
        return {
            "group": self.group,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Prediction:
    """What the system says about the case.

    `probabilities` covers all leaf classes and sums to 1, or is empty with `decision` None when
    no lesion was found. `decision_lesion` is the position in `lesions` that the case rests on.
    """

    decision: str | None
    probabilities: Probabilities
    stages: tuple[Stage, ...] = ()
    lesions: tuple[Lesion, ...] = ()
    decision_lesion: int | None = None
    phases_used: tuple[str, ...] = ()
    phases_missing: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if self.probabilities and abs(sum(self.probabilities.values()) - 1) > 1e-4:
            raise ValueError("probabilities must sum to 1")
        if (self.decision is None) != (not self.probabilities):
            raise ValueError("a decision needs probabilities, and the other way round")

    def to_json(self) -> Json:
        """Return the result's part of ``run --json``."""
        return {
            "decision": self.decision,
            "probabilities": dict(self.probabilities),
            "stages": [stage.to_json() for stage in self.stages],
            "lesions": [lesion.to_json() for lesion in self.lesions],
            "decision_lesion": self.decision_lesion,
            "phases_used": [str(phase) for phase in self.phases_used],
            "phases_missing": [str(phase) for phase in self.phases_missing],
            "warnings": [warning.to_json() for warning in self.warnings],
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class RunRecord:
    """How a result came about: system, weights, settings, machine, time.

    `label` is how results made with these weights are marked, for example ``phantom-trained``.
    """

    system: str
    version: str
    weights_sha256: str
    configuration: str
    aggregation: str
    device: str
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    label: str = ""

    def to_json(self) -> Json:
        """Return the record's part of ``run --json``."""
        return {
            "system": self.system,
            "version": self.version,
            "weights_sha256": self.weights_sha256,
            "label": self.label,
            "configuration": self.configuration,
            "aggregation": self.aggregation,
            "device": self.device,
            "timings_ms": dict(self.timings_ms),
            "software": dict(self.software),
        }


@dataclass(frozen=True, eq=False)
class RunOutput:
    """Prediction, heat maps, record and lesion masks of one run."""

    prediction: Prediction
    heatmaps: tuple[Heatmap, ...]
    record: RunRecord
    masks: tuple[Mask, ...] = ()

    def to_json(self) -> Json:
        """Return the object of ``run --json`` (contract), heat maps described without values."""
        return {
            **self.record.to_json(),
            **self.prediction.to_json(),
            "heatmaps": [heatmap.to_json() for heatmap in self.heatmaps],
            "masks": [mask.to_json() for mask in self.masks],
        }
