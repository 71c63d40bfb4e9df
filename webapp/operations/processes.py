"""Start, watch and end the web server and the worker on one machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from urllib.error import URLError

RESTART_PAUSE_SECONDS = 1.0
STOP_PATIENCE_SECONDS = 10.0


@dataclass
class Supervisor:
    """Keeps named processes running until it is told to stop.

    A process that ends by itself is started again after a short pause; the job table makes
    that lossless (docs/decisions/0003-embedded-broker.md).

    Parameters
    ----------
    commands : mapping of str to list of str
        What to run, by name.
    """

    commands: Mapping[str, list[str]]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stopping: bool = False

    def start(self) -> None:
        """Start every process and take over SIGINT and SIGTERM."""
        signal.signal(signal.SIGINT, self._stop_requested)
        signal.signal(signal.SIGTERM, self._stop_requested)
        for name in self.commands:
            self._spawn(name)

    def all_running(self) -> bool:
        """Say whether no process has ended."""
        return all(process.poll() is None for process in self._running.values())

    def watch(self) -> None:
        """Restart what ends until asked to stop, then end all of it."""
        while not self._stopping:
            for name, process in list(self._running.items()):
                if process.poll() is not None and not self._stopping:
                    time.sleep(RESTART_PAUSE_SECONDS)
                    self._spawn(name)
            time.sleep(0.2)
        self.stop()

    def stop(self) -> None:
        """Ask every process to end; kill what does not within the patience."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_PATIENCE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _spawn(self, name: str) -> None:
        # A session of its own keeps Ctrl-C from reaching children twice.
        self._running[name] = subprocess.Popen(
            self.commands[name], start_new_session=True, env=os.environ.copy()
        )

    def _stop_requested(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True


def web_command(port: int) -> list[str]:
    """Return the command of the web server."""
    return [
        sys.executable, "-m", "gunicorn", "webapp.wsgi", "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "4", "--timeout", "180", "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """Return the command of the one worker: it owns the model, so it takes one job at a time."""
    return [
        sys.executable, "-W", "ignore:You're running the worker", "-m", "celery",
        "--quiet", "--app", "webapp", "worker", "--pool", "solo",
        "--loglevel", "warning", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def port_is_free(port: int) -> bool:
    """Say whether a server could listen on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def wait_until_served(
    url: str, patience_seconds: float = 240.0, alive: Callable[[], bool] = lambda: True
) -> bool:
    """Poll a page until it answers; False when the patience runs out or the server has ended."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and alive():
        try:
            with urllib.request.urlopen(url, timeout=30):
                return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False
