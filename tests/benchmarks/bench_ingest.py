"""Ingest of a 300-slice CT against dicognito + sha256 + fsync, and its memory at 1,200 slices."""

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from tests.benchmarks.ct_series import write_zip

SLICES, MANY = 300, 1200
ROUNDS = 3


def rows() -> list[dict[str, Any]]:
    """Return both benchmarks; sides take turns, so that a busy machine troubles both alike."""
    with tempfile.TemporaryDirectory() as folder:
        return [_speed(Path(folder)), _memory(Path(folder))]


def _speed(folder: Path) -> dict[str, Any]:
    path = folder / "series.zip"
    write_zip(path, SLICES)
    rounds = [(_side("ours", path), _side("baseline", path)) for _ in range(ROUNDS)]
    ours, baseline = (
        statistics.median(SLICES / pair[side]["seconds"] for pair in rounds) for side in (0, 1)
    )
    return {
        "name": f"ingest of {SLICES} slices, against dicognito + sha256 + fsync",
        "ours": ours,
        "baseline": baseline,
        "unit": "instances/s",
        "ratio": statistics.median(b["seconds"] / o["seconds"] for o, b in rounds),
        "target": 1.0,
        "equal": all(o["pixels"] == b["pixels"] and len(o["pixels"]) == SLICES for o, b in rounds),
    }


def _memory(folder: Path) -> dict[str, Any]:
    peaks = []
    for count in (SLICES, MANY):
        path = folder / f"{count}.zip"
        write_zip(path, count, zipfile.ZIP_STORED)
        peaks.append(_side("memory", path)["peak_mib"])
        path.unlink()
    few, many = peaks
    return {
        "name": f"peak memory of ingest, {MANY} against {SLICES} slices",
        "ours": many,
        "baseline": few,
        "unit": "MiB",
        "ratio": few / many,
        "target": 0.9,
        "equal": True,
    }


def _side(side: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.ingest_sides", side, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
