"""From the networks' evidence to the case's result: features, categories, probabilities."""

from inference.contracts import Finding, Lesion, Notice
from inference.lirads import by_acr_v2018
from inference.pipelines.lirads_mri.configuration import PHASES_OF_TASK, PORTAL, TASKS
from inference.pipelines.lirads_mri.findings import FEATURE_PROBABILITIES, describe
from inference.pipelines.lirads_mri.predict import LesionEvidence
from inference.pipelines.lirads_mri.select import NAMES


def findings_of(evidence: LesionEvidence) -> tuple[Finding, ...]:
    """Return features, patient, both categories and the features' probabilities by phase."""
    region, scores = evidence.region, evidence.scores()
    reasons = {
        name: f"Probability {scores[name]:.2f}, present from 0.50; from the "
        f"{' and '.join(NAMES[phase] for phase in phases)} phase."
        for name, phases in {**PHASES_OF_TASK, "washout_portal_venous": (PORTAL,)}.items()
    }
    reasons["size"] = (
        f"Largest diameter of the mask on slice {region.largest_z + 1} of the delayed phase."
    )
    growth = evidence.features().threshold_growth
    reasons["threshold_growth"] = (
        "There is no earlier size." if growth is None else "From the earlier size and interval."
    )
    probabilities = tuple(
        Finding(FEATURE_PROBABILITIES, f"{task}, {NAMES[phase]}", round(value, 4), "probability")
        for task in TASKS
        for phase, value in evidence.by_phase(task).items()
    )
    return (*describe(evidence.features(), reasons), *probabilities)


def lesion_of(evidence: LesionEvidence, series_key: str, has_geometry: bool) -> Lesion:
    """Return the lesion as the contract has it; no probabilities for patients not at risk."""
    region = evidence.region
    return Lesion(
        box_mm=region.geometry.world_box(region.box_px) if has_geometry else None,
        box_px=region.box_px,
        confidence=region.confidence,
        probabilities=evidence.probabilities() if applies(evidence) else {},
        source=region.source,
        series_key=series_key,
    )


def applies(evidence: LesionEvidence) -> bool:
    """Whether LI-RADS applies: not to a patient known not to be at risk."""
    return evidence.features().at_risk is not False


def suspicion(evidence: LesionEvidence) -> float:
    """Return how high a lesion's category is expected to be."""
    low, middle, high = evidence.probabilities().values()
    return 3 * low + 4 * middle + 5 * high


def notices_of(evidence: LesionEvidence) -> list[Notice]:
    """Say where the result needs a second look."""
    if not applies(evidence):
        message = (
            "The patient isn't at risk of hepatocellular carcinoma, so LI-RADS gives no category; "
            "only features are shown."
        )
        return [Notice("not_at_risk", message)]
    probabilities = evidence.probabilities()
    likeliest = max(probabilities, key=lambda code: probabilities[code])
    by_rule = by_acr_v2018(evidence.features()).category
    if likeliest == by_rule:
        return []
    message = (
        f"The features as present or not give {by_rule}, their probabilities together "
        f"{likeliest}: some feature is uncertain."
    )
    return [Notice("category_uncertain", message)]
