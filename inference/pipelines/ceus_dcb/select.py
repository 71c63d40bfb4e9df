"""Which cines Model-DCB reads, the clinical values, and what is out of its scope."""

from dataclasses import dataclass

from inference.contracts import Clip, Exam, Notice
from inference.errors import CannotRun
from inference.pipelines.ceus_dcb.clinic import Patient, read_patient

LEAST_AGE = 18
LEAST_FRAMES = 20


@dataclass(frozen=True, eq=False)
class Selection:
    """What to read.

    Parameters
    ----------
    clips
        All clips of the examination, which outlines count in.
    longest
        Position of the cine with most frames, which boxes are meant for.
    patient
        Clinical values.
    warnings
        What there is to say about all that.
    """

    clips: tuple[Clip, ...]
    longest: int
    patient: Patient
    warnings: tuple[Notice, ...]


def select_clips(exam: Exam) -> Selection:
    """Choose the cine with most frames.

    Raises
    ------
    CannotRun
        ``wrong_modality`` without any ultrasound, ``no_cine`` if no clip has `LEAST_FRAMES`.
    """
    cines = [clip for clip in exam.clips if clip.modality in ("US", "")]
    if not cines:
        found = sorted({v.modality for v in exam.volumes} | {c.modality for c in exam.clips})
        raise CannotRun(
            "wrong_modality",
            f"Model-DCB reads ultrasound cines, found {', '.join(filter(None, found)) or 'none'}; "
            "choose another system.",
        )
    lengths = [clip.shape_tyxc[0] if clip in cines else 0 for clip in exam.clips]
    longest = max(lengths)
    if longest < LEAST_FRAMES:
        raise CannotRun(
            "no_cine",
            f"Model-DCB needs a contrast-enhanced cine of at least {LEAST_FRAMES} frames, found "
            f"{longest}; give the recording from injection on.",
        )
    patient = read_patient(exam)
    warnings = [*exam.notices, *patient.warnings, *_scope(exam)]
    return Selection(exam.clips, lengths.index(longest), patient, tuple(warnings))


def _scope(exam: Exam) -> list[Notice]:
    if exam.age_years is None or exam.age_years >= LEAST_AGE:
        return []
    return [
        Notice(
            "age_out_of_range",
            f"The patient is {exam.age_years} years old; Model-DCB was studied in adults from "
            f"{LEAST_AGE} years.",
        )
    ]
