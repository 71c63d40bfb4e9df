"""Results of LI-RADS on MRI on a cohort, turned into the tables of its paper with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.bootstrap import DRAWS, intervals
from inference.evaluation.classification import Scored, by_stratum, compare, summary
from inference.evaluation.intensity import intensity_scores
from inference.evaluation.metrics import auc, confusion_matrix, weighted_kappa
from inference.io.cohort import TruthRow
from inference.lirads import CATEGORIES, by_acr_v2018, by_paper
from inference.pipelines.lirads_mri.configuration import (
    DELAYED,
    DIRECT,
    PHASES,
    PHASES_OF_TASK,
    PLAIN,
    PORTAL,
    TASKS,
)
from inference.pipelines.lirads_mri.predict import PRESENT, LesionEvidence

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Of the probability, as in the paper's table 4."""
STRATA = ("size_band", "background", "agent", "scanner", "orientation")
UNKNOWN = 0.5
"""Probability of a feature that a single phase says nothing about."""


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
        Feature probabilities (tasks,) of ``plain``, category probabilities of ``direct``.
    """

    row: TruthRow
    evidence: LesionEvidence
    dice: float
    found: bool
    brightness: tuple[float, ...]
    others: Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the system said about one case.

    Parameters
    ----------
    pixel_counts
        True positive, false positive and missed voxels at each of `THRESHOLDS`.
    false_regions
        Regions found that touch no lesion.
    decision
        Category of the whole run without boxes; None without a lesion.
    """

    lesions: tuple[LesionResult, ...]
    pixel_counts: tuple[tuple[int, int, int], ...]
    false_regions: int
    decision: str | None


def summarise(results: Sequence[CaseResult], draws: int = DRAWS) -> dict[str, Any]:
    """Turn the results of all cases into the contract's object, intervals from `draws` draws."""
    lesions = [lesion for result in results for lesion in result.lesions]
    scored = _scored(lesions, lambda lesion: lesion.evidence.probabilities())
    answer = summary("lirads_mri", scored, draws=draws)
    answer["metrics"] |= intervals(
        scored.cases, partial(_feature_metrics, _told(lesions)), draws=draws
    )
    cases = [result.lesions[0].row.case for result in results]
    answer["metrics"] |= intervals(cases, partial(_case_metrics, results), draws=draws)
    answer["by_stratum"] = by_stratum(scored, STRATA, draws=draws)
    answer["ablations"] = {
        "dice_by_threshold": intervals(cases, partial(_dice_table, results), draws=draws),
        "phases": compare(_by_phases(lesions, scored), "all phases", draws=draws),
        "combination": compare(_by_combination(lesions, scored), "max", draws=draws),
        "feature_step": compare(_by_network(lesions, scored), "switch", draws=draws),
        "mean_intensity": compare(
            {"system": scored, "logistic": _mean_intensity(lesions)}, "system", draws=draws
        ),
    }
    return answer


def _scored(
    lesions: Sequence[LesionResult], said: Callable[[LesionResult], Mapping[str, float]]
) -> Scored:
    table = np.array([[said(lesion)[code] for code in CATEGORIES] for lesion in lesions])
    return Scored(CATEGORIES, tuple(lesion.row for lesion in lesions), table)


@dataclass(frozen=True, eq=False)
class _Told:
    """What is told of n lesions, as arrays, so that draws of the bootstrap cost little.

    Parameters
    ----------
    there, scores
        (n, tasks): whether a feature is there, and its probability.
    truth, acr, paper
        (n,) category indices of the reference standard and of both rule sets, -1 for none.
    dice, size_error_mm, found
        (n,) of the mask in the box, of the size, and whether the whole run marked it.
    """

    there: NDArray[np.bool_]
    scores: Floats
    truth: Rows
    acr: Rows
    paper: Rows
    dice: Floats
    size_error_mm: Floats
    found: NDArray[np.bool_]


def _told(lesions: Sequence[LesionResult]) -> _Told:
    evidence = [lesion.evidence for lesion in lesions]
    features = [entry.features() for entry in evidence]
    scores = [entry.scores() for entry in evidence]
    return _Told(
        there=np.array([[lesion.row.strata[t] == "1" for t in TASKS] for lesion in lesions]),
        scores=np.array([[own[task] for task in TASKS] for own in scores]),
        truth=np.array([CATEGORIES.index(lesion.row.truth) for lesion in lesions]),
        acr=np.array([_index(by_acr_v2018(entry).category) for entry in features]),
        paper=np.array([_index(by_paper(entry).category) for entry in features]),
        dice=np.array([lesion.dice for lesion in lesions]),
        size_error_mm=np.array(
            [
                abs(own.size_mm - lesion.row.size_mm)
                for own, lesion in zip(features, lesions, strict=True)
            ]
        ),
        found=np.array([lesion.found for lesion in lesions]),
    )


