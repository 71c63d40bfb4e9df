"""Every system in the browser: upload a phantom, mark what it needs, run, see what it says."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inference.io.cohort import read_truth
from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize
from inference.registry import ModelSpec, catalogue
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
    look(page, f"system-{spec.system}")
    assert people.complaints() == []


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
