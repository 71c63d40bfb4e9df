"""Marking on the images the way a person does, at the places that a phantom's files state."""

import csv
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

Point = tuple[float, float]
HEAT_DRAWN = """() => [...document.querySelectorAll('.pane__heat')].some((canvas) => {
  if (!canvas.width || !canvas.height) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, i) => i % 4 === 3 && value > 0);
})"""


def manifest(page: Page) -> dict[str, Any]:
    """Return what the open case's viewer was told."""
    url = page.locator("#viewer").get_attribute("data-manifest-url")
    found: dict[str, Any] = page.evaluate("(url) => fetch(url).then((r) => r.json())", url)
    return found


def draw_outlines(page: Page, outlines: list[dict[str, Any]]) -> None:
    """Draw the outlines of an ``outline.json`` on the first series, lesion and background."""
    series = manifest(page)["series"][0]
    size = (series["pixel"]["columns"], series["pixel"]["rows"])
    for outline in outlines:
        _go_to_frame(page, outline.get("image", 0) + outline.get("frame", 0))
        for key, name in (("g", "lesion"), ("h", "background")):
            corners = outline.get(name) or (outline.get("polygon") if name == "lesion" else None)
            if corners:
                page.keyboard.press(key)
                _drag(page, [_on_screen(page, corner, size) for corner in (*corners, corners[0])])


def draw_box(page: Page, box_mm: tuple[float, ...]) -> None:
    """Draw a box (centre and size, LPS mm) on the first axial series."""
    series = manifest(page)["series"][0]
    shown = sorted((frame["position_mm"] for frame in series["frames"]), key=lambda p: -p[2])
    slices = [number for number, p in enumerate(shown) if abs(p[2] - box_mm[2]) <= box_mm[5] / 2]
    _go_to_frame(page, slices[len(slices) // 2])
    row_mm, column_mm = series["spacing_mm"]
    first = shown[0]
    size = (series["pixel"]["columns"], series["pixel"]["rows"])
    corners = [
        _on_screen(
            page,
            (
                (box_mm[0] + side * box_mm[3] / 2 - first[0]) / column_mm,
                (box_mm[1] + side * box_mm[4] / 2 - first[1]) / row_mm,
            ),
            size,
        )
        for side in (-1, 1)
    ]
    page.keyboard.press("b")
    _drag(page, corners)


def enter_clinical(page: Page, table: Path) -> None:
    """Fill the form of clinical values from a ``clinical.csv`` and keep them."""
    with table.open(encoding="utf-8") as stream:
        values = {row["variable"]: row["value"] for row in csv.DictReader(stream)}
    page.locator("#panel-clinical summary").click()
    for name, value in values.items():
        field = page.locator(f"#clinical-{name}")
        if field.count() and field.evaluate("(e) => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.count():
            field.fill(value)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_selector(".messages .notice--success")


def outlines_of(folder: Path) -> list[dict[str, Any]]:
    """Return the outlines beside a phantom's images."""
    found = json.loads((folder / "outline.json").read_text("utf-8"))
    return found if isinstance(found, list) else [found]


def _go_to_frame(page: Page, frame: int) -> None:
    page.locator(".pane").first.focus()
    page.keyboard.press("Home")
    for _ in range(frame // 10):
        page.keyboard.press("PageDown")
    for _ in range(frame % 10):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "(n) => document.querySelector('.pane__count').textContent.startsWith(`${n} /`)",
        arg=frame + 1,
    )


def _on_screen(page: Page, pixel: Any, size: tuple[int, int]) -> Point:
    """Return where a pixel of the first viewport is, at its first zoom."""
    box = page.locator(".pane__surface").first.bounding_box()
    assert box
    scale = min(box["width"] / size[0], box["height"] / size[1])
    return (
        box["x"] + box["width"] / 2 + (pixel[0] + 0.5 - size[0] / 2) * scale,
        box["y"] + box["height"] / 2 + (pixel[1] + 0.5 - size[1] / 2) * scale,
    )


def _drag(page: Page, points: list[Point]) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=2)
    page.mouse.up()
