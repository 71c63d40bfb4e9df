"""Where a lesion outlined in the delayed phase lies in the others: breath holds differ."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inference.contracts import ContrastPhase, Volume
from inference.pipelines.lirads_mri.configuration import DELAYED, Configuration
from inference.preprocessing.motion import Placed, translation_mm

Shifts = Mapping[ContrastPhase, NDArray[np.float64]]
"""Displacement (3,) in LPS mm by phase, zeros for the delayed one."""


def displacements(
    volumes: Mapping[ContrastPhase, Volume],
    centre_mm: NDArray[np.float64],
    size_mm: float,
    configuration: Configuration,
) -> Shifts:
    """Return how far a lesion is displaced in each phase from where the delayed one shows it.

    Zeros without voxel sizes, and where `Configuration.breathing_mm` is 0.

    Parameters
    ----------
    centre_mm, size_mm
        Of the lesion in the delayed phase, (3,) LPS mm and its longer side.
    """
    most = configuration.breathing_mm
    placed = {
        phase: Placed(volume.array_zyx, volume.geometry)
        for phase, volume in volumes.items()
        if volume.geometry is not None and most > 0
    }
    reach = configuration.breathing_reach_mm + size_mm / 4
    return {
        phase: translation_mm(placed[DELAYED], placed[phase], centre_mm, reach, most)
        if phase is not DELAYED and placed.keys() >= {phase, DELAYED}
        else np.zeros(3)
        for phase in volumes
    }
