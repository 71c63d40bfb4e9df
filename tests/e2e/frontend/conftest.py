"""A fresh bundle, the harness that serves it, and pages that remember what went wrong on them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import LARGE
from tests.e2e.frontend.harness import Harness, serving
from tests.unit.test_frontend import build

PATIENCE_MS = 60_000
"""How long to wait for what should come; only a failing test ever waits that long."""
expect.set_options(timeout=PATIENCE_MS)

LOADED = "() => performance.getEntriesByName('all_loaded').length > 0"
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
window.heard = [];
for (const name of ['rr:box-drawn', 'rr:images-loaded', 'rr:first-image', 'rr:interaction'])
  document.addEventListener(name, (event) => window.heard.push([name, event.detail]));
"""


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the front end as it is now, built."""
    return build(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def harness(bundle: Path) -> Iterator[Harness]:
    """Serve the made-up cases."""
    with serving(bundle) as running:
        yield running


class Opened:
    """A page of the harness."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        # Chromium's remark on tests that look at canvases often.
        ours = "willReadFrequently" in message.text
        if message.type in ("error", "warning") and not ours:
            self.complaints.append(f"{message.type}: {message.text}")

    def violations(self) -> list[str]:
        """Return what the content security policy refused."""
        found: list[str] = self.page.evaluate("() => window.violations")
        return found

    def heard(self, name: str) -> list[Any]:
        """Return the details of the events of a name so far."""
        events: list[list[Any]] = self.page.evaluate("() => window.heard")
        return [detail for event, detail in events if event == name]

    def counts(self) -> list[int]:
        """Return the slice number each viewport shows, from 1."""
        texts = self.page.locator(".pane__count").all_inner_texts()
        return [int(text.split("/")[0]) for text in texts]

    def fact(self, name: str) -> str:
        """Return a part of the status line."""
        return self.page.locator(f".viewer__fact--{name}").inner_text()

    def pane(self, number: int) -> dict[str, float]:
        """Return where a viewport is: x, y, width, height in CSS pixels."""
        box = self.page.locator(".pane").nth(number).bounding_box()
        assert box
        return dict(box)

    def drag(
        self,
        number: int,
        start: tuple[float, float],
        end: tuple[float, float],
        button: Any = "left",
    ) -> None:
        """Drag within a viewport; places in CSS pixels from its corner."""
        box, mouse = self.pane(number), self.page.mouse
        mouse.move(box["x"] + start[0], box["y"] + start[1])
        mouse.down(button=button)
        mouse.move(box["x"] + end[0], box["y"] + end[1], steps=4)
        mouse.up(button=button)

    def settle(self) -> None:
        """Let everything that was asked for be drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => "
            "requestAnimationFrame(() => setTimeout(done, 60))))"
        )


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, harness: Harness) -> Iterator[Open]:
    """Open addresses of the harness; no page may complain or break the policy."""
    opened: list[Opened] = []

    def open_(path: str, *, size: Any = LARGE, loaded: bool = True, browser: Any = None) -> Opened:
        page = (browser or chromium).new_page(viewport=size)
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(WATCH)
        one = Opened(page)
        opened.append(one)
        page.goto(harness.url + path)
        if loaded:
            page.wait_for_function(LOADED, timeout=PATIENCE_MS)
            one.settle()
        return one

    yield open_
    try:
        assert [one.violations() for one in opened] == [[] for _ in opened]
        assert [one.complaints for one in opened] == [[] for _ in opened]
    finally:
        for one in opened:
            one.page.close()
