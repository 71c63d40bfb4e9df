"""First image and whole series of a CT in Chromium: the case page against a bare page."""

import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize
from tests.benchmarks.installation import ingest, installation
from tests.benchmarks.viewer_sides import (
    BARE,
    SUM_DECODED,
    TIMES,
    load,
    signed_in,
    write_bare_page,
)
from tests.conftest import SHARED
from tests.e2e.conftest import CHROMIUM_FLAGS, Installation, chromium_path
from tests.e2e.faults.server import kill_web, wait_for_web

REAL_CT = SHARED / "data" / "ct" / "crlm-ct-1004"
ROUNDS = 7
MOST = 1 / 1.3
"""The case page may take 1.3 times as long as the bare one."""


def rows() -> list[dict[str, Any]]:
    """Return both benchmarks; the pages take turns, each time in a browser with an empty cache."""
    with installation() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        addresses, n_frames = _pages(browser, running)
        alike = _decoded(browser, running, addresses, n_frames)
        rounds = [
            [_times(browser, running, address) for address in addresses] for _round in range(ROUNDS)
        ]
        browser.close()
    names = ("first image of a CT", "whole series of a CT")
    return [_row(name, which, rounds, alike) for which, name in enumerate(names)]


def _row(name: str, which: int, rounds: list[list[list[float]]], alike: bool) -> dict[str, Any]:
    pairs = [(ours[which], bare[which]) for ours, bare in rounds]
    ours, baseline = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "name": f"{name} in Chromium, case page against bare page",
        "ours": ours,
        "baseline": baseline,
        "unit": "ms",
        "ratio": statistics.median(b / o for o, b in pairs),
        "target": MOST,
        "equal": alike,
    }


def _pages(browser: Browser, running: Installation) -> tuple[list[str], int]:
    """Make the case and the bare page; return their addresses and the number of frames."""
    case = ingest(running, _ct(running.home / "phantom"))
    context = signed_in(browser, running)
    n_frames = write_bare_page(context, running, case)
    context.close()
    kill_web(running)  # static files are looked for once, when the server starts
    wait_for_web(running)
    return [f"/cases/{case}/", f"/static/{BARE}/index.html"], n_frames


def _ct(folder: Path) -> Path:
    """Return the real CT, or a phantom where it is missing."""
    if REAL_CT.is_dir():
        return REAL_CT
    write_cohort("lilnet_ct", 1, 7, folder, PhantomSize(512, 40))
    return folder


def _times(browser: Browser, running: Installation, address: str) -> list[float]:
    """Return milliseconds from the navigation's start to the first image and to the last."""
    context = signed_in(browser, running)
    times: list[float] = load(context, address).evaluate(TIMES)
    context.close()
    return times


def _decoded(browser: Browser, running: Installation, addresses: list[str], n_frames: int) -> bool:
    """Say whether both pages decode the same pixels."""

    def sums(context: BrowserContext, address: str) -> list[list[float]]:
        found: list[list[float]] = load(context, address, SUM_DECODED).evaluate("() => decoded")
        return sorted(found)

    context = signed_in(browser, running)
    ours, bare = (sums(context, address) for address in addresses)
    context.close()
    return len(ours) == n_frames and ours == bare
