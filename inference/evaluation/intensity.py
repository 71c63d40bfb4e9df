"""What a network has to beat: logistic models on a lesion's mean intensity in each phase."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Box, Volume
from inference.training.logistic import fit_logistic

Floats = NDArray[np.float64]


def mean_inside(volume: Volume, box: Box) -> float:
    """Return the mean value within the ellipsoid that a box (LPS mm) holds; NaN outside."""
    assert volume.geometry is not None, "labelled cohorts state places in mm"
    x0, y0, z0, x1, y1, z1 = volume.geometry.pixel_box(box)
    cut = volume.array_zyx[z0:z1, y0:y1, x0:x1]
    if not cut.size:
        return float("nan")
    z, y, x = (
        ((np.arange(n) + 0.5) / n * 2 - 1).reshape([-1 if axis == k else 1 for k in range(3)])
        for axis, n in enumerate(cut.shape)
    )
    return float(cut[z**2 + y**2 + x**2 <= 1].mean())


def intensity_scores(
    table: Floats, truth: NDArray[np.int64], cases: Sequence[str], n_classes: int, n_folds: int = 5
) -> Floats:
    """Return the probabilities (n, classes) of one-against-rest logistic models.

    Each fold of cases is judged by models fitted to the others of the same cohort, which favours
    this baseline over a network that has never seen the cohort.

    Parameters
    ----------
    table
        (n, phases) mean intensities; NaN becomes the mean of the column.
    truth
        (n,) class indices.
    cases
        Case of each row; the rows of a case stay together.
    """
    filled = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    order = {case: position for position, case in enumerate(dict.fromkeys(cases))}
    fold = np.array([order[case] % n_folds for case in cases])
    scores = np.full((len(table), n_classes), 1 / n_classes)
    for held_out in np.unique(fold):
        training, out = fold != held_out, fold == held_out
        for label in range(n_classes):
            positive = truth[training] == label
            if 0 < positive.sum() < len(positive):
                model = fit_logistic(filled[training], positive)
                scores[out, label] = model.probability(filled[out])
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))
