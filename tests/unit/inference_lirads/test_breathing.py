"""Lesions are followed from the delayed phase into breath holds that differ by a known shift."""

from dataclasses import replace

import numpy as np

from inference.contracts import ContrastPhase, Volume
from inference.phantoms.mr import make_case
from inference.phantoms.size import PhantomSize
from inference.pipelines.lirads_mri.breathing import displacements
from inference.pipelines.lirads_mri.configuration import DEMO, PHASES

SIZE = PhantomSize(rows=128, slices=24)


def without_geometry(volume: Volume) -> Volume:
    return Volume(volume.array_zyx, geometry=None, phase=volume.phase, calibrated=False,
                  series_key="1", modality="MR")  # fmt: skip


def test_displacements_of_phantoms_are_found() -> None:
    left: list[tuple[float, float]] = []
    for index in range(3):
        case = make_case(11, index, SIZE)
        exam, form = case.exam(), case.lesions[0].form
        volumes = {phase: exam.volumes_of(phase)[0] for phase in PHASES}
        place = form.centre + case.acquisition.origin_mm, 2 * form.radius_mm
        found = displacements(volumes, *place, DEMO)
        for phase, true in case.acquisition.shifts_mm.items():
            if phase in (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS):
                left.append(
                    (float(np.linalg.norm(true)), float(np.linalg.norm(true - found[phase])))
                )
        assert not found[ContrastPhase.DELAYED].any()
        still = displacements(volumes, *place, replace(DEMO, breathing_mm=0.0))
        assert not any(shift.any() for shift in still.values())
        unknown = {phase: without_geometry(volume) for phase, volume in volumes.items()}
        assert not any(s.any() for s in displacements(unknown, *place, DEMO).values())
    before, after = np.mean(left, axis=0)
    assert after < before / 2
