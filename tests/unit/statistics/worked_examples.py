"""The worked examples of docs/statistics.md: read from the page, run, rounded as the page does."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from readerstudy.statistics import examples, run
from readerstudy.statistics.validation.van_dyke import TASK

PAGE = Path(__file__).resolve().parents[3] / "docs" / "statistics.md"
BLOCK = re.compile(r"```json (van-dyke|aided|result)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """An analysis on one of the example studies, and the part of its entry the page shows."""

    study: str
    analysis: Mapping[str, object]
    shown: Mapping[str, object]


def read_examples(text: str) -> list[Example]:
    """Analysis and result blocks of the page, in pairs."""
    blocks = [(kind, json.loads(body)) for kind, body in BLOCK.findall(text)]
    pairs = list(zip(blocks[::2], blocks[1::2], strict=True))
    assert all(first[0] != "result" and second[0] == "result" for first, second in pairs)
    return [Example(first[0], first[1], second[1]) for first, second in pairs]


@cache
def study(name: str) -> tuple[examples.Tables, Mapping[str, object]]:
    """Tables and tasks of an example study."""
    if name == "van-dyke":
        return examples.van_dyke(), {"dissection": TASK}
    return examples.aided(), examples.TASKS


def run_example(name: str, analysis: Mapping[str, object]) -> dict:
    """The entry of one analysis on an example study."""
    tables, tasks = study(name)
    plan = {
        "schema": "analysis-plan/1", "seed": 1, "resamples": 1000, "tasks": tasks,
        "analyses": [{"id": "example", **analysis}],
    }  # fmt: skip
    marks, lesions = tables.get("marks"), tables.get("lesions")
    result = run(tables["readings"], tables["reference"], plan, marks=marks, lesions=lesions)
    return result["analyses"]["example"]


def rounded(value: object) -> object:
    """Four significant digits; of an estimate without the name of its method."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items() if key != "ci_method"}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def mcnemar_table() -> str:
    """The page's table of one McNemar test per Van Dyke reader."""
    lines = [
        "| reader | right in arm 1 only | right in arm 2 only | p (exact) |",
        "| --- | --- | --- | --- |",
    ]
    for reader in "12345":
        sides = {side: {"reader": reader, "arm": arm} for side, arm in (("a", "1"), ("b", "2"))}
        entry = run_example("van-dyke", {"type": "mcnemar", "task": "dissection", **sides})
        cells = (reader, entry["n_a_only"], entry["n_b_only"], f"{entry['p_value']:.3f}")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
