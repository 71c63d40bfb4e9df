"""Which images of an examination DCNN-US may look at."""

from dataclasses import dataclass

from inference.contracts import Clip, Exam, Notice
from inference.errors import CannotRun
from inference.preprocessing.clinical import ClinicalReading, read_variables
from inference.registry.systems import BMODE_DCNN


@dataclass(frozen=True, eq=False)
class Selection:
    """Ultrasound images of an examination and its clinical values.

    Parameters
    ----------
    clips
        All clips of the exam, so that positions are those of `Exam.clips`; only ultrasound is
        read.
    clinical
        The clinical-ultrasonic factors.
    warnings
        What is unusual so far.
    """

    clips: tuple[Clip, ...]
    clinical: ClinicalReading
    warnings: tuple[Notice, ...]


def select_images(exam: Exam) -> Selection:
    """Keep the exam's clips and read its clinical values.

    Raises
    ------
    CannotRun
        ``wrong_modality`` without any ultrasound image.
    """
    if not any(clip.modality == BMODE_DCNN.modality for clip in exam.clips):
        found = sorted({v.modality for v in exam.volumes} | {c.modality for c in exam.clips})
        raise CannotRun(
            "wrong_modality",
            f"DCNN-US reads B-mode ultrasound, found {', '.join(filter(None, found)) or 'none'}; "
            "choose another system.",
        )
    clinical = read_variables(exam, BMODE_DCNN.clinical_variables)
    return Selection(exam.clips, clinical, (*exam.notices, *clinical.warnings))
