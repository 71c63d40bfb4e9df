"""Memory of the web server while it sends whole series of 300 and of 1,200 slices."""

import tempfile
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.benchmarks.ct_series import SIDE, write_zip
from tests.benchmarks.installation import OWNER, ingest, installation
from tests.benchmarks.memory import status_mib
from tests.e2e.faults.api import Api
from tests.e2e.faults.server import part

FEW, MANY = 300, 1200
CONNECTIONS = 6
FRAME_BYTES = SIDE * SIDE * 2
AT_ONCE = 100
"""Frames per permission, well within its minute."""


def rows() -> list[dict[str, Any]]:
    """Return the benchmark; each side has an installation of its own."""
    few, few_whole = _peak_mib(FEW)
    many, many_whole = _peak_mib(MANY)
    return [
        {
            "name": f"peak memory of serving, {MANY} against {FEW} slices",
            "ours": many,
            "baseline": few,
            "unit": "MiB",
            "ratio": few / many,
            "target": 0.9,
            "equal": few_whole and many_whole,
        }
    ]


def _peak_mib(slices: int) -> tuple[float, bool]:
    """Send a series; return the largest process's peak, and whether every frame came whole."""
    with tempfile.TemporaryDirectory() as folder, installation() as running:
        path = Path(folder) / "series.zip"
        write_zip(path, slices, zipfile.ZIP_STORED)
        case = ingest(running, path)
        api = Api.of(running, OWNER)
        (series,) = api.get(f"cases/{case}/manifest/").json["series"]
        sizes: list[int] = []
        for start in range(0, len(series["frames"]), AT_ONCE):
            token = api.post(f"cases/{case}/tokens/").json["tokens"][series["id"]]
            numbers = range(start, min(start + AT_ONCE, slices))
            addresses = [f"{series['frames_url']}{n}/?token={token}" for n in numbers]
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                sizes += pool.map(lambda address: _size(api, address), addresses)
        master = part(running, "gunicorn")
        processes = [master, *master.children()]
        return max(status_mib("VmHWM", process.pid) for process in processes), sizes == [
            FRAME_BYTES
        ] * slices


def _size(api: Api, address: str) -> int:
    request = urllib.request.Request(
        api.installation.address + address, headers={"Authorization": f"Token {api.token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return len(response.read())
