"""What stands beside the probabilities: modules, curve, contributions; as the paper's readers saw.

Paper: "Model visualization" (figure S8): disease probabilities of Module-Disease and biomarker
probabilities of Module-Biomarker.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from inference.contracts import Finding
from inference.explanation.shapley import shapley_values
from inference.pipelines.ceus_dcb.clinic import Patient
from inference.pipelines.ceus_dcb.configuration import BIOMARKERS, CLASSES, CLINICAL, DISEASES
from inference.pipelines.ceus_dcb.locate import size_mm
from inference.pipelines.ceus_dcb.network import Fusion
from inference.pipelines.ceus_dcb.predict import NAMES, LesionEvidence, probabilities_of
from inference.pipelines.ceus_dcb.preprocess import Region

Floats = NDArray[np.float64]

PROBABILITY = "probability"


def findings_of(lesion: LesionEvidence, patient: Patient, fusion: Fusion) -> tuple[Finding, ...]:
    """Return the findings of the lesion a case rests on, group by group."""
    diseases = tuple(
        Finding("disease", name, value, PROBABILITY, f"{name} against all others, from the video.")
        for name, value in lesion.diseases().items()
    )
    biomarkers = tuple(
        Finding("biomarker", name, value, PROBABILITY, f"Expression of {name}, from the video.")
        for name, value in lesion.biomarkers().items()
    )
    return (
        *diseases,
        *biomarkers,
        *curve_findings(lesion.region),
        *contributions(lesion, patient, fusion),
    )


def curve_findings(region: Region) -> tuple[Finding, ...]:
    """Return the time-intensity curve in four numbers; frames where the cine has no clock."""
    clip, curve = region.clip, region.curve
    step, unit = (1.0, "frames") if not clip.frame_time_ms else (clip.frame_time_ms / 1000, "s")
    group = "time-intensity curve"
    last = len(curve.smooth) - 1
    left = float(curve.smooth[last] / max(curve.smooth[curve.peak], 1e-6))
    size = size_mm(region)
    return (
        Finding(group, "arrival", round(curve.arrival * step, 1), unit, "From the first frame."),
        Finding(group, "time to peak", round(curve.peak * step, 1), unit, "From the first frame."),
        Finding(group, "level at the end", round(left, 2), "", "Relative to the peak."),
        Finding(
            group,
            "lesion size",
            None if np.isnan(size) else round(size, 1),
            "mm",
            "Longer side of the outline's box.",
        ),
    )


def contributions(lesion: LesionEvidence, patient: Patient, fusion: Fusion) -> tuple[Finding, ...]:
    """Return exact Shapley values of modules and clinical values for the decided class.

    Each says how far it moves the class's probability from that of the average training patient.
    """
    probabilities = lesion.probabilities()
    decision = max(probabilities, key=lambda code: probabilities[code])
    first = len(DISEASES) + len(BIOMARKERS)
    used = fusion.used.numpy() > 0
    players = {"Module-Disease": list(range(len(DISEASES)))}
    if used[len(DISEASES)]:
        players["Module-Biomarker"] = list(range(len(DISEASES), first))
    for column, name in enumerate(CLINICAL, start=first):
        if used[column] and name in patient.shown:
            players[name] = [column]

    def model(rows: Floats) -> Floats:
        return probabilities_of(fusion, torch.from_numpy(rows).float()).numpy()

    row, baseline = lesion.evidence.double().numpy(), fusion.mean.double().numpy()
    values = shapley_values(model, row, baseline, list(players.values()))
    moved = values[:, CLASSES.index(decision)].tolist()
    return tuple(
        Finding(
            f"contribution to {decision}",
            name,
            round(value, 4),
            PROBABILITY,
            f"Value: {patient.shown[name]}."
            if name in patient.shown
            else f"All of its probabilities together, in {NAMES[lesion.model]}.",
        )
        for name, value in zip(players, moved, strict=True)
    )
