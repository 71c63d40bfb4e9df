"""Classifiers on a labelled cohort: figures of merit, strata, differences, all with intervals.

Every system's table starts from here: one row per lesion with its probabilities; intervals are
percentile intervals over cases drawn with replacement (`inference.evaluation.bootstrap`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import UnusableInput
from inference.evaluation.bootstrap import DRAWS, Interval, intervals
from inference.evaluation.metrics import (
    class_aucs,
    confusion_matrix,
    confusion_metrics,
    mean_of_known,
)
from inference.io.cohort import TruthRow

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

STRATA = ("size_band", "background", "scanner", "kernel", "orientation")
BRIEF = ("accuracy", "macro_auc")


@dataclass(frozen=True, eq=False)
class Scored:
    """Lesions with their reference standard and what a system said about them.

    Parameters
    ----------
    classes
        Codes in the order of the columns.
    rows
        Lesions, n of them.
    probabilities
        (n, classes).
    positive
        The class that sensitivity and the predictive values are about, for two classes.
    """

    classes: tuple[str, ...]
    rows: tuple[TruthRow, ...]
    probabilities: Floats
    positive: str | None = None

    @cached_property
    def cases(self) -> list[str]:
        """Case of each lesion."""
        return [row.case for row in self.rows]

    @cached_property
    def truth(self) -> Rows:
        """(n,) class index of each lesion's reference standard."""
        return np.array([self.classes.index(row.truth) for row in self.rows], np.int64)

    def counts(self) -> dict[str, Any]:
        """Return the confusion matrix: rows are the reference standard, columns the decision."""
        decision = self.probabilities.argmax(axis=1)
        counts = confusion_matrix(self.truth, decision, len(self.classes))
        return {"classes": list(self.classes), "counts": counts.tolist()}

    def metrics(self, chosen: Rows) -> dict[str, float]:
        """Return the figures of merit of some lesions; NaN where one can't be computed.

        Accuracy and, averaged over classes, recall, precision, F1 and area under the ROC curve;
        ``auc_<class>`` against the rest; with `positive` also sensitivity, specificity and
        predictive values at the likeliest class.

        Parameters
        ----------
        chosen
            Positions of lesions, repeats allowed.
        """
        truth, scores = self.truth[chosen], self.probabilities[chosen]
        counts = confusion_matrix(truth, scores.argmax(axis=1), len(self.classes))
        found = confusion_metrics(counts)
        areas = class_aucs(truth, scores)
        found["macro_auc"] = mean_of_known(areas)
        found |= {f"auc_{code}": area for code, area in zip(self.classes, areas, strict=True)}
        if self.positive is not None:
            found |= two_by_two(counts, self.classes.index(self.positive))
        return found


def two_by_two(counts: Rows, positive: int) -> dict[str, float]:
    """Return sensitivity, specificity, PPV and NPV of one class against the others.

    Parameters
    ----------
    counts
        (classes, classes), row is the reference standard, column the decision.
    positive
        Class index.
    """
    hits = int(counts[positive, positive])
    positives, called = int(counts[positive].sum()), int(counts[:, positive].sum())
    rejected = int(counts.sum()) - positives - called + hits
    negatives = int(counts.sum()) - positives
    return {
        "sensitivity": _share(hits, positives),
        "specificity": _share(rejected, negatives),
        "ppv": _share(hits, called),
        "npv": _share(rejected, int(counts.sum()) - called),
    }


def summary(
    system: str, scored: Scored, draws: int = DRAWS, strata: Sequence[str] = STRATA
) -> dict[str, Any]:
    """Return the contract's object of ``evaluate`` with no ablation yet.

    Parameters
    ----------
    system
        Its code name.
    strata
        See `by_stratum`.
    draws
        Of the bootstrap.
    """
    return {
        "system": system,
        "n_cases": len(set(scored.cases)),
        "n_lesions": len(scored.rows),
        "metrics": intervals(scored.cases, scored.metrics, draws=draws),
        "confusion": scored.counts(),
        "by_stratum": by_stratum(scored, strata, draws=draws),
        "ablations": {},
    }


def by_stratum(
    scored: Scored,
    names: Sequence[str] = STRATA,
    metrics: Sequence[str] = BRIEF,
    draws: int = DRAWS,
) -> dict[str, dict[str, Any]]:
    """Return some metrics within each value of each stratum, with the number of lesions.

    Parameters
    ----------
    names
        Columns of ``truth.csv``; those that don't occur are left out.
    metrics
        Names out of `Scored.metrics`.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        for value in sorted({row.strata[name] for row in scored.rows if name in row.strata}):
            inside = np.flatnonzero([row.strata.get(name) == value for row in scored.rows])
            part = Scored(
                scored.classes,
                tuple(scored.rows[i] for i in inside.tolist()),
                scored.probabilities[inside],
                scored.positive,
            )
            values = _some(part, metrics, draws)
            found.setdefault(name, {})[value] = {"n_lesions": len(inside), "metrics": values}
    return found


def compare(
    variants: Mapping[str, Scored | Sequence[Scored]],
    reference: str,
    metrics: Sequence[str] = BRIEF,
    draws: int = DRAWS,
) -> dict[str, dict[str, Interval]]:
    """Return some metrics of each variant, and what the reference gains over each other one.

    Parameters
    ----------
    variants
        The same lesions in the same order, scored by each variant; of several runs of a variant
        (its seeds) the mean of their metrics is taken.
    reference
        The variant the others are taken from; its gain over X stands under ``<reference> minus
        X``, over the same draws of cases for both.
    """
    runs = {
        name: (entry,) if isinstance(entry, Scored) else tuple(entry)
        for name, entry in variants.items()
    }
    best = runs[reference][0]
    for scored in (run for own in runs.values() for run in own):
        if [row.cells() for row in scored.rows] != [row.cells() for row in best.rows]:
            raise ValueError("variants are compared on the same lesions in the same order")

    def all_of_them(chosen: Rows) -> dict[str, float]:
        tables = {name: _mean([run.metrics(chosen) for run in own]) for name, own in runs.items()}
        own = tables[reference]
        values = {_key(name, m): table[m] for name, table in tables.items() for m in metrics}
        gains = {
            _key(f"{reference} minus {name}", m): own[m] - table[m]
            for name, table in tables.items()
            if name != reference
            for m in metrics
        }
        return values | gains

    found: dict[str, dict[str, Interval]] = {}
    for key, interval in intervals(best.cases, all_of_them, draws=draws).items():
        name, _, metric = key.rpartition("/")
        found.setdefault(name, {})[metric] = interval
    return found


def weight_folders(against: str) -> list[Path]:
    """Return the folders of an option that names weights to compare with, separated by commas.

    Raises
    ------
    UnusableInput
        ``no_input``.
    """
    folders = [Path(word) for word in against.split(",") if word]
    for folder in folders:
        if not folder.is_dir():
            raise UnusableInput(
                "no_input", "A folder of weights to compare with doesn't exist; check the names."
            )
    return folders


def _mean(tables: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([table[name] for table in tables])) for name in tables[0]}


def _key(name: str, metric: str) -> str:
    return f"{name}/{metric}"


def _some(scored: Scored, names: Sequence[str], draws: int) -> dict[str, Interval]:
    def some(chosen: Rows) -> dict[str, float]:
        metrics = scored.metrics(chosen)
        return {name: metrics[name] for name in names}

    return intervals(scored.cases, some, draws=draws)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
