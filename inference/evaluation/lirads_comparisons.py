"""What else can be asked of LI-RADS on a cohort: phases, their combination, networks, breathing."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.bootstrap import Interval, intervals
from inference.evaluation.classification import Scored, compare
from inference.evaluation.intensity import intensity_scores
from inference.evaluation.lirads_ablations import Categories
from inference.evaluation.lirads_results import LesionResult, scored
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    DELAYED,
    PHASES,
    PHASES_OF_TASK,
    PORTAL,
    TASKS,
)

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Table = Mapping[str, Mapping[str, Interval]]

UNKNOWN = 0.5
"""Probability of a feature that a single phase says nothing about."""


def by_phases(lesions: Sequence[LesionResult], full: Scored) -> dict[str, Scored]:
    """All phases, and each alone: what it says nothing about is as likely as not."""

    def alone(lesion: LesionResult, phase: object) -> Mapping[str, float]:
        return lesion.evidence.probabilities(
            {
                task: next((p for own, p in known.items() if own is phase), UNKNOWN)
                for task in TASKS
                if (known := lesion.evidence.by_phase(task))
            }
        )

    return {"all phases": full} | {
        phase.value: scored(lesions, partial(alone, phase=phase)) for phase in PHASES
    }


def by_combination(lesions: Sequence[LesionResult], full: Scored) -> dict[str, Scored]:
    """Washout and capsule from both phases by the higher or the mean probability, or from one.

    Washout with gadoxetate is the portal venous phase's, however the phases are combined.
    """

    def combined(lesion: LesionResult, how: Callable[[Floats], float]) -> Mapping[str, float]:
        evidence, signs = lesion.evidence, lesion.evidence.counted_scores()
        for task in TASKS:
            by_phase = np.array(list(evidence.by_phase(task).values()))
            if len(by_phase) > 1 and not (task == "washout" and evidence.gadoxetate):
                signs[task] = how(by_phase)
        return evidence.probabilities(signs)

    assert PHASES_OF_TASK["washout"] == (PORTAL, DELAYED)
    ways: dict[str, Callable[[Floats], float]] = {
        "mean": lambda p: float(p.mean()),
        "portal venous": lambda p: float(p[0]),
        "delayed": lambda p: float(p[1]),
    }
    return {"max": full} | {
        name: scored(lesions, partial(combined, how=how)) for name, how in ways.items()
    }


def by_network(lesions: Sequence[LesionResult], draws: int, reference: str, *rivals: str) -> Table:
    """Compare networks (table 5, figures 15 and 16), the figures of their seeds averaged."""

    def of_seed(lesion: LesionResult, name: str, seed: int) -> Categories:
        return lesion.others[name][seed]

    runs = {
        name: [
            scored(lesions, partial(of_seed, name=name, seed=seed))
            for seed in range(len(lesions[0].others[name]))
        ]
        for name in (reference, *rivals)
        if name in lesions[0].others
    }
    return compare(runs, reference, draws=draws) if len(runs) > 1 else {}


def displacement(lesions: Sequence[LesionResult], draws: int) -> dict[str, Interval]:
    """How far lesions lie from where they are looked for, without and with the correction, mm.

    Mean over the phases that a cohort states the truth of.
    """
    cases: list[str] = []
    left: list[tuple[float, float]] = []
    for lesion in lesions:
        for phase, found in lesion.evidence.shifts_mm.items():
            if stated := lesion.row.strata.get(f"shift_{phase}"):
                true = np.array(stated.split(","), np.float64)
                left.append((float(np.linalg.norm(true)), float(np.linalg.norm(true - found))))
                cases.append(lesion.row.case)
    if not cases:
        return {}
    table = np.array(left)

    def means(chosen: Rows) -> dict[str, float]:
        return dict(zip(("uncorrected", "corrected"), table[chosen].mean(axis=0), strict=True))

    return intervals(cases, means, draws=draws)


def mean_intensity(lesions: Sequence[LesionResult]) -> Scored:
    """One-against-rest logistic models on a lesion's mean grey value in each phase."""
    table = np.log(np.maximum([lesion.brightness for lesion in lesions], 1.0))
    rows = tuple(lesion.row for lesion in lesions)
    truth = np.array([CATEGORIES.index(row.truth) for row in rows])
    scores = intensity_scores(table, truth, [row.case for row in rows], len(CATEGORIES))
    return Scored(CATEGORIES, rows, scores)
