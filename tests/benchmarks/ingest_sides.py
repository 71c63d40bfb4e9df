"""One side of the ingest benchmark, in a process of its own.

``python -m tests.benchmarks.ingest_sides ours|baseline|orthanc|memory ZIP`` prints JSON: seconds,
peak memory in MiB, and the hashes of all stored pixels.
"""

import hashlib
import io
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import orthanc_side
from tests.benchmarks.memory import status_mib


def ours(path: Path, *, with_pixels: bool = True) -> dict[str, Any]:
    """Ingest into an empty installation."""
    import django

    django.setup()
    from django.core.management import call_command

    from webapp.core.clock import SystemClock
    from webapp.core.home import home_path
    from webapp.imaging.ingest import ingest

    call_command("migrate", verbosity=0, skip_checks=True)
    start = time.perf_counter()
    report = ingest(path=path, owner=None, project=None, clock=SystemClock())
    seconds = time.perf_counter() - start
    memory = status_mib("VmHWM")
    assert not report.refused, report.refused[:3]
    stored = home_path("store").glob("*/*.dcm")
    return {
        "seconds": seconds,
        "peak_mib": memory,
        "pixels": pixel_hashes(stored) if with_pixels else [],
    }


def baseline(path: Path) -> dict[str, Any]:
    """Read, anonymise with dicognito, hash, write and flush, one file after another."""
    import pydicom
    from dicognito.anonymizer import Anonymizer

    folder = Path(os.environ["READING_ROOM_HOME"])
    anonymizer = Anonymizer()
    start = time.perf_counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            dataset = pydicom.dcmread(io.BytesIO(archive.read(name)))
            anonymizer.anonymize(dataset)
            buffer = io.BytesIO()
            dataset.save_as(buffer)
            content = buffer.getvalue()
            target = folder / f"{hashlib.sha256(content).hexdigest()}.dcm"
            with target.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "peak_mib": status_mib("VmHWM"),
        "pixels": pixel_hashes(folder.glob("*.dcm")),
    }


def pixel_hashes(paths: Any) -> list[str]:
    """Return the hashes of the pixels of files, sorted."""
    import pydicom

    return sorted(hashlib.sha256(pydicom.dcmread(path).PixelData).hexdigest() for path in paths)


def main(side: str, path: Path) -> None:
    """Run one side in a temporary state folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["READING_ROOM_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
        os.environ.pop("DATABASE_URL", None)
        sides: dict[str, Callable[[], dict[str, Any]]] = {
            "ours": lambda: ours(path),
            "baseline": lambda: baseline(path),
            "orthanc": lambda: orthanc_side.stow(path, Path(folder)),
            "memory": lambda: ours(path, with_pixels=False),
        }
        found = sides[side]()
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
