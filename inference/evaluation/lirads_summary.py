"""Results of LI-RADS on MRI on a cohort, turned into the tables of its paper with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.bootstrap import DRAWS, intervals
from inference.evaluation.classification import by_stratum, compare, summary
from inference.evaluation.lirads_ablations import SWITCH
from inference.evaluation.lirads_comparisons import (
    by_combination,
    by_network,
    by_phases,
    displacement,
    mean_intensity,
)
from inference.evaluation.lirads_results import THRESHOLDS, CaseResult, LesionResult, scored
from inference.evaluation.metrics import auc, confusion_matrix, weighted_kappa
from inference.lirads import CATEGORIES, by_acr_v2018, by_paper
from inference.pipelines.lirads_mri.configuration import DIRECT, PLAIN, RESNET, RESNET_PLAIN, TASKS
from inference.pipelines.lirads_mri.predict import PRESENT

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STRATA = ("size_band", "background", "agent", "scanner", "orientation")


def summarise(results: Sequence[CaseResult], draws: int = DRAWS) -> dict[str, Any]:
    """Turn the results of all cases into the contract's object, intervals from `draws` draws."""
    lesions = [lesion for result in results for lesion in result.lesions]
    full = scored(lesions, lambda lesion: lesion.evidence.probabilities())
    answer = summary("lirads_mri", full, draws=draws)
    answer["metrics"] |= intervals(
        full.cases, partial(_feature_metrics, _told(lesions)), draws=draws
    )
    cases = [result.lesions[0].row.case for result in results]
    answer["metrics"] |= intervals(cases, partial(_case_metrics, results), draws=draws)
    answer["by_stratum"] = by_stratum(full, STRATA, draws=draws)
    still = scored(lesions, lambda lesion: lesion.uncorrected)
    pairs = {
        "breathing": {"corrected": full, "uncorrected": still},
        "mean_intensity": {"system": full, "logistic": mean_intensity(lesions)},
        "phases": by_phases(lesions, full),
        "combination": by_combination(lesions, full),
    }
    answer["ablations"] = {
        "dice_by_threshold": intervals(cases, partial(_dice_table, results), draws=draws),
        "displacement_mm": displacement(lesions, draws),
        "feature_step": by_network(lesions, draws, SWITCH, PLAIN, RESNET, DIRECT),
        "feature_step_resnet": by_network(lesions, draws, RESNET, RESNET_PLAIN),
        **{name: compare(own, next(iter(own)), draws=draws) for name, own in pairs.items()},
    }
    return answer


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
    own = [_dice(*result.counts) for result in picked]
    return {
        "dice_median": float(np.median(own)),
        "dice_average": _mean(own),
        "dice_global": _dice(*np.sum([result.counts for result in picked], axis=0).tolist()),
        "lesion_precision": hits / (hits + false) if hits + false else np.nan,
        "patient_recall": _mean(seen),
        "false_regions_per_case": false / len(picked),
        "accuracy_detected": _mean(right),
    }


def _dice_table(results: Sequence[CaseResult], chosen: Rows) -> dict[str, float]:
    """Median and average Dice over patients at each threshold (the paper's table 4)."""
    found = {}
    for position, threshold in enumerate(THRESHOLDS):
        own = [_dice(*results[i].voxel_counts[position]) for i in chosen]
        found[f"median {threshold}"] = float(np.median(own))
        found[f"average {threshold}"] = _mean(own)
    return found


def _index(category: str | None) -> int:
    return -1 if category is None else CATEGORIES.index(category)


def _dice(hits: int, false: int, missed: int) -> float:
    total = 2 * hits + false + missed
    return 2 * hits / total if total else 1.0


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
