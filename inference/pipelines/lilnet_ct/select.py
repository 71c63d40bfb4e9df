"""Which volumes LiLNet reads, and what is out of its scope."""

from dataclasses import dataclass

import numpy as np

from inference.contracts import ContrastPhase, Exam, Geometry, Notice, Volume
from inference.errors import CannotRun
from inference.pipelines.lilnet_ct.configuration import PHASES

LEAST_AGE = 18
MODALITIES = ("CT", "OT", "")
"""Modalities taken for CT: pictures state none."""
NAMES = {ContrastPhase.ARTERIAL: "arterial", ContrastPhase.PORTAL_VENOUS: "portal venous"}


@dataclass(frozen=True, eq=False)
class Selection:
    """Volumes to read, one per contrast phase, and what there is to say about them."""

    volumes: tuple[Volume, ...]
    phases_missing: tuple[ContrastPhase, ...]
    warnings: tuple[Notice, ...]

    @property
    def phases_used(self) -> tuple[str, ...]:
        """Phases of the volumes; an unknown phase isn't listed."""
        return tuple(v.phase.value for v in self.volumes if v.phase is not None)


def select_volumes(exam: Exam) -> Selection:
    """Choose one volume per phase: the one with most slices, the first of equals.

    Without an arterial or portal venous volume, one of unknown phase is read instead and said so;
    a phase known to be another one is never taken.

    Raises
    ------
    CannotRun
        ``wrong_modality`` without any CT volume, ``missing_phase`` if all phases are known and
        neither arterial nor portal venous.
    """
    volumes = [volume for volume in exam.volumes if volume.modality in MODALITIES]
    if not volumes:
        found = sorted({v.modality for v in exam.volumes} | {c.modality for c in exam.clips})
        raise CannotRun(
            "wrong_modality",
            f"LiLNet reads CT volumes, found {', '.join(filter(None, found)) or 'none'}; choose "
            "another system.",
        )
    warnings = list(exam.notices)
    chosen = []
    for phase in PHASES:
        candidates = [volume for volume in volumes if volume.phase is phase]
        if len(candidates) > 1:
            message = f"There are {len(candidates)} {NAMES[phase]} volumes; the largest was read."
            warnings.append(Notice("several_volumes", message))
        chosen += _largest(candidates)
    missing = tuple(phase for phase in PHASES if phase not in {v.phase for v in chosen})
    if not chosen:
        chosen = _largest([volume for volume in volumes if volume.phase is None])
        warnings.append(_unknown_phase())
    if not chosen:
        raise CannotRun(
            "missing_phase",
            "LiLNet needs an arterial or a portal venous volume and found neither; correct the "
            "phases or choose another system.",
        )
    warnings += [] if len(missing) == len(PHASES) else [_missing(phase) for phase in missing]
    said = {notice.code for notice in exam.notices}
    warnings += [notice for notice in _scope(exam, chosen) if notice.code not in said]
    return Selection(tuple(chosen), missing, tuple(warnings))


def grid_of(volume: Volume) -> Geometry:
    """Return the volume's geometry; without one voxel indices stand for millimetres."""
    depth, height, width = volume.shape_zyx
    return volume.geometry or Geometry(np.eye(4), (depth, height, width))


def _largest(volumes: list[Volume]) -> list[Volume]:
    return [max(volumes, key=lambda volume: volume.shape_zyx[0])] if volumes else []


def _missing(phase: ContrastPhase) -> Notice:
    return Notice(
        "missing_phase",
        f"There is no {NAMES[phase]} volume; the result rests on one phase and is less certain.",
    )


def _unknown_phase() -> Notice:
    return Notice(
        "unknown_phase",
        "The contrast phase isn't known; LiLNet was made for arterial and portal venous images. "
        "Set the phases of the series if you know them.",
    )


def _scope(exam: Exam, volumes: list[Volume]) -> list[Notice]:
    found = []
    if not all(volume.calibrated for volume in volumes):
        found.append(
            Notice(
                "uncalibrated",
                "The images have no Hounsfield units; their grey levels were read as already "
                "windowed, so the result may be wrong.",
            )
        )
    if any(volume.geometry is None for volume in volumes):
        found.append(
            Notice(
                "no_spacing",
                "The images state no pixel size; a usual one was assumed and sizes aren't in mm.",
            )
        )
    if exam.age_years is not None and exam.age_years < LEAST_AGE:
        found.append(
            Notice(
                "age_out_of_range",
                f"The patient is {exam.age_years} years old; LiLNet was studied in adults from "
                f"{LEAST_AGE} years.",
            )
        )
    return found
