"""LiLNet's results on a cohort, turned into the tables of its paper with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference.contracts import ContrastPhase
from inference.evaluation import bootstrap
from inference.evaluation.bootstrap import DRAWS, Interval, Metrics
from inference.evaluation.intensity import intensity_scores
from inference.evaluation.metrics import (
    auc,
    confusion_matrix,
    confusion_metrics,
    detection_metrics,
    macro_auc,
)
from inference.io.cohort import TruthRow
from inference.pipelines.lilnet_ct.configuration import LEAVES, PARTS
from inference.pipelines.lilnet_ct.predict import LesionEvidence, paper_eq2

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
Intervals = Callable[[Sequence[str], Metrics], dict[str, Interval]]

IOU_LIMITS = (0.1, 0.3, 0.5)
STRATA = ("size_band", "background", "scanner", "kernel", "orientation")
PHASES_BY_NAME = {"AP": ContrastPhase.ARTERIAL, "PVP": ContrastPhase.PORTAL_VENOUS}
PHASE_SETS = ("AP+PVP", *PHASES_BY_NAME)


@dataclass(frozen=True, eq=False)
class Classified:
    """Probabilities of lesions from one set of phases.

    Parameters
    ----------
    leaf, bm, benign, malignant
        (n, classes); NaN rows where a lesion has no image in the phase.
    decision
        (n,) leaf class index.
    """

    leaf: Floats
    bm: Floats
    benign: Floats
    malignant: Floats
    decision: Rows


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the system said about one case.

    Parameters
    ----------
    evidence
        Of each lesion at its reference box, and from each single phase where it has that.
    detection
        Hits, false positives and misses at each of `IOU_LIMITS`.
    decision
        Leaf class of the whole run with detection; None without a lesion.
    brightness
        Mean intensity of each lesion in each phase.
    liver_dice
        Agreement of the liver segmentation with each mask that the cohort has of this case.
    """

    rows: tuple[TruthRow, ...]
    evidence: tuple[Mapping[str, LesionEvidence | None], ...]
    detection: tuple[tuple[int, int, int], ...]
    decision: str | None
    brightness: tuple[tuple[float, ...], ...]
    liver_dice: tuple[float, ...] = ()


def summarise(results: Sequence[CaseResult], draws: int = DRAWS) -> dict[str, Any]:
    """Turn the results of all cases into the contract's object, intervals from `draws` draws."""
    intervals = partial(bootstrap.intervals, draws=draws)
    rows = [row for result in results for row in result.rows]
    cases = [row.case for row in rows]
    truth = np.array([LEAVES.index(row.truth) for row in rows])
    evidence = [entry for result in results for entry in result.evidence]
    tables = {name: _classified([entry[name] for entry in evidence]) for name in PHASE_SETS}
    both = tables["AP+PVP"]
    metrics = intervals(cases, lambda chosen: lesion_metrics(truth, both, chosen))
    metrics |= intervals([r.rows[0].case for r in results], partial(_case_metrics, results))
    counts = confusion_matrix(truth, both.decision, len(LEAVES))
    return {
        "system": "lilnet_ct",
        "n_cases": len(results),
        "n_lesions": len(rows),
        "metrics": metrics,
        "confusion": {"classes": list(LEAVES), "counts": counts.tolist()},
        "by_stratum": _strata(intervals, rows, cases, truth, both),
        "ablations": {
            "phases": _phase_ablation(intervals, cases, truth, tables),
            "aggregation": _aggregation(intervals, cases, truth, evidence),
            "mean_intensity": _baseline(intervals, results, cases, truth, both),
        },
    }


def lesion_metrics(truth: Rows, table: Classified, chosen: Rows) -> dict[str, float]:
    """Return the classification metrics of some lesions.

    Parameters
    ----------
    truth
        (n,) leaf class index of all lesions.
    table
        Probabilities of all lesions.
    chosen
        Positions, repeats allowed.
    """
    chosen = chosen[~np.isnan(table.leaf[chosen, 0])]
    own, decision = truth[chosen], table.decision[chosen]
    found = confusion_metrics(confusion_matrix(own, decision, len(LEAVES)))
    metrics = {"accuracy": found["accuracy"], "macro_auc": macro_auc(own, table.leaf[chosen])}
    for part, classes in PARTS.items():
        labels = _part_labels(own, classes)
        inside = labels >= 0
        scores = getattr(table, part)[chosen][inside]
        counts = confusion_matrix(labels[inside], scores.argmax(axis=1), len(classes))
        metrics |= {f"{part}_{name}": value for name, value in confusion_metrics(counts).items()}
        metrics[f"{part}_auc"] = (
            auc(labels == 1, scores[:, 1]) if part == "bm" else macro_auc(labels[inside], scores)
        )
    malignant = _part_labels(own, PARTS["bm"]) == 1
    called = table.bm[chosen, 1] > 0.5
    metrics["sensitivity"] = float(called[malignant].mean()) if malignant.any() else np.nan
    metrics["specificity"] = float((~called[~malignant]).mean()) if (~malignant).any() else np.nan
    return metrics


