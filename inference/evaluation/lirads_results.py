"""What the LI-RADS system said about the lesions and cases of a cohort."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.evaluation.classification import Scored
from inference.evaluation.lirads_ablations import Categories
from inference.io.cohort import TruthRow
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.predict import LesionEvidence

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Of the probability, as in the paper's table 4."""


@dataclass(frozen=True, eq=False)
class LesionResult:
    """What the system said about one lesion at its reference box.

    Parameters
    ----------
    dice
        Of the mask segmented inside the box.
    found
        Whether the whole run, without boxes, marked a voxel of it.
    brightness
        Mean grey value in each phase, for the plainest of models.
    others
        Categories' probabilities by network, one table per training seed, see `said_by_all`.
    uncorrected
        Those of the system if breath holds are taken as equal.
    """

    row: TruthRow
    evidence: LesionEvidence
    dice: float
    found: bool
    brightness: tuple[float, ...]
    others: Mapping[str, Sequence[Categories]]
    uncorrected: Categories


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the system said about one case.

    Parameters
    ----------
    counts
        True positive, false positive and missed voxels of the regions that the whole run found.
    voxel_counts
        The same at each of `THRESHOLDS`.
    false_regions
        Regions found that touch no lesion.
    decision
        Category of the whole run without boxes; None without a lesion.
    """

    lesions: tuple[LesionResult, ...]
    counts: tuple[int, int, int]
    voxel_counts: tuple[tuple[int, int, int], ...]
    false_regions: int
    decision: str | None


def scored(
    lesions: Sequence[LesionResult], said: Callable[[LesionResult], Mapping[str, float]]
) -> Scored:
    """Return lesions with the categories' probabilities that `said` reads off each."""
    table = np.array([[said(lesion)[code] for code in CATEGORIES] for lesion in lesions])
    return Scored(CATEGORIES, tuple(lesion.row for lesion in lesions), table)
