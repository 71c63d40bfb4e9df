"""``make bench``: every benchmark beside its committed baseline, one line each, and bench.json.

A benchmark is a module ``bench_*.py`` with ``rows()`` returning dictionaries: ``name``, ``ours``
and ``baseline`` (numbers in ``unit``), ``ratio`` (larger is better), ``target`` and ``equal``
(whether both gave equal results in this run).
"""

import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def modules(wanted: list[str]) -> list[str]:
    """Return the benchmark modules, all of them or those whose name contains a wanted word."""
    names = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    return [name for name in names if not wanted or any(word in name for word in wanted)]


def main(wanted: list[str]) -> int:
    """Run the benchmarks; 1 when a result was unequal or a target was missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    rows: list[dict[str, Any]] = []
    for name in modules(wanted):
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            rows.append(row)
            print(line(row), flush=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "rows": rows}
    Path("bench.json").write_text(json.dumps(machine, indent=2) + "\n", "utf-8")
    return int(any(not row["equal"] or not reached(row) for row in rows))


def reached(row: dict[str, Any]) -> bool:
    """Say whether the ratio is at least the target; a row without one only informs."""
    return row["target"] is None or row["ratio"] >= row["target"]


def line(row: dict[str, Any]) -> str:
    """Return one benchmark as one line."""
    target = "" if row["target"] is None else f" (target {row['target']:g})"
    verdict = "" if row["equal"] and reached(row) else "  MISSED" if row["equal"] else "  UNEQUAL"
    return (
        f"{row['name']:52} ours {row['ours']:10.4g} {row['unit']:12} "
        f"baseline {row['baseline']:10.4g}  ratio {row['ratio']:6.2f}{target}{verdict}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
