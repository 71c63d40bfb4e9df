"""Which volumes the four-phase system reads, and which exams it refuses."""

from dataclasses import dataclass

from inference.contracts import ContrastPhase, Exam, Notice, Volume
from inference.errors import CannotRun
from inference.pipelines.fourphase_ct.configuration import PHASE_SETS, RING

NAMES = {
    ContrastPhase.NON_CONTRAST: "non-contrast",
    ContrastPhase.ARTERIAL: "arterial",
    ContrastPhase.PORTAL_VENOUS: "portal venous",
    ContrastPhase.DELAYED: "delayed",
}


@dataclass(frozen=True, eq=False)
class Selection:
    """Volumes to read, one per phase in order of time, and what there is to say about them."""

    volumes: tuple[Volume, ...]
    phases: tuple[ContrastPhase, ...]
    warnings: tuple[Notice, ...]

    @property
    def phases_missing(self) -> tuple[ContrastPhase, ...]:
        """Phases of the ring that aren't there."""
        return tuple(phase for phase in RING if phase not in self.phases)


def select_volumes(exam: Exam) -> Selection:
    """Choose one volume per phase: the one with most slices, the first of equals.

    A phase that is missing or unknown isn't guessed: the exam has to hold one of the sets of
    phases the paper studied.

    Raises
    ------
    CannotRun
        ``wrong_modality`` without any CT volume, ``no_geometry`` or ``uncalibrated`` if a volume
        of a known phase lacks millimetres or Hounsfield units, ``missing_phase`` without a set.
    """
    volumes = [volume for volume in exam.volumes if volume.modality == "CT"]
    if not volumes:
        kinds = {v.modality for v in exam.volumes} | {c.modality for c in exam.clips}
        found = ", ".join(sorted(filter(None, kinds))) or "none"
        raise CannotRun(
            "wrong_modality",
            f"The four-phase system reads CT volumes, found {found}; choose another system.",
        )
    warnings = list(exam.notices)
    chosen: dict[ContrastPhase, Volume] = {}
    for phase in RING:
        candidates = [volume for volume in volumes if volume.phase is phase]
        if len(candidates) > 1:
            message = f"There are {len(candidates)} {NAMES[phase]} volumes; the largest was read."
            warnings.append(Notice("several_volumes", message))
        if candidates:
            chosen[phase] = max(candidates, key=lambda volume: volume.shape_zyx[0])
    phases = next((each for each in PHASE_SETS if set(each) <= set(chosen)), None)
    if phases is None:
        raise CannotRun("missing_phase", _missing(set(chosen)))
    used = tuple(chosen[phase] for phase in phases)
    _check(used)
    warnings += [_incomplete(phase) for phase in RING if phase not in phases]
    return Selection(used, phases, tuple(warnings))


def _missing(there: set[ContrastPhase]) -> str:
    found = ", ".join(NAMES[phase] for phase in RING if phase in there) or "none"
    return (
        "The four-phase system needs a non-contrast, an arterial and a portal venous or delayed "
        f"volume, found {found}; correct the phases of the series or choose another system."
    )


def _check(volumes: tuple[Volume, ...]) -> None:
    if any(volume.geometry is None for volume in volumes):
        raise CannotRun(
            "no_geometry",
            "The images state no position and size in mm, which voxels of 1 mm need; send the "
            "original DICOM series.",
        )
    if not all(volume.calibrated for volume in volumes):
        raise CannotRun(
            "uncalibrated",
            "The images have no Hounsfield units, which the windows of the pseudo-colour images "
            "need; send the original DICOM series.",
        )


def _incomplete(phase: ContrastPhase) -> Notice:
    return Notice(
        "missing_phase",
        f"There is no {NAMES[phase]} volume; the result rests on three phases and is less certain.",
    )
