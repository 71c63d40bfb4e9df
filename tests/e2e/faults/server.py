"""Ending parts of a running installation the hard way, and waiting until they are back."""

import os
import signal
import time

import psutil

from tests.e2e.conftest import Installation
from webapp.operations.processes import wait_until_served

PATIENCE_SECONDS = 90.0


def part(installation: Installation, word: str) -> psutil.Process:
    """Return the supervisor's child whose command line has a word: ``gunicorn`` or ``celery``."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for child in psutil.Process(installation.process.pid).children():
            try:
                if word in child.cmdline():
                    return child
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue  # it has just ended
        time.sleep(0.05)
    raise AssertionError(f"the supervisor did not start {word} again")


def kill_web(installation: Installation) -> None:
    """``kill -9`` the web server's master and workers at one moment."""
    os.killpg(part(installation, "gunicorn").pid, signal.SIGKILL)


def wait_for_web(installation: Installation) -> None:
    """Wait until the web server answers again."""
    assert wait_until_served(f"{installation.address}/sign-in/"), (
        "the supervisor did not bring the web server back"
    )
