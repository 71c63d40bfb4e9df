"""Two pages with the same viewer and the same frames: the case page, and a bare static one.

The bare page is what a hand-written page would be: one script, one style sheet, one manifest and
the frames as files, all sent by the same web server without a question. Its frames lie at the
addresses the viewer asks for, so that both pages run the very same bundle.
"""

import json
import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.benchmarks.installation import OWNER
from tests.e2e.conftest import LARGE, Installation, sign_in

BARE = "bare"
SAFETY_MS = 300_000
LOADED = "() => performance.getEntriesByName('all_loaded').length > 0"
TIMES = """() => ['first_image', 'all_loaded'].map(
  (name) => performance.getEntriesByName(name)[0].startTime)"""
FILES_HAVE_NO_SLASH = """
const ask = window.fetch;
window.fetch = (url, options) => ask(String(url).replace(/\\/[?]token=.*$/, '.bin'), options);
"""
"""What the viewer asks for as ``0/?token=x`` is a file ``0.bin``."""
SUM_DECODED = """
window.decoded = [];
const pixels = (value, depth) => {
  if (!value || typeof value !== 'object' || depth > 4) return;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    let sum = 0;
    for (const pixel of value) sum += pixel;
    window.decoded.push([value.length, sum]);
  } else if (value.pixelData) pixels(value.pixelData, depth + 1);
  else for (const inner of Object.values(value)) pixels(inner, depth + 1);
};
const Plain = window.Worker;
window.Worker = class extends Plain {
  constructor(...options) {
    super(...options);
    this.addEventListener('message', ({ data }) => pixels(data, 0));
  }
};
"""
"""Notes number and sum of the pixels of every image that a decoder hands back."""


def write_bare_page(context: BrowserContext, installation: Installation, case: str) -> int:
    """Put the bare page, its manifest and its frames beside the installation's static files.

    Returns
    -------
    int
        How many frames there are.
    """
    folder = installation.home / "static" / BARE
    folder.mkdir()
    page = context.request.get(f"/cases/{case}/").text()
    manifest: dict[str, Any] = context.request.get(f"/api/v1/cases/{case}/manifest/").json()
    for number, series in enumerate(manifest["series"]):
        (folder / str(number)).mkdir()
        for n in range(len(series["frames"])):
            address = f"{series['frames_url']}{n}/?token={series['token']}"
            frame = context.request.get(address)
            assert frame.ok, frame.status_text
            (folder / str(number) / f"{n}.bin").write_bytes(frame.body())
        series["frames_url"] = f"/static/{BARE}/{number}/"
    manifest["expires_in"] = 24 * 3600  # files need no permission
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "fetch.js").write_text(FILES_HAVE_NO_SLASH, "utf-8")
    (folder / "index.html").write_text(_bare(page), "utf-8")
    return sum(len(series["frames"]) for series in manifest["series"])


def _bare(page: str) -> str:
    """Return the bare page, made of the case page's own viewer element, style and script."""
    styles = re.findall(r'<link rel="stylesheet"[^>]*>', page)
    viewer = re.search(r'<div id="viewer"[^>]*>', page)
    script = re.findall(r'<script src="/static/CACHE/js/[^"]*"></script>', page)[-1]
    assert viewer
    opening = re.sub(r'data-manifest-url="[^"]*"', _MANIFEST, viewer.group())
    return (
        f"<!doctype html><html><head><title>bare</title>{''.join(styles)}</head>"
        f'<body><main class="page--viewer"><div class="workplace">{opening}</div></div></main>'
        f'<script src="/static/{BARE}/fetch.js"></script>{script}</body></html>'
    )


_MANIFEST = f'data-manifest-url="/static/{BARE}/manifest.json"'


def signed_in(browser: Browser, installation: Installation) -> BrowserContext:
    """Return a new browser of the clinician's, with nothing in its cache."""
    context = browser.new_context(base_url=installation.address, viewport=LARGE)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, f"{OWNER}@example.org")
    page.close()
    return context


def load(context: BrowserContext, path: str, *scripts: str) -> Page:
    """Open a page and wait until the whole series is in memory."""
    page = context.new_page()
    for script in scripts:
        page.add_init_script(script)
    page.goto(path, wait_until="commit")
    page.wait_for_function(LOADED, timeout=SAFETY_MS)
    return page
