"""A real installation and a real browser for the end-to-end tests.

The installation is started exactly as ``make demo`` starts it: web server and worker under the
supervisor, in a state folder of its own, with the demo's people and no cases.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import REPOSITORY
from tests.servers import free_port

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LARGE, SMALL = {"width": 1440, "height": 900}, {"width": 1280, "height": 720}
PASSWORD = "reading-room"
# Two browsers and a model share two cores; how long a page takes is no test's business.
PATIENCE_MS = 60_000
# Playwright keeps an event loop in the worker that later database tests run in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE_MS)
SLOW_MACHINE_MS = 120_000


@dataclass
class Installation:
    """A running demo: its address, its state folder, its supervisor process."""

    address: str
    home: Path
    process: subprocess.Popen[str]
    environment: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command against this installation."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def start_installation(home: Path, *options: str) -> Installation:
    """Start a demo in `home` and wait until it says that it is ready."""
    port = free_port()
    environment = os.environ | {
        "READING_ROOM_HOME": str(home), "READING_ROOM_DEMO": "1", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "demo", "--port", str(port), *options]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Reading Room is ready at"):
            return Installation(line.split()[-1], home, process, environment)
    raise AssertionError(f"the demo ended with {process.wait()} before it was ready")


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One demo without cases for the whole run."""
    home = Path(tempfile.mkdtemp(prefix="reading-room-e2e-"))
    running = start_installation(home, "--no-data")
    yield running
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0, "Ctrl-C must end all of it with exit code 0"
    shutil.rmtree(home, ignore_errors=True)


def chromium_path() -> str:
    """Return where the system's Chromium is; tests never download a browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((found for name in names if (found := shutil.which(name))), None)
    assert executable, "end-to-end tests need Chromium: apt-get install chromium"
    return executable


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def sign_in(page: Page, email: str) -> None:
    """Sign one of the demo's people in."""
    page.goto("/sign-in/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.button--primary")
    page.wait_for_url("**/")


@dataclass
class Person:
    """Somebody at a browser of their own; remembers what went wrong on their pages."""

    page: Page
    complaints: list[str]

    def goto(self, path: str) -> None:
        """Open an address of the installation."""
        self.page.goto(path)


@pytest.fixture
def people(installation: Installation, chromium: Browser) -> Iterator["Cast"]:
    """Browser sessions of the demo's people, signed in when first asked for."""
    cast = Cast(installation, chromium)
    yield cast
    cast.close()


class Cast:
    """Signs people in, each in a browser context of their own."""

    def __init__(self, installation: Installation, browser: Browser) -> None:
        self.installation = installation
        self.browser = browser
        self._contexts: list[BrowserContext] = []
        self._people: dict[str, Person] = {}

    def __call__(self, name: str) -> Person:
        """Return the person ``name@example.org``, signed in."""
        if name not in self._people:
            self._people[name] = self._sign_in(f"{name}@example.org")
        return self._people[name]

    def _sign_in(self, email: str) -> Person:
        context = self.browser.new_context(base_url=self.installation.address, viewport=LARGE)  # type: ignore[arg-type]
        context.set_default_navigation_timeout(SLOW_MACHINE_MS)
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{message.type}: {message.text}")
                if message.type == "error"
                else None
            ),
        )
        sign_in(page, email)
        return Person(page, complaints)

    def complaints(self) -> list[str]:
        """Return every script error and console error seen so far."""
        return [line for person in self._people.values() for line in person.complaints]

    def close(self) -> None:
        """End every session."""
        for context in self._contexts:
            context.close()
