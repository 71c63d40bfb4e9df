"""Reruns the main analyses of an exported study with scikit-learn, statsmodels and scipy.

Run it in the folder that holds readings.csv, reference.csv, plan.json and result.json:

    pip install numpy scipy statsmodels scikit-learn
    python rerun.py

It shares no code with the program that wrote result.json and prints both values side by side.
"""

import csv
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

Row = dict[str, str]
Figures = Iterator[tuple[str, float]]
"""(path of the figure in the entry of result.json, value found here)"""


class Study:
    """The exported tables and plan."""

    def __init__(self, folder: Path) -> None:
        self.plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        self.result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        self.readings = _rows(folder / "readings.csv")
        self.truth = {
            (row["case"], row["task"]): row["truth"] for row in _rows(folder / "reference.csv")
        }

    def select(self, spec: dict[str, Any], side: str = "select") -> list[Row]:
        """Readings of the analysis or of one of its sides."""
        wanted = {"repeat": "0"} | spec.get(side, {})
        return [
            row
            for row in self.readings
            if row["task"] == spec["task"]
            and all((row.get(key) or "0") in _texts(value) for key, value in wanted.items())
        ]

    def positive(self, spec: dict[str, Any], label: str) -> bool:
        """Whether a category is positive."""
        return label in self.plan["tasks"][spec["task"]].get("positive", [])

    def correct(self, row: Row, spec: dict[str, Any]) -> bool:
        """Whether a decision is right; for binary tasks, on the side of the truth."""
        truth, decision = self.truth[row["case"], row["task"]], row.get("decision", "")
        task = self.plan["tasks"][spec["task"]]
        # "No lesion" and "can't assess" are on neither side.
        if task["kind"] != "binary" or not {truth, decision} <= set(task["categories"]):
            return bool(decision) and decision == truth
        return self.positive(spec, decision) == self.positive(spec, truth)


def rerun_diagnostic(study: Study, spec: dict[str, Any]) -> Figures:
    """Accuracy with Wilson's interval."""
    rows = study.select(spec)
    right = sum(study.correct(row, spec) for row in rows)
    alpha = study.plan.get("alpha", 0.05)
    low, high = proportion_confint(right, len(rows), alpha=alpha, method="wilson")
    yield "accuracy/estimate", right / len(rows)
    if spec.get("ci", "wilson") == "wilson":
        yield "accuracy/ci_low", low
        yield "accuracy/ci_high", high


def rerun_mcnemar(study: Study, spec: dict[str, Any]) -> Figures:
    """Exact or asymptotic test on correctness."""
    sides = [
        {row["case"]: study.correct(row, spec) for row in study.select(spec, side)}
        for side in ("a", "b")
    ]
    table = np.zeros((2, 2))
    for case in sides[0].keys() & sides[1].keys():
        table[int(sides[0][case]), int(sides[1][case])] += 1
    variant = spec.get("variant", "exact")
    if variant in ("exact", "asymptotic", "asymptotic-cc"):
        test = mcnemar(table, exact=variant == "exact", correction=variant == "asymptotic-cc")
        yield "p_value", test.pvalue
    yield "n_a_only", table[1, 0]
    yield "n_b_only", table[0, 1]


def rerun_cohen_kappa(study: Study, spec: dict[str, Any]) -> Figures:
    """Cohen's kappa of the cases both sides decided."""
    labels = study.plan["tasks"][spec["task"]]["categories"]
    a, b = (
        {row["case"]: row["decision"] for row in study.select(spec, side) if row["decision"]}
        for side in ("a", "b")
    )
    cases = sorted(a.keys() & b.keys())
    weights = spec.get("weights", "none")
    if weights == "none":  # words beside the scale count as categories only where order doesn't
        labels = [*labels, *sorted({*a.values(), *b.values()} - set(labels))]
    yield (
        "kappa/estimate",
        cohen_kappa_score(
            [a[case] for case in cases],
            [b[case] for case in cases],
            labels=labels,
            weights=None if weights == "none" else weights,
        ),
    )