def _feature_metrics(told: _Told, chosen: Rows) -> dict[str, float]:
    """Area, accuracy, sensitivity and specificity of each feature; categories by the rules."""
    found: dict[str, float] = {}
    for number, task in enumerate(TASKS):
        there, scores = told.there[chosen, number], told.scores[chosen, number]
        called = scores >= PRESENT
        found[f"{task}_auc"] = auc(there, scores)
        found[f"{task}_accuracy"] = float((called == there).mean())
        found[f"{task}_sensitivity"] = _mean(called[there])
        found[f"{task}_specificity"] = _mean(~called[~there])
    found |= _rule_metrics(told.truth[chosen], told.acr[chosen], told.paper[chosen])
    found["dice_in_box_median"] = float(np.median(told.dice[chosen]))
    found["dice_in_box"] = _mean(told.dice[chosen])
    found["size_error_mm"] = _mean(told.size_error_mm[chosen])
    found["lesion_recall"] = _mean(told.found[chosen])
    return found


def _rule_metrics(truth: Rows, acr: Rows, paper: Rows) -> dict[str, float]:
    """How categories from features as present or not agree with the reference standard."""
    judged, defined = acr >= 0, paper >= 0
    counts = confusion_matrix(truth[judged], acr[judged], len(CATEGORIES))
    return {
        "rule_accuracy": _mean(acr == truth),
        "rule_kappa": weighted_kappa(counts),
        "paper_table_defined": _mean(defined),
        "paper_table_accuracy": _mean(paper[defined] == truth[defined]),
    }


def _case_metrics(results: Sequence[CaseResult], chosen: Rows) -> dict[str, float]:
    """Dice, precision and recall of the whole run, by patient and by lesion."""
    picked = [results[i] for i in chosen]
    hits = sum(lesion.found for result in picked for lesion in result.lesions)
    false = sum(result.false_regions for result in picked)
    seen = [any(lesion.found for lesion in result.lesions) for result in picked]
    right = [result.decision == result.lesions[0].row.truth for result in picked]
    half = [result.pixel_counts[THRESHOLDS.index(0.5)] for result in picked]
    own = [_dice(*counts) for counts in half]
    return {
        "dice_median": float(np.median(own)),
        "dice_average": _mean(own),
        "dice_global": _dice(*np.sum(half, axis=0).tolist()),
        "lesion_precision": hits / (hits + false) if hits + false else np.nan,
        "patient_recall": _mean(seen),
        "false_regions_per_case": false / len(picked),
        "accuracy_detected": _mean(right),
    }


def _dice_table(results: Sequence[CaseResult], chosen: Rows) -> dict[str, float]:
    """Median and average Dice over patients at each threshold (the paper's table 4)."""
    found = {}
    for position, threshold in enumerate(THRESHOLDS):
        own = [_dice(*results[i].pixel_counts[position]) for i in chosen]
        found[f"median {threshold}"] = float(np.median(own))
        found[f"average {threshold}"] = _mean(own)
    return found


def _by_phases(lesions: Sequence[LesionResult], scored: Scored) -> dict[str, Scored]:
    """All phases, and each alone: what it says nothing about is as likely as not."""

    def alone(lesion: LesionResult, phase: object) -> Mapping[str, float]:
        return lesion.evidence.probabilities(
            {
                task: next((p for own, p in known.items() if own is phase), UNKNOWN)
                for task in TASKS
                if (known := lesion.evidence.by_phase(task))
            }
        )

    return {"all phases": scored} | {
        phase.value: _scored(lesions, partial(alone, phase=phase)) for phase in PHASES
    }


def _by_combination(lesions: Sequence[LesionResult], scored: Scored) -> dict[str, Scored]:
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
    return {"max": scored} | {
        name: _scored(lesions, partial(combined, how=how)) for name, how in ways.items()
    }


def _by_network(lesions: Sequence[LesionResult], scored: Scored) -> dict[str, Scored]:
    """With the phase switch, without it, and straight from images to categories (table 5)."""
    tables = {"switch": scored}
    if all(PLAIN in lesion.others for lesion in lesions):

        def plain(lesion: LesionResult) -> Mapping[str, float]:
            signs = dict(zip(TASKS, lesion.others[PLAIN].tolist(), strict=True))
            return lesion.evidence.probabilities(signs)

        tables["plain"] = _scored(lesions, plain)
    if all(DIRECT in lesion.others for lesion in lesions):

        def direct(lesion: LesionResult) -> Mapping[str, float]:
            return dict(zip(CATEGORIES, lesion.others[DIRECT].tolist(), strict=True))

        tables["direct"] = _scored(lesions, direct)
    return tables


def _mean_intensity(lesions: Sequence[LesionResult]) -> Scored:
    """One-against-rest logistic models on a lesion's mean grey value in each phase."""
    table = np.log(np.maximum([lesion.brightness for lesion in lesions], 1.0))
    rows = tuple(lesion.row for lesion in lesions)
    truth = np.array([CATEGORIES.index(row.truth) for row in rows])
    scores = intensity_scores(table, truth, [row.case for row in rows], len(CATEGORIES))
    return Scored(CATEGORIES, rows, scores)


def _index(category: str | None) -> int:
    return -1 if category is None else CATEGORIES.index(category)


def _dice(hits: int, false: int, missed: int) -> float:
    total = 2 * hits + false + missed
    return 2 * hits / total if total else 1.0


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
