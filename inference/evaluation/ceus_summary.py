"""Model-DCB's results on a cohort, turned into the tables of its paper with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from inference.evaluation.bootstrap import DRAWS, intervals
from inference.evaluation.ceus_experiments import prevalence
from inference.evaluation.classification import Scored, by_stratum, compare, summary
from inference.evaluation.metrics import auc, confusion_matrix
from inference.io.cohort import TruthRow
from inference.pipelines.ceus_dcb.configuration import BIOMARKERS, CLASSES, DISEASES, MODELS

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STRATA = (
    "size_band",
    "sex",
    "age_band",
    "viral_hepatitis",
    "cirrhosis",
    "fatty_liver",
    "scanner",
)


@dataclass(frozen=True, eq=False)
class LesionResult:
    """What the system said about one lesion.

    Parameters
    ----------
    row
        Its reference standard.
    models
        (6,) probabilities of each model of the second stage.
    model
        The one the result rests on.
    direct
        (5,) probabilities of the direct strategy.
    diseases, biomarkers
        (5,) and (4,) probabilities of the sub-models.
    """

    row: TruthRow
    models: Mapping[str, Floats]
    model: str
    direct: Floats
    diseases: Floats
    biomarkers: Floats


def summarise(results: Sequence[LesionResult], draws: int = DRAWS) -> dict[str, Any]:
    """Turn the results of all lesions into the contract's object."""
    scored = scored_by(results, None)
    found = summary("ceus_dcb", scored, draws)
    cases = scored.cases
    found["metrics"] |= intervals(cases, lambda rows: _macro(scored, rows), draws=draws)
    found["metrics"] |= intervals(cases, lambda rows: _sub_models(results, rows), draws=draws)
    found["by_stratum"] = by_stratum(scored, STRATA, draws=draws)
    variants = {name: scored_by(results, name) for name in MODELS}
    found["ablations"] = {
        "models": compare(variants, "model_dcb", draws=draws),
        "mcnemar": {
            f"model_dcb against {name}": mcnemar(variants["model_dcb"], variants[name])
            for name in MODELS
            if name != "model_dcb"
        },
        "strategy": _strategies(results, draws),
        "prevalence": prevalence(scored),
    }
    return found


def scored_by(results: Sequence[LesionResult], model: str | None) -> Scored:
    """Return all lesions as scored by one model; None takes the one each result rests on."""
    return Scored(
        CLASSES,
        tuple(result.row for result in results),
        np.stack([result.models[model or result.model] for result in results]),
    )


def mcnemar(one: Scored, other: Scored) -> dict[str, float]:
    """Return the exact McNemar test of two models' accuracies on the same lesions.

    McNemar 1947, doi:10.1007/BF02295996: binomial test of the lesions that only one gets right.
    """
    right = [scored.probabilities.argmax(axis=1) == scored.truth for scored in (one, other)]
    only_one, only_other = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    discordant = only_one + only_other
    p_value = float(binomtest(only_one, discordant).pvalue) if discordant else 1.0
    return {"only_first": only_one, "only_second": only_other, "p": p_value}


def _macro(scored: Scored, rows: Rows) -> dict[str, float]:
    """Specificity and negative predictive value averaged over classes; accuracy of each class.

    The contract's recall, precision and F1 are the paper's Macro-Recall, -Precision and -F1.
    """
    truth, decision = scored.truth[rows], scored.probabilities[rows].argmax(axis=1)
    counts = confusion_matrix(truth, decision, len(CLASSES))
    total, hits = counts.sum(), np.diag(counts)
    own, called = counts.sum(axis=1), counts.sum(axis=0)
    rejected = total - own - called + hits
    with np.errstate(invalid="ignore", divide="ignore"):
        specificity = rejected / (total - own)
        npv = rejected / (total - called)
    found = {
        "macro_specificity": float(np.nanmean(specificity)),
        "macro_npv": float(np.nanmean(npv)),
    }
    each = ((hits + rejected) / total).tolist()
    return found | {f"accuracy_{code}": value for code, value in zip(CLASSES, each, strict=True)}


def _sub_models(results: Sequence[LesionResult], rows: Rows) -> dict[str, float]:
    """Area under the ROC curve of each sub-model; of diseases without OT, as they are trained."""
    chosen = [results[row] for row in rows.tolist()]
    known = [result for result in chosen if result.row.truth in DISEASES]
    found = {}
    for column, name in enumerate(DISEASES):
        positive = np.array([result.row.truth == name for result in known])
        scores = np.array([result.diseases[column] for result in known])
        found[f"module_disease_auc_{name}"] = auc(positive, scores) if known else np.nan
    for column, name in enumerate(BIOMARKERS):
        stained = [result for result in chosen if result.row.strata.get(name)]
        positive = np.array([r.row.strata[name] == "positive" for r in stained], np.bool_)
        scores = np.array([result.biomarkers[column] for result in stained])
        found[f"module_biomarker_auc_{name}"] = auc(positive, scores) if stained else np.nan
    return found


def _strategies(results: Sequence[LesionResult], draws: int) -> dict[str, Any]:
    """Five classes by the distributed strategy (the paper's B) and by the direct one (A)."""
    known = [result for result in results if result.row.truth in DISEASES]
    if not known:
        return {}
    rows = tuple(result.row for result in known)
    apart = np.stack([result.diseases / result.diseases.sum() for result in known])
    direct = np.stack([result.direct for result in known])
    variants = {
        "distributed": Scored(DISEASES, rows, apart),
        "direct": Scored(DISEASES, rows, direct),
    }
    return compare(variants, "distributed", draws=draws)
