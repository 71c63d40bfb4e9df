"""First image and whole series of a CT in Chromium: the case page against a bare page."""

import json
import shutil
import signal
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from inference.phantoms.cohort import write_cohort
from inference.phantoms.ct import PhantomSize
from tests.benchmarks.viewer_sides import (
    BARE,
    SUM_DECODED,
    TIMES,
    load,
    signed_in,
    write_bare_page,
)
from tests.conftest import SHARED
from tests.e2e.conftest import CHROMIUM_FLAGS, Installation, chromium_path, start_installation
from tests.e2e.faults.server import kill_web, wait_for_web

REAL_CT = SHARED / "data" / "ct" / "crlm-ct-1004"
ROUNDS = 7
MOST = 1 / 1.3
"""The case page may take 1.3 times as long as the bare one."""


def rows() -> list[dict[str, Any]]:
    """Return both benchmarks; the pages take turns, each time in a browser with an empty cache."""
    with _installation() as installation, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        addresses = _pages(browser, installation)
        alike = _decoded(browser, installation, addresses)
        rounds = [
            [_times(browser, installation, address) for address in addresses]
            for _round in range(ROUNDS)
        ]
        browser.close()
    names = ("first image", "whole series")
    return [_row(f"{name} of a CT in Chromium", i, rounds, alike) for i, name in enumerate(names)]


def _row(name: str, which: int, rounds: list[list[list[float]]], alike: bool) -> dict[str, Any]:
    pairs = [(ours[which], bare[which]) for ours, bare in rounds]
    ours, baseline = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "name": f"{name}, case page against bare page",
        "ours": ours,
        "baseline": baseline,
        "unit": "ms",
        "ratio": statistics.median(b / o for o, b in pairs),
        "target": MOST,
        "equal": alike,
    }


@contextmanager
def _installation() -> Iterator[Installation]:
    home = Path(tempfile.mkdtemp(prefix="reading-room-bench-"))
    installation = start_installation(home, "--no-data")
    try:
        yield installation
    finally:
        installation.process.send_signal(signal.SIGINT)
        installation.process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def _pages(browser: Browser, installation: Installation) -> list[str]:
    """Make the case and the bare page; return their addresses."""
    case = _case(installation)
    context = signed_in(browser, installation)
    write_bare_page(context, installation, case)
    context.close()
    kill_web(installation)  # static files are looked for once, when the server starts
    wait_for_web(installation)
    return [f"/cases/{case}/", f"/static/{BARE}/index.html"]


def _case(installation: Installation) -> str:
    folder = REAL_CT
    if not folder.is_dir():
        folder = installation.home / "phantom"
        write_cohort("lilnet_ct", 1, 7, folder, PhantomSize(512, 40))
    done = installation.manage("ingest", str(folder), "--owner", "clinician@example.org", "--json")
    return str(json.loads(done.stdout)["cases"][0]["id"])


def _times(browser: Browser, installation: Installation, address: str) -> list[float]:
    """Return milliseconds from the navigation's start to the first image and to the last."""
    context = signed_in(browser, installation)
    times: list[float] = load(context, address).evaluate(TIMES)
    context.close()
    return times


def _decoded(browser: Browser, installation: Installation, addresses: list[str]) -> bool:
    """Say whether both pages decode the same pixels."""

    def sums(context: BrowserContext, address: str) -> list[list[float]]:
        found: list[list[float]] = load(context, address, SUM_DECODED).evaluate("() => decoded")
        return sorted(found)

    context = signed_in(browser, installation)
    ours, bare = (sums(context, address) for address in addresses)
    context.close()
    return len(ours) > 0 and ours == bare
