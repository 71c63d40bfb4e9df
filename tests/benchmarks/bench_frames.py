"""The frame route behind its token, against the same bytes as a static file of the same server."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.ct_series import write_zip

SLICES = 40
CONNECTIONS = 8
SECONDS = 3.0
ROUNDS = 5


def rows() -> list[dict[str, Any]]:
    """Return the benchmark; both addresses take turns."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (port, cookie, paths):
        frame_paths, static_paths = paths
        alike = all(
            _get(port, cookie, frame) == _get(port, cookie, static)
            for frame, static in zip(frame_paths, static_paths, strict=True)
        )
        rounds = [
            (_rate(port, cookie, frame_paths), _rate(port, cookie, static_paths))
            for _ in range(ROUNDS)
        ]
    ours, baseline = (statistics.median(side) for side in zip(*rounds, strict=True))
    return [
        {
            "name": f"frames by token, {CONNECTIONS} connections, against static files",
            "ours": ours,
            "baseline": baseline,
            "unit": "frames/s",
            "ratio": statistics.median(o / b for o, b in rounds),
            "target": 0.5,
            "equal": alike,
        }
    ]


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, str, tuple[list[str], list[str]]]]:
    """Start gunicorn on an installation with one case; yield port, cookie and both addresses."""
    os.environ |= {"READING_ROOM_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
    os.environ.pop("DATABASE_URL", None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cookie, case = _installation(folder)
    command = [
        sys.executable, "-m", "gunicorn", "webapp.wsgi", "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "4", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        _wait(port)
        yield port, cookie, _addresses(port, cookie, case)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _installation(folder: Path) -> tuple[str, str]:
    """Store a case and its owner's session; put the same bytes beside the static files."""
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from webapp.accounts.models import Role
    from webapp.accounts.services import create_user
    from webapp.core.clock import SystemClock
    from webapp.imaging import frames
    from webapp.imaging.ingest import ingest

    call_command("migrate", verbosity=0, skip_checks=True)
    clock = SystemClock()
    owner = create_user(
        email="x@example.org", display_name="X", roles=[Role.CLINICIAN], actor=None, clock=clock
    )
    write_zip(folder / "series.zip", SLICES, zipfile.ZIP_STORED)
    report = ingest(path=folder / "series.zip", owner=owner, project=None, clock=clock)
    series = report.cases[0].series.get()
    (folder / "static" / "bench").mkdir(parents=True)
    for n in range(SLICES):
        with frames.FrameFile(frames.place_of(series.pk, SLICES, n)) as file:
            (folder / "static" / "bench" / f"{n}.bin").write_bytes(file.read())
    session = SessionStore()
    session["_auth_user_id"] = str(owner.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = owner.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}", str(report.cases[0].pk)


def _addresses(port: int, cookie: str, case: str) -> tuple[list[str], list[str]]:
    """Return the addresses of all frames with a fresh token, and of the static files."""
    (series,) = json.loads(_get(port, cookie, f"/api/v1/cases/{case}/manifest/"))["series"]
    base, token = series["frames_url"], series["token"]
    return (
        [f"{base}{n}/?token={token}" for n in range(SLICES)],
        [f"/static/bench/{n}.bin" for n in range(SLICES)],
    )


def _rate(port: int, cookie: str, paths: list[str]) -> float:
    """Return how many frames a second come over several connections kept alive."""
    counts = [0] * CONNECTIONS
    stop = time.perf_counter() + SECONDS

    def fetch(slot: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            buffer = bytearray(1 << 20)
            n = slot
            while time.perf_counter() < stop:
                connection.sendall(_request(cookie, paths[n % len(paths)]))
                _drain(connection, buffer)
                counts[slot] += 1
                n += 1

    threads = [threading.Thread(target=fetch, args=(slot,)) for slot in range(CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _request(cookie: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def _drain(connection: socket.socket, buffer: bytearray) -> bytes:
    """Read one answer and return its body."""
    view, filled = memoryview(buffer), 0
    while (end := buffer.find(b"\r\n\r\n", 0, filled)) < 0:
        filled += connection.recv_into(view[filled:])
    head = bytes(buffer[:end]).lower()
    assert head.startswith(b"http/1.1 200"), head[:40]
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    while filled < end + 4 + length:
        filled += connection.recv_into(view[filled:])
    return bytes(view[end + 4 : end + 4 + length])


def _get(port: int, cookie: str, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_request(cookie, path))
        return _drain(connection, bytearray(1 << 20))


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
