"""Ingest of a 300-slice CT against dicognito + sha256 + fsync, and its memory at 1,200 slices.

Where Orthanc is installed, a row stands against its STOW, too.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from tests.benchmarks import orthanc_side
from tests.benchmarks.ct_series import write_zip

SLICES, MANY = 300, 1200
ROUNDS = 3


def rows() -> list[dict[str, Any]]:
    """Return the benchmarks; sides take turns, so that a busy machine troubles all alike."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_speed(Path(folder)), _memory(Path(folder))]


def _speed(folder: Path) -> list[dict[str, Any]]:
    path = folder / "series.zip"
    write_zip(path, SLICES)
    sides = ["ours", "baseline"] + ["orthanc"] * orthanc_side.available()
    rounds = [{side: _side(side, path) for side in sides} for _ in range(ROUNDS)]
    path.unlink()
    titles = {"baseline": "dicognito + sha256 + fsync", "orthanc": "Orthanc's STOW"}
    return [_against(side, titles[side], rounds) for side in sides[1:]]


def _against(side: str, title: str, rounds: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    rates = {
        name: statistics.median(SLICES / one[name]["seconds"] for one in rounds)
        for name in ("ours", side)
    }
    return {
        "name": f"ingest of {SLICES} slices, against {title}",
        "ours": rates["ours"],
        "baseline": rates[side],
        "unit": "instances/s",
        "ratio": statistics.median(one[side]["seconds"] / one["ours"]["seconds"] for one in rounds),
        # Orthanc doesn't de-identify: its row informs.
        "target": 1.0 if side == "baseline" else None,
        "equal": all(
            one["ours"]["pixels"] == one[side]["pixels"] and len(one["ours"]["pixels"]) == SLICES
            for one in rounds
        ),
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
