"""Screenshots for the documentation, and what a look at a page can check by itself."""

import os

from playwright.sync_api import Page

from tests.conftest import REPOSITORY
from tests.e2e.conftest import LARGE, SMALL

DOCS = REPOSITORY / "docs" / "screenshots"
OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter((e) => !e.closest('.visually-hidden, .skip-link, .table-frame, svg, canvas'))
  .filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.tagName}.${e.className}`).slice(0, 5)"""
CLIPPED = """() => [...document.querySelectorAll('button, .button, .badge, th, label, h1, h2')]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).overflow === 'visible')
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`).slice(0, 5)"""
FAINT = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [0, 0, 0];
  };
  return [...document.querySelectorAll('main *, header *, footer *')]
    .filter((e) => e.getClientRects().length && !e.closest(':disabled, .viewer, .visually-hidden'))
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
      return [e, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5)
    .map(([e, ratio]) => `${e.textContent.trim().slice(0, 40)} ${ratio.toFixed(2)}`).slice(0, 5);
}"""
"""WCAG 2.1 success criterion 1.4.3 asks for a contrast of 4.5 for text of this size."""


def look(page: Page, name: str) -> None:
    """Check overflow, clipping and contrast at both sizes; keep the picture when asked to.

    ``READING_ROOM_SCREENSHOTS=1`` writes the pictures into the documentation.
    """
    assert "Research use only" in page.locator("body").inner_text()
    for size in (SMALL, LARGE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(120)
        where = f"{name} at {size['width']}x{size['height']}"
        assert page.evaluate(OVERFLOWING) == [], f"overflow on {where}"
        assert page.evaluate(CLIPPED) == [], f"clipped words on {where}"
    assert page.evaluate(FAINT) == [], f"faint text on {name}"
    if os.environ.get("READING_ROOM_SCREENSHOTS"):
        DOCS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=DOCS / f"{name}.png")
