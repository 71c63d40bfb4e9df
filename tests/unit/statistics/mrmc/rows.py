"""Arrays as rows of the contract, and one analysis run on them."""

import numpy as np

from readerstudy.statistics import run

TASK = {"kind": "binary", "categories": ["benign", "malignant"], "positive": ["malignant"]}
TRUTH = {False: "benign", True: "malignant"}


def reading_rows(ratings, *, decide_at=None):
    """Rows of (n_arms, n_readers, n_cases) ratings; NaN gives no row."""
    rows = []
    for arm, reader, case in np.argwhere(~np.isnan(ratings)):
        rating = ratings[arm, reader, case]
        row = {"reader": f"R{reader}", "arm": f"A{arm}", "case": f"C{case}", "task": "bm"}
        row["rating"] = rating
        if decide_at is not None:
            row["decision"] = TRUTH[bool(rating >= decide_at)]
        rows.append(row)
    return rows


def reference_rows(positive, clusters=None):
    """One row per case."""
    rows = [
        {"case": f"C{case}", "task": "bm", "truth": TRUTH[bool(truth)]}
        for case, truth in enumerate(positive)
    ]
    if clusters is not None:
        for row, cluster in zip(rows, clusters, strict=True):
            row["cluster"] = f"P{cluster}"
    return rows


def entry(readings, reference, kind, *, marks=None, lesions=None, resamples=200, **options):
    """The entry of a single analysis."""
    plan = {
        "schema": "analysis-plan/1",
        "seed": 7,
        "resamples": resamples,
        "tasks": {"bm": TASK},
        "analyses": [{"id": "it", "type": kind, **options}],
    }
    if kind != "power":
        plan["analyses"][0].setdefault("task", "bm")
    result = run(readings, reference, plan, marks=marks, lesions=lesions)
    return result["analyses"]["it"]
