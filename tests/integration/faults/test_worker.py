"""``kill -9`` of the worker in mid-inference loses nothing, with the embedded broker.

A real Celery worker on a real phantom case in a home of its own; nothing in it is slowed down.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize
from tests.conftest import REPOSITORY
from webapp.operations.processes import worker_command

PATIENCE_SECONDS = 240.0
SIZE = PhantomSize(rows=128, slices=24)


class Installation:
    """A home of its own: SQLite and the embedded broker, whatever the other tests run on."""

    def __init__(self, home: Path) -> None:
        self.home = home
        shared = ("DATABASE_URL", "CELERY_BROKER_URL", "READING_ROOM_EAGER")
        kept = {key: value for key, value in os.environ.items() if key not in shared}
        self.environment = {**kept, "READING_ROOM_HOME": str(home), "OMP_NUM_THREADS": "1"}

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the worker as ``make demo`` does; kill it at the end if it still lives."""
        process = subprocess.Popen(worker_command(), cwd=REPOSITORY, env=self.environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def job(self, job_id: str) -> tuple[str, float, int]:
        """Return a job's state, progress and number of attempts."""
        rows = self.rows(
            "SELECT state, progress, attempts FROM jobs_inferencejob WHERE id = ?", job_id
        )
        return rows[0]  # type: ignore[return-value]

    def rows(self, query: str, job_id: str) -> list[tuple[object, ...]]:
        """Ask the database about a job."""
        with sqlite3.connect(self.home / "db.sqlite3", timeout=30) as database:
            return database.execute(query, (job_id.replace("-", ""),)).fetchall()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A migrated home with one small phantom case."""
    write_cohort("lilnet_ct", 1, 7, tmp_path / "cohort", size=SIZE)
    installation = Installation(tmp_path / "home")
    installation.manage("migrate", "--verbosity", "0")
    return installation


def queue(installation: Installation, case: str, *lesion: str) -> str:
    """Ask for a run and return the job's id."""
    printed = installation.manage("infer", case, "--system", "lilnet_ct", "--json", *lesion)
    job = json.loads(printed)["job"]
    assert job["state"] == "queued"
    return str(job["id"])


def wait_until_it_works(installation: Installation, job_id: str) -> float:
    """Return the first progress above 0 that a running job reports."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        state, progress, _ = installation.job(job_id)
        assert state in ("queued", "running"), f"the job ended ({state}) before it could be killed"
        if state == "running" and progress > 0:
            return progress
        time.sleep(0.01)
    raise TimeoutError("the job never reported progress")


def follow(installation: Installation, job_id: str) -> list[float]:
    """Return every progress seen until the job is done."""
    seen: list[float] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        state, progress, _ = installation.job(job_id)
        assert state != "failed", installation.rows(
            "SELECT error_message FROM jobs_inferencejob WHERE id = ?", job_id
        )
        seen.append(progress)
        if state == "done":
            return seen
        time.sleep(0.05)
    raise TimeoutError("the job did not end")


def test_killed_worker_loses_neither_the_running_nor_the_waiting_job(
    installation: Installation, tmp_path: Path
) -> None:
    report = json.loads(installation.manage("ingest", str(tmp_path / "cohort"), "--json"))
    case = report["cases"][0]["id"]
    running = queue(installation, case)
    waiting = queue(installation, case, "--lesion=0,0,0,20,20,20")
    with installation.worker() as worker:
        before = wait_until_it_works(installation, running)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert installation.job(running)[0] == "running"
    with installation.worker():
        seen = [before, *follow(installation, running)]
        follow_to_its_end(installation, waiting)
    assert seen == sorted(seen), "progress went backwards"
    state, progress, attempts = installation.job(running)
    assert (state, progress, attempts) == ("done", 1.0, 2)
    assert installation.rows("SELECT count(*) FROM jobs_prediction WHERE job_id = ?", running) == [
        (1,)
    ]


def follow_to_its_end(installation: Installation, job_id: str) -> None:
    """Wait until a job is done or has said why it can't be."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while installation.job(job_id)[0] in ("queued", "running"):
        assert time.monotonic() < deadline, "the waiting job was lost"
        time.sleep(0.05)
