"""What is told beside the probabilities: contributions of the factors, cut-off, background."""

from collections.abc import Mapping

from inference.contracts import Finding, Notice
from inference.pipelines.bmode_dcnn.clinic import SCORE, Clinic
from inference.pipelines.bmode_dcnn.configuration import FACTORS
from inference.pipelines.bmode_dcnn.predict import Evidence
from inference.preprocessing.clinical import ClinicalReading

MODELS_IN_WORDS = {
    "L": "the lesion's images alone",
    "LB": "images of lesion and liver background",
    "LBC": "images of lesion and background and six clinical-ultrasonic factors",
}


def findings(evidence: Evidence, clinic: Clinic | None) -> tuple[Finding, ...]:
    """Return the findings of a case: group ``model``, then ``background``, then ``clinical``."""
    found = _model(evidence, clinic)
    for stage in evidence.stages():
        if stage.id == "background":
            found += [
                Finding("background", name, share, "probability")
                for name, share in stage.probabilities.items()
            ]
    return (*found, *_clinical(evidence))


def fallback(evidence: Evidence, clinic: Clinic | None) -> list[Notice]:
    """Say why a smaller model than Model-LBC was asked, if so."""
    if evidence.model == "LBC":
        return []
    if "LB" not in evidence.outcomes:
        reason = "no liver background was outlined"
    elif clinic is None:
        reason = "these weights hold no regression for them"
    else:
        reason = "clinical values are missing"
    return [
        Notice(
            "smaller_model",
            f"The result rests on {MODELS_IN_WORDS[evidence.model]} (Model-{evidence.model}), "
            f"because {reason}.",
        )
    ]


def _model(evidence: Evidence, clinic: Clinic | None) -> list[Finding]:
    name = evidence.model
    found = [
        Finding("model", "asked", f"Model-{name}", reason=f"It takes {MODELS_IN_WORDS[name]}.")
    ]
    if clinic is not None:
        cut_off = clinic.cut_offs[name]
        above = evidence.outcomes[name] >= cut_off
        found.append(
            Finding(
                "model",
                "Youden's cut-off",
                cut_off,
                "probability",
                "Best sum of sensitivity and specificity on training cases; the case lies "
                f"{'at or above' if above else 'below'} it.",
            )
        )
    sizes = [view.size_mm for view in evidence.located.views if view.size_mm is not None]
    if sizes:
        found.append(Finding("model", "diameter", round(max(sizes), 1), "mm", "Longest outline."))
    return found


def _clinical(evidence: Evidence) -> list[Finding]:
    reading = evidence.located.selection.clinical
    found = []
    for name, share in evidence.contributions.items():
        value = f"{evidence.outcomes['LB']:.2f}" if name == SCORE else _words(reading, name)
        direction = "raises" if share >= 0 else "lowers"
        found.append(
            Finding(
                "clinical",
                name,
                round(share, 3),
                "log odds",
                f"{value}: {direction} the odds of malignancy against the mean training case.",
            )
        )
    if not found:
        found = [
            Finding("clinical", name, None, "log odds", "Missing: Model-LBC can't be asked.")
            for name in FACTORS
            if name in reading.missing
        ]
    return found


def _words(reading: ClinicalReading, name: str) -> str:
    words: Mapping[str, str] = reading.words
    return words[name] if name in words else f"{reading.numbers[name]:g}"
