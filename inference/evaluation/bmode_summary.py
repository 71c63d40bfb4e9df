"""DCNN-US's results on a cohort, turned into its paper's tables with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.errors import UnusableInput
from inference.evaluation.bootstrap import DRAWS, Interval, intervals
from inference.evaluation.classification import Scored, by_stratum, compare, summary, two_by_two
from inference.evaluation.curves import calibration, decision_curve, hosmer_lemeshow
from inference.evaluation.delong import Tested, compare_areas, compare_separate_areas
from inference.evaluation.metrics import auc, confusion_matrix
from inference.io.cohort import TruthRow
from inference.pipelines.bmode_dcnn.clinic import VARIABLES, Clinic
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS, CLASSES, MODELS

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STRATA = ("size_band", "background", "histology", "scanner")
LOOKS = "mean lesion intensity"
"""A logistic model on the mean grey level of the lesion: what the plainest reader could do."""

NOMOGRAM_RANGES = {"image_score": (0.0, 1.0), "age": (2.0, 9.0)}
"""Ranges of the nomogram's axes; every other variable goes from 0 to 1. Age in decades."""

LOG_ODDS = 50.0
"""Where the interval of an odds ratio is cut off."""


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the models said about one case.

    Parameters
    ----------
    row
        What is known of it.
    outcomes
        Probability of malignancy by each model that could be asked.
    boxed
        Model-L's outcome with boxes in the place of outlines.
    background
        Probabilities of the background types; empty without an outlined background.
    grey
        Mean grey level of the lesion on each image.
    others
        As `outcomes`, by other weights of the same models: further training seeds.
    """

    row: TruthRow
    outcomes: Mapping[str, float]
    boxed: float
    background: Mapping[str, float]
    grey: tuple[float, ...]
    others: tuple[Mapping[str, float], ...] = ()


def summarise(
    results: Sequence[CaseResult], clinic: Clinic | None, draws: int = DRAWS
) -> dict[str, Any]:
    """Turn the results of all cases into the contract's object.

    The headline is the fullest model that every case could be asked with; beside the contract's
    keys stand ``nomogram``, ``calibration``, ``decision_curve`` and ``delong``.
    """
    models = [name for name in MODELS if all(name in result.outcomes for result in results)]
    if not models:
        raise UnusableInput("no_cases", "The cohort holds no case; give one with truth.csv.")
    tables = {name: _scored(results, [r.outcomes[name] for r in results]) for name in models}
    best = models[-1]
    found = summary("bmode_dcnn", tables[best], draws)
    found["model"] = best
    found["by_stratum"] = by_stratum(tables[best], STRATA, ("accuracy", "macro_auc"), draws)
    if clinic is not None:
        at_cut_off = partial(youden_metrics, tables[best], clinic.cut_offs[best])
        found["metrics"] |= intervals(tables[best].cases, at_cut_off, draws=draws)
    found["metrics"] |= _background(results, draws)
    found["ablations"] = {
        "models": _models(tables, best, draws),
        "models by size": {
            name: by_stratum(table, ("size_band",), ("macro_auc",), draws)
            for name, table in tables.items()
        },
        "outline": compare(
            {"outlined": tables["L"], "boxed": _scored(results, [r.boxed for r in results])},
            "outlined",
            ("macro_auc",),
            draws,
        ),
        "intensity": compare(
            {best: tables[best], LOOKS: _looks(results)}, best, ("macro_auc",), draws
        ),
    }
    seeds = _seeds(results, tables)
    if len(seeds[best]) > 1:
        found["ablations"]["models over seeds"] = _models(seeds, best, draws)
    found["delong"] = delong_tests(tables, seeds[best], best)
    positive = tables[best].truth == 1
    found["calibration"] = {
        name: {
            **calibration(positive, table.probabilities[:, 1]),
            **hosmer_lemeshow(positive, table.probabilities[:, 1]),
        }
        for name, table in tables.items()
    }
    scores = {name: table.probabilities[:, 1] for name, table in tables.items()}
    found["decision_curve"] = decision_curve(positive, scores)
    found["nomogram"] = {} if clinic is None else nomogram(clinic)
    return found


def youden_metrics(table: Scored, cut_off: float, chosen: Rows) -> dict[str, float]:
    """Return the paper's figures at Youden's cut-off from training, named ``youden_...``."""
    truth = table.truth[chosen]
    called = (table.probabilities[chosen, 1] >= cut_off).astype(np.int64)
    found = two_by_two(confusion_matrix(truth, called, 2), 1)
    found["accuracy"] = float((truth == called).mean())
    return {f"youden_{name}": value for name, value in found.items()}


def delong_tests(
    tables: Mapping[str, Scored], seeds: Sequence[Scored], best: str
) -> dict[str, dict[str, Tested]]:
    """Return the paper's tests: between models, between size bands, between trained networks.

    Models and networks judge the same lesions, size bands hold different ones; two-sided, not
    corrected for their number, as in the paper.

    Parameters
    ----------
    tables
        By model.
    seeds
        The fullest model by each folder of weights.
    best
        Name of the fullest model.
    """
    positive = tables[best].truth == 1
    scores = {name: table.probabilities[:, 1] for name, table in tables.items()}
    bands = [row.strata.get("size_band", "") for row in tables[best].rows]
    inside = {band: np.array([own == band for own in bands]) for band in sorted(set(bands) - {""})}
    runs = [table.probabilities[:, 1] for table in seeds]
    return {
        "models": {
            f"{b} minus {a}": compare_areas(positive, scores[b], scores[a])
            for a, b in combinations(tables, 2)
        },
        "size_band": {
            f"{b} minus {a}": compare_separate_areas(
                (positive[inside[b]], scores[best][inside[b]]),
                (positive[inside[a]], scores[best][inside[a]]),
            )
            for a, b in combinations(inside, 2)
        },
        "weights": {
            f"{b + 1} minus {a + 1}": compare_areas(positive, runs[b], runs[a])
            for a, b in combinations(range(len(runs)), 2)
        },
    }


def nomogram(clinic: Clinic) -> dict[str, Any]:
    """Return the nomogram's points (paper, figure 3a).

    The variable that can move the log odds most spans 0 to 100 points; a case's log odds are
    ``intercept + log_odds_per_point * total points``.
    """
    ranges = {name: NOMOGRAM_RANGES.get(name, (0.0, 1.0)) for name in VARIABLES}
    slopes = dict(zip(VARIABLES, clinic.model.coefficients.tolist(), strict=True))
    spans = {name: abs(slopes[name]) * (high - low) for name, (low, high) in ranges.items()}
    per_point = max(spans.values()) / 100
    start = clinic.model.intercept
    axes = {}
    for name, (low, high) in ranges.items():
        zero, end = (low, high) if slopes[name] >= 0 else (high, low)
        start += slopes[name] * zero
        axes[name] = {
            "zero_points_at": zero,
            "most_points_at": end,
            "points": spans[name] / per_point,
            "odds_ratio": float(np.exp(slopes[name])),
        }
    for name, error in zip(VARIABLES, clinic.model.errors.tolist(), strict=True):
        # A table that separates the classes has errors beyond what a float's exponent holds.
        reach = np.clip(slopes[name] + np.array([-1.96, 1.96]) * error, -LOG_ODDS, LOG_ODDS)
        low, high = np.exp(reach).tolist()
        axes[name] |= {"ci_low": low, "ci_high": high}
    return {"variables": axes, "intercept": start, "log_odds_per_point": per_point}


def _scored(results: Sequence[CaseResult], malignant: Sequence[float] | Floats) -> Scored:
    scores = np.asarray(malignant, np.float64)
    return Scored(
        CLASSES,
        tuple(result.row for result in results),
        np.column_stack([1 - scores, scores]),
        positive="malignant",
    )


def _looks(results: Sequence[CaseResult]) -> Scored:
    """Score by mean grey level, the better of brighter and darker on this very cohort.

    That is what a logistic model fitted to the cohort itself would give: it favours this side.
    """
    grey = np.array([np.nanmean(result.grey) for result in results]) / 2
    positive = np.array([result.row.malignant for result in results])
    brighter = auc(positive, grey)
    return _scored(results, 1 - grey if brighter < 0.5 else grey)


def _seeds(results: Sequence[CaseResult], tables: Mapping[str, Scored]) -> dict[str, list[Scored]]:
    """Return each model's tables by these weights and by every other that all cases have."""
    count = min(len(result.others) for result in results)
    return {
        name: [table]
        + [_scored(results, [result.others[n][name] for result in results]) for n in range(count)]
        for name, table in tables.items()
    }


def _models(
    tables: Mapping[str, Scored | Sequence[Scored]], best: str, draws: int
) -> dict[str, dict[str, Interval]]:
    """Each model, what the fullest gains over the others, and Model-LB over Model-L."""
    metrics = ("accuracy", "macro_auc", "sensitivity", "specificity")
    found = compare(tables, best, metrics, draws)
    if best == "LBC":
        smaller = {name: tables[name] for name in ("L", "LB")}
        found |= compare(smaller, "LB", metrics, draws)
    return found


def _background(results: Sequence[CaseResult], draws: int) -> dict[str, Interval]:
    """Accuracy of the background branch's own types, where they are known."""
    known = [r for r in results if r.background and r.row.strata.get("background") in BACKGROUNDS]
    if not known:
        return {}
    right = np.array(
        [
            max(BACKGROUNDS, key=lambda name, own=r.background: own[name])  # type: ignore[misc]
            == r.row.strata["background"]
            for r in known
        ]
    )
    return intervals(
        [r.row.case for r in known],
        lambda chosen: {"background_accuracy": float(right[chosen].mean())},
        draws=draws,
    )
