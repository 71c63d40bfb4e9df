"""An installation for a benchmark: web server and worker in a folder that goes away again."""

import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Installation, start_installation

OWNER = "clinician"


@contextmanager
def installation() -> Iterator[Installation]:
    """Run a demo with people and no cases."""
    home = Path(tempfile.mkdtemp(prefix="reading-room-bench-"))
    running = start_installation(home, "--no-data")
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(120)
        shutil.rmtree(home, ignore_errors=True)


def ingest(running: Installation, path: Path) -> str:
    """Take a case of the clinician's in and return its id."""
    done = running.manage("ingest", str(path), "--owner", f"{OWNER}@example.org", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["cases"][0]["id"])
