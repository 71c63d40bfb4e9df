"""A worker that has stopped: the page waits and says for whom, and the run comes in the end."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Cast, Installation
from tests.e2e.faults.server import part
from tests.e2e.faults.stage import phantom_cases
from webapp.core.health import SILENT_AFTER

PATIENCE_MS = 240_000
SILENCE_MS = SILENT_AFTER.total_seconds() * 1000 + 60_000


@pytest.fixture
def stopped_worker(installation: Installation) -> Iterator[psutil.Process]:
    """The worker, stopped in its tracks; the supervisor sees nothing wrong with it."""
    worker = part(installation, "celery")
    worker.send_signal(signal.SIGSTOP)
    yield worker
    worker.send_signal(signal.SIGCONT)


def test_a_run_waits_for_its_worker(
    people: Cast, installation: Installation, stopped_worker: psutil.Process, tmp_path: Path
) -> None:
    (case,) = phantom_cases(installation, "clinician", 1, 91, tmp_path / "case")
    page, admin = people("clinician").page, people("admin").page
    page.goto(f"/cases/{case}/")
    page.get_by_role("button", name="Run LiLNet").click()
    line = page.locator("#ai-panel output")
    expect(line).to_contain_text("Waiting for the worker", timeout=PATIENCE_MS)
    expect(line).to_contain_text("The worker is not running", timeout=SILENCE_MS)

    health = admin.request.get("/healthz")
    assert health.status == 503
    assert health.json() == {"status": "down", "database": "ok", "broker": "ok", "worker": "down"}
    admin.goto("/health/")
    expect(admin.locator("main")).to_contain_text("down")

    stopped_worker.send_signal(signal.SIGCONT)
    expect(page.locator("#ai-panel")).to_contain_text("phantom-trained", timeout=PATIENCE_MS)
    assert admin.request.get("/healthz").status == 200
