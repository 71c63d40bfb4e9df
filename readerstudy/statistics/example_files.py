"""The example studies as files: tables and a preset plan, ready for the command."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from readerstudy.statistics import examples
from readerstudy.statistics.preset import StudyShape, preset_plan
from readerstudy.statistics.validation.data import Row

SEED = 20240501


def write_examples(folder: Path) -> list[Path]:
    """Write ``van-dyke`` and ``aided`` into the folder; returns their folders.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    readers = tuple(name for name, _, _ in examples.READERS)
    aided = StudyShape(examples.TASKS, examples.ARMS, readers, rated_tasks=frozenset({"bm"}))
    van_dyke = StudyShape(
        examples.VAN_DYKE_TASKS, ("1", "2"), ("1", "2", "3", "4", "5"),
        rated_tasks=frozenset({"dissection"}), ai=None,
    )  # fmt: skip
    studies = {"van-dyke": (examples.van_dyke(), van_dyke), "aided": (examples.aided(), aided)}
    for name, (tables, shape) in studies.items():
        own = folder / name
        own.mkdir(parents=True, exist_ok=True)
        for table, rows in tables.items():
            _write_csv(own / f"{table}.csv", rows)
        _write_json(own / "plan.json", preset_plan(shape, seed=SEED))
    return [folder / name for name in studies]


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _write_json(path: Path, plan: Mapping[str, object]) -> None:
    path.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
