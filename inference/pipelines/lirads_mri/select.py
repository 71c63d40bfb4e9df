"""Which volumes the system reads, and what is known of the patient."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.contracts import ContrastPhase, Exam, Notice, Volume
from inference.errors import CannotRun
from inference.pipelines.lirads_mri.configuration import PHASES
from inference.pipelines.lirads_mri.findings import EXTRACELLULAR, GADOXETATE
from inference.preprocessing.clinical import read_variables
from inference.registry.systems import LIRADS_MRI

LEAST_AGE = 18
NAMES = {phase: phase.value.replace("_", " ") for phase in ContrastPhase}


@dataclass(frozen=True, eq=False)
class Selection:
    """One volume per required phase, and the patient's values as words.

    Parameters
    ----------
    volumes
        By phase.
    patient
        at_risk, contrast_agent, prior_size and prior_interval, "" where not stated.
    """

    volumes: Mapping[ContrastPhase, Volume]
    patient: Mapping[str, str]
    warnings: tuple[Notice, ...]

    @property
    def phases_used(self) -> tuple[str, ...]:
        """Names of the phases."""
        return tuple(phase.value for phase in self.volumes)


def select_volumes(exam: Exam) -> Selection:
    """Choose one MR volume per phase: the one with most slices, the first of equals.

    Raises
    ------
    CannotRun
        ``wrong_modality`` without any MR volume, ``missing_phase`` naming what is missing.
    """
    volumes = [volume for volume in exam.volumes if volume.modality == "MR"]
    if not volumes:
        found = sorted({v.modality for v in exam.volumes} | {c.modality for c in exam.clips})
        raise CannotRun(
            "wrong_modality",
            f"This system reads MR volumes, found {', '.join(filter(None, found)) or 'none'}; "
            "choose another system.",
        )
    warnings = list(exam.notices)
    chosen: dict[ContrastPhase, Volume] = {}
    for phase in PHASES:
        candidates = [volume for volume in volumes if volume.phase is phase]
        if len(candidates) > 1:
            message = f"There are {len(candidates)} {NAMES[phase]} volumes; the largest was read."
            warnings.append(Notice("several_volumes", message))
        if candidates:
            chosen[phase] = max(candidates, key=lambda volume: volume.shape_zyx[0])
    missing = [NAMES[phase] for phase in PHASES if phase not in chosen]
    if missing:
        raise CannotRun(
            "missing_phase",
            f"LI-RADS on MR needs arterial, portal venous and delayed images; there is no "
            f"{', no '.join(missing)} volume. Correct the phases or choose another system.",
        )
    patient, notices = _patient(exam)
    warnings += notices
    if any(volume.geometry is None for volume in chosen.values()):
        warnings.append(
            Notice("no_spacing", "The images state no voxel size; sizes are in pixels, not mm.")
        )
    return Selection(chosen, patient, tuple(warnings))


def _patient(exam: Exam) -> tuple[dict[str, str], list[Notice]]:
    """Read the clinical values; hepatobiliary images imply gadoxetate."""
    clinical = read_variables(exam, LIRADS_MRI.clinical_variables)
    notices = [notice for notice in clinical.warnings if notice.code != "missing_clinical"]
    patient = {name: f"{value:g}" for name, value in clinical.numbers.items()}
    patient |= clinical.words
    hepatobiliary = any(v.phase is ContrastPhase.HEPATOBILIARY for v in exam.volumes)
    if "contrast_agent" not in patient:
        patient["contrast_agent"] = GADOXETATE if hepatobiliary else EXTRACELLULAR
    if "at_risk" not in patient:
        notices.append(
            Notice(
                "at_risk_unknown",
                "Nobody stated whether the patient is at risk of hepatocellular carcinoma; "
                "LI-RADS holds only then.",
            )
        )
    if ("prior_size" in patient) != ("prior_interval" in patient):
        notices.append(
            Notice(
                "incomplete_prior",
                "Of the earlier size and its interval only one is stated, so growth isn't judged.",
            )
        )
    if exam.age_years is not None and exam.age_years < LEAST_AGE:
        notices.append(
            Notice(
                "age_out_of_range",
                f"The patient is {exam.age_years} years old; LI-RADS is for adults from "
                f"{LEAST_AGE} years.",
            )
        )
    return patient, notices