def _classified(entries: Sequence[LesionEvidence | None]) -> Classified:
    columns: dict[str, list[list[float]]] = {"leaf": [], **{part: [] for part in PARTS}}
    decisions = []
    for entry in entries:
        if entry is None:
            values = {part: [np.nan] * len(classes) for part, classes in PARTS.items()}
            values["leaf"] = [np.nan] * len(LEAVES)
            decisions.append(0)
        else:
            values = {stage.id: list(stage.probabilities.values()) for stage in entry.stages()}
            values["leaf"] = list(entry.probabilities().values())
            decisions.append(LEAVES.index(entry.decision()))
        for name, column in columns.items():
            column.append(values[name])
    arrays = {name: np.array(column) for name, column in columns.items()}
    return Classified(**arrays, decision=np.array(decisions))


def _part_labels(leaves: Rows, classes: Sequence[str]) -> Rows:
    """Turn leaf indices into a network's class indices, -1 where it has none."""
    table = np.full(len(LEAVES), -1)
    for label, name in enumerate(classes):
        for leaf in PARTS.get(name, (name,)):
            table[LEAVES.index(leaf)] = label
    return table[leaves]


def _case_metrics(results: Sequence[CaseResult], chosen: Rows) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for position, limit in enumerate(IOU_LIMITS):
        counts = np.array([results[i].detection[position] for i in chosen])
        found = detection_metrics(counts)
        metrics |= {f"detection_{name}_iou{limit * 100:.0f}": v for name, v in found.items()}
    right = [results[i].decision == results[i].rows[0].truth for i in chosen]
    metrics["accuracy_detected"] = float(np.mean(right))
    if any(result.liver_dice for result in results):
        own = [value for i in chosen for value in results[i].liver_dice]
        metrics["liver_dice"] = float(np.mean(own)) if own else np.nan
    return metrics


def _strata(
    intervals: Intervals,
    rows: Sequence[TruthRow],
    cases: Sequence[str],
    truth: Rows,
    table: Classified,
) -> dict[str, dict[str, Any]]:
    """Accuracy within each value of each stratum, with the number of lesions."""
    found: dict[str, dict[str, Any]] = {}
    for name in STRATA:
        for value in sorted({row.strata[name] for row in rows if name in row.strata}):
            inside = np.flatnonzero([row.strata.get(name) == value for row in rows])
            metrics = intervals(
                [cases[i] for i in inside.tolist()],
                lambda chosen, inside=inside: _brief(truth, table, inside[chosen]),  # type: ignore[misc]
            )
            found.setdefault(name, {})[value] = {"n_lesions": len(inside), "metrics": metrics}
    return found


def _brief(truth: Rows, table: Classified, chosen: Rows) -> dict[str, float]:
    metrics = lesion_metrics(truth, table, chosen)
    return {name: metrics[name] for name in ("accuracy", "bm_accuracy", "macro_auc")}


def _phase_ablation(
    intervals: Intervals, cases: Sequence[str], truth: Rows, tables: Mapping[str, Classified]
) -> dict[str, dict[str, Interval]]:
    """Both phases, each alone, and what both gain over each alone."""
    found = {
        name: intervals(cases, partial(lesion_metrics, truth, table))
        for name, table in tables.items()
    }
    for name in PHASES_BY_NAME:

        def gain(chosen: Rows, single: Classified = tables[name]) -> dict[str, float]:
            both = _brief(truth, tables["AP+PVP"], chosen)
            alone = _brief(truth, single, chosen)
            return {key: both[key] - alone[key] for key in both}

        found[f"AP+PVP minus {name}"] = intervals(cases, gain)
    return found


def _baseline(
    intervals: Intervals,
    results: Sequence[CaseResult],
    cases: Sequence[str],
    truth: Rows,
    both: Classified,
) -> dict[str, dict[str, Interval]]:
    """A logistic model on mean intensities, and what the networks gain over it."""
    table = np.array([means for result in results for means in result.brightness])
    scores = intensity_scores(table, truth, cases, len(LEAVES))

    def areas(chosen: Rows) -> dict[str, float]:
        own, plain = (macro_auc(truth[chosen], s[chosen]) for s in (both.leaf, scores))
        return {"macro_auc": plain, "gain": own - plain}

    found = intervals(cases, areas)
    return {
        "logistic": {"macro_auc": found["macro_auc"]},
        "AP+PVP minus logistic": {"macro_auc": found["gain"]},
    }


def _aggregation(
    intervals: Intervals,
    cases: Sequence[str],
    truth: Rows,
    evidence: Sequence[Mapping[str, LesionEvidence | None]],
) -> dict[str, dict[str, Interval]]:
    """Benign or malignant by the mean of logits, and by the ranking of the paper's equation 2."""
    logits = [entry["AP+PVP"].logits["bm"] for entry in evidence if entry["AP+PVP"] is not None]
    malignant = _part_labels(truth, PARTS["bm"]) == 1
    scores = {
        "mean_logit": np.array([float(torch.softmax(x.mean(dim=0), 0)[1]) for x in logits]),
        "paper_eq2": np.array([float(paper_eq2(x)[1]) for x in logits]),
    }
    return {
        name: intervals(
            cases,
            lambda chosen, score=score: {  # type: ignore[misc]
                "bm_auc": auc(malignant[chosen], score[chosen]),
                "bm_accuracy": float(((score > 0.5) == malignant)[chosen].mean()),
            },
        )
        for name, score in scores.items()
    }
