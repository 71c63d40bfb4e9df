"""Steps with images: upload, view, AI, lesion boxes."""

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize

LOADED = "() => performance.getEntriesByName('all_loaded').length > 0"
PATIENCE_MS = 240_000


def phantoms(folder: Path, n_cases: int, seed: int) -> Path:
    """Make phantom cases as DICOM, one folder each, ``truth.csv`` beside them."""
    write_cohort("lilnet_ct", n_cases, seed, folder, PhantomSize(192, 28))
    return folder


def zipped(folder: Path, target: Path) -> Path:
    """Pack a folder the way a person would."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.dcm")):
            archive.write(path, path.relative_to(folder))
    return target


def upload(page: Page, archive: Path) -> list[str]:
    """Upload a ZIP and return the addresses of the cases it became."""
    page.goto("/upload/")
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files(archive)
    expect(page.locator(".upload__report table").first).to_be_visible(timeout=PATIENCE_MS)
    links = page.locator(".upload__report a[href*='/cases/']")
    return [str(links.nth(index).get_attribute("href")) for index in range(links.count())]


def see_images(page: Page) -> None:
    """Wait until every image of the page is in memory."""
    page.wait_for_function(LOADED, timeout=PATIENCE_MS)


def run_lilnet(page: Page) -> None:
    """Run the model on the open case and wait for its result."""
    page.get_by_role("button", name="Run LiLNet").click()
    expect(page.locator("#ai-panel")).to_contain_text("phantom-trained", timeout=PATIENCE_MS)


def show_overlay(page: Page, method: str) -> None:
    """Switch the heat map."""
    page.locator(f"#ai-panel input[name=overlay-method][value='{method}']").check(force=True)


def case_id(address: str) -> str:
    """Return the id in a case's address."""
    found = re.search(r"[0-9a-f-]{36}", address)
    assert found, address
    return found.group()
