"""The paper's two experiments: other prevalences, and outlines drawn otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inference.contracts import Outline
from inference.evaluation.classification import Scored
from inference.pipelines.ceus_dcb.configuration import CLASSES

if TYPE_CHECKING:
    from inference.evaluation.ceus_summary import LesionResult

PREVALENCES = {"1:9": 0.1, "5:5": 0.5, "9:1": 0.9}
"""Share of malignant lesions in a health check-up, an outpatient clinic and a ward."""
COHORT = 100
PAPER_REPEATS = 100
MOST_SCALE = 0.2
"""Largest change of an outline's size, relative; the paper's text gives none."""
MOST_SHIFT = 0.15
"""Largest shift, as a share of the outline's extent."""
SEED = 20250115


def prevalence(scored: Scored, repeats: int = PAPER_REPEATS) -> dict[str, Any]:
    """Return the accuracy in cohorts of 100 with given ratios of malignant to benign lesions.

    Lesions are drawn with replacement, as a cohort here is smaller than the paper's; the interval
    is that of the repeats. Empty where the cohort lacks either kind.
    """
    malignant = np.array([row.malignant for row in scored.rows])
    right = scored.probabilities.argmax(axis=1) == scored.truth
    if malignant.all() or not malignant.any():
        return {}
    rng = np.random.default_rng(SEED)
    found = {}
    for name, share in PREVALENCES.items():
        count = round(COHORT * share)
        drawn = [
            np.concatenate(
                (rng.choice(right[malignant], count), rng.choice(right[~malignant], COHORT - count))
            ).mean()
            for _ in range(repeats)
        ]
        found[name] = {"accuracy": _spread(drawn)}
    return found


def moved_outline(outline: Outline, rng: np.random.Generator) -> Outline:
    """Return an outline expanded or shrunk, and moved, each at random."""
    corners = np.array(outline.lesion)
    centre, extent = corners.mean(axis=0), np.ptp(corners, axis=0)
    scale = 1 + rng.uniform(-MOST_SCALE, MOST_SCALE)
    shift = rng.uniform(-MOST_SHIFT, MOST_SHIFT, 2) * extent
    drawn = centre + (corners - centre) * scale + shift
    return replace(outline, lesion=tuple((float(x), float(y)) for x, y in drawn))


def robustness(
    plain: Sequence[LesionResult], disturbed: Sequence[Sequence[LesionResult]]
) -> dict[str, Any]:
    """Return the accuracy with disturbed outlines, repeat by repeat, beside the undisturbed.

    Parameters
    ----------
    disturbed
        For each lesion its repeats.
    """
    kept = [
        [_decision(one) == _decision(own) for one in others]
        for own, others in zip(plain, disturbed, strict=True)
    ]
    hits = np.array([[_right(one) for one in others] for others in disturbed])
    before = float(np.mean([_right(one) for one in plain]))
    each = hits.mean(axis=0)
    return {
        "repeats": hits.shape[1],
        "accuracy_undisturbed": before,
        "accuracy": _spread(each.tolist()),
        "change": _spread((each - before).tolist()),
        "same_decision": float(np.mean(kept)),
    }


def _decision(result: LesionResult) -> int:
    return int(result.models[result.model].argmax())


def _right(result: LesionResult) -> bool:
    return CLASSES[_decision(result)] == result.row.truth


def _spread(values: Sequence[float]) -> dict[str, float]:
    low, high = np.percentile(values, [2.5, 97.5]).tolist()
    return {"estimate": float(np.mean(values)), "ci_low": low, "ci_high": high}
