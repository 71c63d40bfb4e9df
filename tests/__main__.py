"""The test command: ``python -m tests`` for everything, ``python -m tests --fast`` for a minute.

Everything means: the integration suite on PostgreSQL and Redis, which are started here on free
ports, then every test on SQLite. pytest's closing line comes last.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers import postgresql, redis

FAST = ["tests/unit", "tests/architecture"]
PARALLEL = ["-n", "2", "--dist", "loadfile", "-q"]


def pytest(arguments: list[str], **environment: str) -> int:
    """Run pytest in a process of its own and return its exit code."""
    command = [sys.executable, "-m", "pytest", *PARALLEL, *arguments]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("READING_ROOM")}
    # Everything a run writes goes into one folder that goes away with it.
    with tempfile.TemporaryDirectory() as folder:
        own = kept | {"TMPDIR": folder} | environment
        return subprocess.run(command, env=own, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the suites; stop at the first that fails."""
    if "--fast" in arguments:
        return pytest(FAST)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql(Path(folder)) as database,
        redis(Path(folder)) as broker,
    ):
        code = pytest(["tests/integration"], DATABASE_URL=database, CELERY_BROKER_URL=broker)
    return code or pytest(["tests"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
