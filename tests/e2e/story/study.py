"""Steps of a reader study: designing, reading, ending."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.story.images import LOADED, PATIENCE_MS, case_id, see_images


def truths(folder: Path) -> dict[str, tuple[str, str]]:
    """Return side and diagnosis of each phantom's index lesion, by the phantom's name."""
    with (folder / "truth.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["lesion"] == "1"]
    return {
        row["case"]: ("malignant" if row["malignant"] == "1" else "benign", row["truth"])
        for row in rows
    }


def begin(page: Page, title: str) -> str:
    """Begin a study and return the address of its wizard without the step."""
    page.goto("/studies/")
    page.fill("#title", title)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/design/cases/")
    return page.url.removesuffix("cases/")


def choose_cases(page: Page, wizard: str, addresses: list[str]) -> None:
    """Take the cases at these addresses, whatever others the installation has."""
    page.goto(f"{wizard}cases/")
    for address in addresses:
        page.check(f"input[name=case][value='{case_id(address)}']")
    save(page)


def mark_lesion(page: Page, wizard: str, code: str) -> None:
    """Draw a box over the middle of the first viewport and save it as the index lesion."""
    page.goto(f"{wizard.replace('/design/', '/lesion/')}{code}/")
    see_images(page)
    page.get_by_role("button", name="Lesion box").click()
    canvas = page.locator(".viewer canvas").first.bounding_box()
    assert canvas
    x, y = canvas["x"] + canvas["width"] * 0.4, canvas["y"] + canvas["height"] * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Save the index lesion").click()
    expect(page.locator(".messages .notice--success")).to_contain_text(code)


def record_truth(page: Page, wizard: str, answers: list[tuple[str, str]]) -> None:
    """Record side and diagnosis of each case, in the order of codes."""
    page.goto(f"{wizard}truth/")
    for number, (side, diagnosis) in enumerate(answers, start=1):
        code = f"C{number:03d}"
        page.select_option(f"select[name=truth-{code}-bm]", side)
        page.select_option(f"select[name=truth-{code}-dx]", diagnosis)
        page.fill(f"input[name=source-{code}]", "phantom")
    save(page)


def choose_readers(page: Page, wizard: str, levels: dict[str, str]) -> None:
    """Choose readers by address with their level."""
    page.goto(f"{wizard}readers/")
    for email, level in levels.items():
        page.check(f"input[name=reader][value='{email}']")
        page.select_option(f"select[name='level-{email}']", level)
    save(page)


def save(page: Page) -> None:
    """Save a step of the wizard."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages .notice--success")).to_be_visible()


def freeze(page: Page, wizard: str) -> str:
    """Freeze the study and return the address of its dashboard."""
    page.goto(f"{wizard}freeze/")
    page.get_by_role("button", name="Freeze the protocol").click()
    expect(page.locator(".messages .notice--success")).to_contain_text("frozen")
    return page.url


def read_next(page: Page, side: str, diagnosis_key: str) -> bool:
    """Read the next case by keyboard alone; False when the worklist has none."""
    page.goto("/worklist/")
    link = page.get_by_role("link", name="Read next case")
    if not link.count():
        return False
    link.press("Enter")
    page.wait_for_url("**/read/**")
    answer_by_keyboard(page, side, diagnosis_key)
    return True


def answer_by_keyboard(page: Page, side: str, diagnosis_key: str) -> None:
    """Answer the four questions by digits and Tab, look at the summary, commit."""
    page.wait_for_function(LOADED, timeout=PATIENCE_MS)
    before = page.url
    keyboard = page.keyboard
    page.locator("[data-question='bm'] [role=radio][tabindex='0']").focus()
    keyboard.press("1" if side == "benign" else "2")
    keyboard.press("Tab")
    keyboard.press(diagnosis_key)
    keyboard.press("Tab")
    for digit in "15" if side == "benign" else "85":
        keyboard.press(digit)
    keyboard.press("Tab")
    keyboard.press("4")
    keyboard.press("Enter")
    expect(page.locator("#reading")).to_contain_text("85" if side == "malignant" else "15")
    page.wait_for_timeout(500)  # the page asks for two presses, not one long one
    keyboard.press("Enter")
    page.wait_for_url(lambda address: address != before, timeout=PATIENCE_MS)


def washout_passes(page: Page) -> None:
    """Move the demo's clock past the washout."""
    page.goto("/")
    page.get_by_role("button", name="Demo clock").click()
    expect(page.locator(".demo-clock")).to_be_visible()
