"""Every system in the browser: upload a phantom, mark what it needs, run, see what it says."""

import re
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest
from playwright.sync_api import Page, expect

from inference.io.cohort import read_truth
from inference.io.pixels import load_clip
from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize
from inference.registry import ModelSpec, catalogue, find
from inference.registry.spec import Need
from tests.e2e.conftest import Cast
from tests.e2e.story import images, marking
from tests.e2e.story.pictures import look

SIZE = PhantomSize(192, 28)
SYSTEMS = [spec for spec in catalogue() if spec.available and spec.system != "lilnet_ct"]
"""LiLNet has the whole story to itself."""


@pytest.mark.parametrize("spec", SYSTEMS, ids=lambda spec: spec.system)
def test_a_system_runs_from_upload_to_overlay(
    spec: ModelSpec, people: Cast, tmp_path: Path
) -> None:
    page = people("clinician").page
    write_cohort(spec.system, 1, 20_001, tmp_path / "cohort", SIZE)
    folder = next((tmp_path / "cohort").glob("phantom*"))
    (address,) = images.upload(page, images.zipped(folder, tmp_path / "case.zip"))
    page.goto(address)
    images.see_images(page)
    if (folder / "clinical.csv").exists():
        marking.enter_clinical(page, folder / "clinical.csv")
        images.see_images(page)
    _choose(page, spec)
    _mark(page, spec, folder)
    page.locator(".run-bar button").click()
    panel = page.locator("#ai-panel")
    expect(panel).to_contain_text("phantom-trained", timeout=images.PATIENCE_MS)
    expect(panel.locator(".ai-panel__decision strong")).not_to_have_text("No decision")
    expect(panel.locator(".bars__row").first).to_be_visible()
    _see_overlays(page)
    if spec.editable:
        _change_a_finding(page, spec)
    if spec.redrawable:
        _redraw_the_lesion(page)
    look(page, f"system-{spec.system}")
    assert people.complaints() == []


def test_a_plain_video_is_played_outlined_and_run(people: Cast, tmp_path: Path) -> None:
    page = people("clinician").page
    write_cohort("ceus_dcb", 1, 20_002, tmp_path / "cohort", SIZE)
    folder = next((tmp_path / "cohort").glob("phantom*"))
    film = as_video(next(folder.rglob("*.dcm")), tmp_path / "Zxqv Wbkj.mp4")
    (address,) = images.upload(page, film)
    assert "may show the patient's name" in page.locator(".upload__report").inner_text()
    page.goto(address)
    images.see_images(page)
    _blacken_a_corner(page)
    images.see_images(page)
    page.get_by_role("button", name="No name shows").click()
    page.wait_for_selector(".messages .notice--success")
    images.see_images(page)
    _play(page)
    _choose(page, find("ceus_dcb"))
    _mark(page, find("ceus_dcb"), folder)
    page.locator(".run-bar button").click()
    panel = page.locator("#ai-panel")
    expect(panel).to_contain_text("phantom-trained", timeout=images.PATIENCE_MS)
    expect(panel).to_contain_text("The cine states no pixel size")
    look(page, "video")
    assert people.complaints() == []


def _blacken_a_corner(page: Page) -> None:
    page.get_by_role("button", name="Draw over a name").click()
    box = page.locator(".pane__surface").first.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(middle + 40, box["y"] + 15, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Blacken 1 place").click()
    page.get_by_role("button", name="Blacken 1 place").click()
    page.wait_for_selector(".messages .notice--success")


def _play(page: Page) -> None:
    """Play at twice the speed until the clock has moved, stop, and go on by one frame."""
    clock, count = page.locator(".viewer__fact--time"), page.locator(".pane__count").first
    expect(clock).to_have_text(re.compile(r"^0\.00 of "))
    page.locator(".pane").first.focus()
    page.keyboard.press("+")
    expect(page.get_by_label("Speed")).to_have_value("2")
    page.keyboard.press("Space")
    expect(clock).not_to_have_text(re.compile(r"^0\.00 of "))
    page.keyboard.press("Space")
    shown = int(count.inner_text().split(" /")[0])
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text(re.compile("^2 / "))
    assert shown > 1
    expect(page.locator(".viewer__fact--lossy")).to_have_text("lossy")


def as_video(cine: Path, target: Path) -> Path:
    """Write a DICOM cine as an MP4."""
    frames = load_clip(cine)
    rate = 1000 / float(pydicom.dcmread(cine, stop_before_pixels=True).FrameTime)
    writer = cv2.VideoWriter(
        str(target), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), rate, frames.shape[2:0:-1]
    )
    for frame in frames:
        writer.write(np.ascontiguousarray(np.broadcast_to(frame, (*frame.shape[:2], 3))[..., ::-1]))
    writer.release()
    return target


def _choose(page: Page, spec: ModelSpec) -> None:
    expect(page.locator(".run-bar button")).to_be_visible(timeout=images.PATIENCE_MS)
    menu = page.locator(".run-bar select")
    if menu.count():
        menu.select_option(spec.system)


def _mark(page: Page, spec: ModelSpec, folder: Path) -> None:
    if spec.marks.outline is Need.REQUIRED:
        marking.draw_outlines(page, marking.outlines_of(folder)[: spec.marks.most_outlines])
        expect(page.locator(".outline-bar")).to_be_visible()
    elif spec.marks.box is not Need.NONE:
        lesion = read_truth(folder.parent)[0]
        marking.draw_box(page, tuple(lesion.box_mm))
        expect(page.locator(".box-bar").first).to_be_visible()


def _see_overlays(page: Page) -> None:
    """Show each kind of overlay; the viewer goes to where it lies."""
    methods = page.locator("input[name=overlay-method]").evaluate_all(
        "(inputs) => inputs.map((one) => one.value)"
    )
    assert len(methods) > 1, "a result comes with overlays"
    for method in methods[1:]:
        images.show_overlay(page, method)
        page.wait_for_function(marking.HEAT_DRAWN)


def _change_a_finding(page: Page, spec: ModelSpec) -> None:
    """Turn the first yes or no around; the person's value then stands beside the model's."""
    closed = next(each for each in spec.editable if each.values)
    page.get_by_text("Change findings").click()
    field = page.locator(".revise__row", has_text=closed.name.replace("_", " "))
    control = field.locator("select").first
    other = next(value for value in closed.values if value != control.input_value())
    control.select_option(other)
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".findings--changed").first).to_be_visible()


def _redraw_the_lesion(page: Page) -> None:
    """Draw a large outline on one slice, empty another; size and categories follow and stay."""
    page.get_by_role("button", name="Redraw").click()
    pane = page.locator(".pane", has_text="Delayed").locator(".pane__surface")
    box = pane.bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((90, 0), (90, 70), (0, 70), (0, 2)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    state = page.locator(".revise__outline")
    expect(state).to_contain_text("1 slice redrawn, not applied yet")
    page.keyboard.press("PageDown")
    page.get_by_role("button", name="Not on this slice").click()
    expect(state).to_contain_text("2 slices redrawn")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".findings", has_text="size").first).to_contain_text(
        "Measured on the outline"
    )
    page.reload()
    images.see_images(page)
    expect(page.locator(".revise__outline")).to_contain_text("2 slices redrawn")
    expect(page.locator(".outline-bar__one")).to_have_count(2)
