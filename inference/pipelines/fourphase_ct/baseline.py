"""What a network has to beat: a logistic model on the lesion's mean intensity in each phase."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.contracts import ContrastPhase
from inference.io.cohort import TruthRow
from inference.pipelines.fourphase_ct.configuration import CLASSES, MARGIN_MM, PHASE_SETS, RING
from inference.pipelines.fourphase_ct.samples import Lesions
from inference.training.logistic import fit_logistic, sigmoid

Floats = NDArray[np.float64]

BASELINE = "mean_intensity_model"
"""Where a manifest keeps the models."""


def mean_intensity(lesions: Lesions) -> Floats:
    """Return the mean HU (n, 4) inside the ellipsoid that a lesion's box holds; NaN if missing."""
    found = np.full(lesions.present.shape, np.nan)
    for n, row in enumerate(lesions.rows):
        inside = lesion_region(row, lesions.hu.shape[2:])
        values = lesions.hu[n].float().numpy()[:, inside].mean(axis=1)
        there = lesions.present[n].numpy()
        found[n, there] = values[there]
    return found


def lesion_region(row: TruthRow, shape_zyx: Sequence[int]) -> NDArray[np.bool_]:
    """Return which voxels of a lesion's crop lie in the ellipsoid that its box holds."""
    reach = 1 + 2 * MARGIN_MM / row.box_mm.size[::-1]
    axes = [r * ((np.arange(k) + 0.5) / k * 2 - 1) for r, k in zip(reach, shape_zyx, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    inside: NDArray[np.bool_] = z**2 + y**2 + x**2 <= 1
    return inside


def fit_baseline(lesions: Lesions) -> dict[str, dict[str, Any]]:
    """Return one model per set of phases, fitted to the lesions that have it, as plain numbers."""
    table, second = mean_intensity(lesions), lesions.labels().numpy() == 1
    models = {}
    for phases in PHASE_SETS:
        rows = lesions.having(phases).numpy()
        if len(np.unique(second[rows])) < len(CLASSES):
            continue
        model = fit_logistic(table[rows][:, _columns(phases)], second[rows])
        models["+".join(phases)] = {
            "intercept": model.intercept,
            "coefficients": model.coefficients.tolist(),
        }
    return models


def baseline_probabilities(lesions: Lesions, models: Mapping[str, Mapping[str, Any]]) -> Floats:
    """Return the probabilities (n, classes) of each lesion from all phases it has."""
    table = mean_intensity(lesions)
    found = np.full((len(lesions.rows), len(CLASSES)), np.nan)
    for phases in reversed(PHASE_SETS):  # the richest set a lesion has comes last
        model, rows = models.get("+".join(phases)), lesions.having(phases).numpy()
        if model is None or not len(rows):
            continue
        weights = np.array(model["coefficients"])
        second = sigmoid(table[rows][:, _columns(phases)] @ weights + model["intercept"])
        found[rows] = np.stack([1 - second, second], axis=1)
    return found


def _columns(phases: Sequence[ContrastPhase]) -> list[int]:
    return [RING.index(phase) for phase in phases]