def rerun_fleiss_kappa(study: Study, spec: dict[str, Any]) -> Figures:
    """Fleiss' kappa of the cases every rater decided."""
    rows = study.select(spec)
    keys = ("reader", "arm", "period")
    raters = sorted({tuple(row.get(key, "") for key in keys) for row in rows})
    table: dict[str, dict[tuple[str, ...], str]] = {}
    for row in rows:
        if row["decision"]:
            rater = tuple(row.get(key, "") for key in keys)
            table.setdefault(row["case"], {})[rater] = row["decision"]
    complete = [
        [own[rater] for rater in raters] for own in table.values() if len(own) == len(raters)
    ]
    yield "kappa/estimate", fleiss_kappa(aggregate_raters(np.array(complete))[0])


def rerun_mrmc_or(study: Study, spec: dict[str, Any]) -> Figures:
    """Obuchowski-Rockette test of two arms by AUC, jackknife, readers and cases random."""
    choices = ("metric", "auc"), ("covariance", "jackknife"), ("inference", "RRRC")
    rows = [row for row in study.select(spec) if row.get("rating")]
    arms = spec.get("arms") or list(dict.fromkeys(row["arm"] for row in rows))
    if any(spec.get(key, usual) != usual for key, usual in choices) or len(arms) != 2:
        return
    readers = sorted({row["reader"] for row in rows})
    cells = {(row["arm"], row["reader"], row["case"]): float(row["rating"]) for row in rows}
    cases = sorted({case for _arm, _reader, case in cells})
    if len(cells) != 2 * len(readers) * len(cases):
        return
    truth = np.array([study.positive(spec, study.truth[case, spec["task"]]) for case in cases])
    ratings = np.array([[[cells[a, r, c] for c in cases] for r in readers] for a in arms])
    areas = np.array([[roc_auc_score(truth, own) for own in arm] for arm in ratings])
    left_out = np.array(
        [
            [roc_auc_score(np.delete(truth, k), np.delete(own, k)) for k in range(len(cases))]
            for own in ratings.reshape(-1, len(cases))
        ]
    )
    n, r = len(cases), len(readers)
    covariance = (n - 1) ** 2 / n * np.cov(left_out)
    pairs = list(itertools.product(range(2 * r), repeat=2))
    cov2 = np.mean([covariance[i, j] for i, j in pairs if i // r == j // r and i % r != j % r])
    cov3 = np.mean([covariance[i, j] for i, j in pairs if i // r != j // r and i % r != j % r])
    residual = areas - areas.mean(axis=0) - areas.mean(axis=1)[:, None] + areas.mean()
    ms_tr = (residual**2).sum() / (r - 1)
    ms_t = r * ((areas.mean(axis=1) - areas.mean()) ** 2).sum()
    denominator = ms_tr + r * max(cov2 - cov3, 0)
    df2 = denominator**2 / (ms_tr**2 / (r - 1))
    yield "difference/estimate", areas[0].mean() - areas[1].mean()
    yield "statistic", ms_t / denominator
    yield "df2", df2
    yield "p_value", stats.f.sf(ms_t / denominator, 1, df2)


RERUNS: dict[str, Callable[[Study, dict[str, Any]], Figures]] = {
    "diagnostic": rerun_diagnostic,
    "mcnemar": rerun_mcnemar,
    "cohen_kappa": rerun_cohen_kappa,
    "fleiss_kappa": rerun_fleiss_kappa,
    "mrmc_or": rerun_mrmc_or,
}
"""The other types of analysis are not rerun here."""


def main(folder: Path) -> None:
    """Print one line per figure."""
    study = Study(folder)
    sys.stdout.write(f"{'analysis':24}{'figure':22}{'result.json':>20}{'here':>20}{'off by':>10}\n")
    for spec in study.plan["analyses"]:
        entry = study.result["analyses"][spec["id"]]
        special = {"by", "where", "subset_truth", "outcome", "missing", "threshold"} & spec.keys()
        if spec["type"] not in RERUNS or "error" in entry or special:
            continue
        for path, here in RERUNS[spec["type"]](study, spec):
            value = entry
            for key in path.split("/"):
                value = value[key]
            if value is not None:
                figures = f"{value:20.12g}{here:20.12g}{abs(value - here):10.1e}"
                sys.stdout.write(f"{spec['id']:24}{path:22}{figures}\n")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _texts(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
