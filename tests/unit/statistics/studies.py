"""Small studies for the tests: rows as the web application would pass them."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from readerstudy.statistics import run

Row = dict[str, object]

BINARY = {"kind": "binary", "categories": ["benign", "malignant"], "positive": ["malignant"]}
NOMINAL = {"kind": "nominal", "categories": ["HCC", "ICC", "MET", "FNH"]}
ORDINAL = {"kind": "ordinal", "categories": ["1", "2", "3", "4", "5"], "positive": ["4", "5"]}


def reference(truth: Sequence[object], task: str = "t", **columns: Sequence[object]) -> list[Row]:
    """One row per case C000, C001, ... with further columns."""
    return [
        {
            "case": f"C{i:03d}",
            "task": task,
            "truth": value,
            **{k: v[i] for k, v in columns.items()},
        }
        for i, value in enumerate(truth)
    ]


def readings(
    reader: str, decisions: Sequence[object] | None = None, *, arm: str = "unaided",
    task: str = "t", n: int | None = None, **columns: Sequence[object],
) -> list[Row]:  # fmt: skip
    """One row per case C000, C001, ...; a decision that is ``None`` is an empty cell."""
    size = n if n is not None else len(decisions or next(iter(columns.values())))
    return [
        {
            "reader": reader,
            "arm": arm,
            "case": f"C{i:03d}",
            "task": task,
            "decision": None if decisions is None else decisions[i],
            **{k: v[i] for k, v in columns.items()},
        }
        for i in range(size)
    ]


def plan(
    *analyses: Mapping[str, object], task: Mapping[str, object] = BINARY, **head: object
) -> Row:
    """A plan with the task ``t``; analyses get the ids a0, a1, ... and, lacking one, the task."""
    listed = [
        {"id": f"a{index}", **({} if "task" in item else {"task": "t"}), **item}
        for index, item in enumerate(analyses)
    ]
    return {
        "schema": "analysis-plan/1", "seed": 7, "resamples": 200, "tasks": {"t": task},
        "analyses": listed, **head,
    }  # fmt: skip


def entry(
    rows: Iterable[Row], truth_rows: Iterable[Row], analysis: Mapping[str, object],
    *, task: Mapping[str, object] = BINARY, **head: object,
) -> dict:  # fmt: skip
    """The entry of a single analysis."""
    result = run(rows, truth_rows, plan(analysis, task=task, **head))
    return result["analyses"]["a0"]


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Rows as a CSV file, columns in order of appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def draw(rng: np.random.Generator, categories: Sequence[str], n: int, blank: float = 0.0) -> list:
    """Random categories, some of them ``None``."""
    values = rng.choice(list(categories), size=n).tolist()
    return [
        None if empty else value for value, empty in zip(values, rng.random(n) < blank, strict=True)
    ]
