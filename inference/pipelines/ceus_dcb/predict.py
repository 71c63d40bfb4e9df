"""From videos to probabilities: two modules, then the second stage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Notice, Stage
from inference.layers.batching import in_batches
from inference.pipelines.ceus_dcb.clinic import Patient
from inference.pipelines.ceus_dcb.configuration import (
    BIOMARKERS,
    CLASSES,
    CLINICAL,
    DISEASES,
    VIDEO_PARTS,
    Configuration,
)
from inference.pipelines.ceus_dcb.network import Fusion
from inference.pipelines.ceus_dcb.networks import Networks
from inference.pipelines.ceus_dcb.preprocess import Region, Video, make_video

AGGREGATION = "perceptron"
NAMES = {
    "model_d": "Model-D",
    "model_dc": "Model-DC",
    "model_db": "Model-DB",
    "model_dcb": "Model-DCB",
}


@dataclass(frozen=True, eq=False)
class LesionEvidence:
    """What the networks say about one lesion.

    Parameters
    ----------
    region, video
        Where it is and what the networks saw.
    logits
        (targets,) float32 of each network that reads videos, by part.
    evidence
        (columns of `EVIDENCE`,) float32: disease and biomarker probabilities, clinical values.
    models
        Probabilities (6,) of each model of the second stage.
    model
        The one the result rests on.
    """

    region: Region
    video: Video
    logits: Mapping[str, Tensor]
    evidence: Tensor
    models: Mapping[str, Tensor]
    model: str

    def probabilities(self) -> dict[str, float]:
        """Probabilities of the six classes, sum 1."""
        return _named(CLASSES, self.models[self.model])

    def diseases(self) -> dict[str, float]:
        """Probability of each disease against the rest; they need not sum to 1."""
        return _named(DISEASES, self.evidence[: len(DISEASES)])

    def biomarkers(self) -> dict[str, float]:
        """Probability that each biomarker is expressed."""
        start = len(DISEASES)
        return _named(BIOMARKERS, self.evidence[start : start + len(BIOMARKERS)])

    def stages(self) -> tuple[Stage, ...]:
        """Each network's own probabilities, the direct strategy and all four models included."""
        direct = _named(DISEASES, self.logits["direct"].softmax(dim=0))
        models = tuple(Stage(name, _named(CLASSES, values)) for name, values in self.models.items())
        return (
            Stage("disease", self.diseases()),
            Stage("biomarker", self.biomarkers()),
            Stage("direct", direct),
            *models,
        )


def classify(
    regions: Sequence[Region],
    patient: Patient,
    networks: Networks,
    settings: Configuration,
    done: Callable[[int], None],
) -> tuple[LesionEvidence, ...]:
    """Run all networks on every lesion; `done` is called with the networks finished."""
    videos = [make_video(region, settings) for region in regions]
    stack = torch.stack([video.tensor() for video in videos]).to(networks.device)
    logits: dict[str, Tensor] = {}
    with torch.inference_mode():
        for part in VIDEO_PARTS:
            network = networks.fast[part]
            logits[part] = in_batches(network, stack, settings.batch).float().cpu()
            done(len(regions))
    model = model_for(networks.fusions["model_dcb"], patient.values)
    found = []
    for row, (region, video) in enumerate(zip(regions, videos, strict=True)):
        own = {part: values[row] for part, values in logits.items()}
        evidence = evidence_row(own, patient.values)
        models = {
            name: probabilities_of(network, evidence[None])[0]
            for name, network in networks.fusions.items()
        }
        found.append(LesionEvidence(region, video, own, evidence, models, model))
    return tuple(found)


def evidence_row(logits: Mapping[str, Tensor], clinical: NDArray[np.float64]) -> Tensor:
    """Return (columns of `EVIDENCE`,) float32; what is missing stays NaN."""
    videos = torch.cat((logits["disease"], logits["biomarker"])).sigmoid()
    return torch.cat((videos, torch.from_numpy(clinical).float()))


def probabilities_of(network: Fusion, evidence: Tensor) -> Tensor:
    """Return the classes' probabilities (n, 6) float64."""
    with torch.inference_mode():
        logits: Tensor = network(evidence)
        return logits.double().softmax(dim=1)


def model_for(dcb: Fusion, clinical: NDArray[np.float64]) -> str:
    """Return Model-DCB, or Model-DB where none of the clinical values it reads is there."""
    used = dcb.used[-len(CLINICAL) :].numpy() > 0
    return "model_dcb" if (~np.isnan(clinical[used])).any() else "model_db"


def clinical_warnings(dcb: Fusion, patient: Patient) -> list[Notice]:
    """Say what the second stage does without clinical values; the paper excludes such patients."""
    used = dcb.used[-len(CLINICAL) :].numpy() > 0
    if model_for(dcb, patient.values) == "model_db":
        return [
            Notice(
                "no_clinical",
                "No clinical value is known, so the result rests on the video alone "
                f"({NAMES['model_db']}); it is less certain than {NAMES['model_dcb']}'s.",
            )
        ]
    missing = [name for name, use in zip(CLINICAL, used, strict=True) if use]
    missing = [name for name in missing if name in patient.missing]
    if not missing:
        return []
    return [
        Notice(
            "clinical_assumed",
            f"The training patients' mean stood in for {', '.join(missing)}; the result is less "
            "certain.",
        )
    ]


def _named(names: Sequence[str], values: Tensor) -> dict[str, float]:
    return dict(zip(names, values.double().tolist(), strict=True))
