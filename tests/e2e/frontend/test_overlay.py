"""Heat maps and lesion boxes lie where they belong, and the AI panel drives them."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.frontend.conftest import PATIENCE_MS, Open, Opened
from tests.e2e.frontend.harness import Harness, ai_result, as_json
from tests.e2e.frontend.made_cases import CASES

BLOB = """([pane, above]) => {
  const canvas = document.querySelectorAll('.pane__surface canvas')[pane];
  const ratio = canvas.clientWidth / canvas.width;
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) if (data[i] > above) {
    const pixel = i / 4;
    sum += 1; x += (pixel % canvas.width) + 0.5; y += Math.floor(pixel / canvas.width) + 0.5;
  }
  return sum ? [x * ratio / sum, y * ratio / sum] : null;
}"""
"""Middle of all pixels lighter than a grey value, in CSS pixels of the viewport."""

HEAT = """(pane) => {
  const canvas = document.querySelectorAll('.pane__heat')[pane];
  const ratio = canvas.clientWidth / canvas.width;
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const [weight, pixel] = [data[i + 3] ** 2, i / 4];
    sum += weight;
    x += weight * ((pixel % canvas.width) + 0.5);
    y += weight * (Math.floor(pixel / canvas.width) + 0.5);
  }
  return sum ? [x * ratio / sum, y * ratio / sum] : null;
}"""
"""Middle of a viewport's heat map, weighted by its opacity squared; null when it is empty."""


STRONGEST = """(pane) => {
  const canvas = document.querySelectorAll('.pane__heat')[pane];
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let most = 0;
  for (let i = 3; i < data.length; i += 4) most = Math.max(most, data[i]);
  return most;
}"""
"""Highest opacity (0..255) of a viewport's heat map."""


def shown(opened: Opened) -> list[bool]:
    """Return for each viewport whether a heat map is drawn on it."""
    count = opened.page.locator(".pane").count()
    return [opened.page.evaluate(HEAT, number) is not None for number in range(count)]


def wait_until_shown(opened: Opened, expected: list[bool]) -> None:
    """Wait until exactly these viewports have a heat map; the values have to be fetched first."""
    opened.page.wait_for_function(
        f"(expected) => expected.every((wanted, pane) => wanted === (({HEAT})(pane) !== null))",
        arg=expected,
        timeout=PATIENCE_MS,
    )


def choose(opened: Opened, method: str) -> None:
    """Switch the overlay in the panel."""
    opened.page.locator("label.segments__one", has_text=method).click()


def distance(a: list[float], b: list[float]) -> float:
    """Return how far two places are apart, in CSS pixels."""
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


@pytest.mark.parametrize("rendering", ["cpu", "gpu"])
def test_a_map_lies_on_its_blob_on_every_slice_zoom_and_place(
    open_page: Open, rendering: str
) -> None:
    opened = open_page(f"/viewer/four-phases/?ai=1&rendering={rendering}")
    choose(opened, "CAM")
    opened.page.locator(".lesions__go").first.click()
    opened.page.locator(".pane").nth(1).focus()
    opened.page.keyboard.press("2")
    wait_until_shown(opened, [False, True, True, False])
    # Arterial: a plain grid; portal venous: the same place in a grid with flipped axes.
    blob = opened.page.evaluate(BLOB, [1, 200])
    assert distance(blob, opened.page.evaluate(HEAT, 1)) < 0.8
    assert distance(blob, opened.page.evaluate(HEAT, 2)) < 0.8
    opened.drag(1, (200, 200), (200, 260), button="right")
    opened.drag(1, (200, 200), (260, 170), button="middle")
    opened.page.keyboard.press("ArrowDown")
    opened.settle()
    moved = opened.page.evaluate(BLOB, [1, 200])
    assert distance(moved, blob) > 20
    # At this zoom half an image pixel, the mistake most easily made, is 2 screen pixels.
    assert distance(moved, opened.page.evaluate(HEAT, 1)) < 1.0
    opened.page.keyboard.press("End")
    wait_until_shown(opened, [False] * 4)


@pytest.mark.parametrize("rendering", ["cpu", "gpu"])
def test_a_map_lies_on_its_blob_on_oblique_anisotropic_slices(
    open_page: Open, rendering: str
) -> None:
    opened = open_page(f"/viewer/oblique/?ai=1&rendering={rendering}")
    choose(opened, "CAM")
    wait_until_shown(opened, [True])
    blob = opened.page.evaluate(BLOB, [0, 235])
    # One image pixel is about 6 screen pixels wide here, a cell of the grid about 37.
    assert distance(blob, opened.page.evaluate(HEAT, 0)) < 5


def test_holding_o_takes_the_map_away_or_shows_it(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/?ai=1")
    opened.page.locator(".lesions__go").first.click()
    opened.settle()
    assert shown(opened) == [False] * 4
    opened.page.keyboard.down("o")
    wait_until_shown(opened, [False, True, True, False])
    opened.page.keyboard.up("o")
    wait_until_shown(opened, [False] * 4)
    choose(opened, "SHAP")
    wait_until_shown(opened, [False, True, False, False])
    expect(opened.page.locator(".pane").nth(1)).to_contain_text(
        "SHAP for HCC, generated by LiLNet 0.1.0, phantom-trained"
    )
    opened.page.keyboard.down("o")
    wait_until_shown(opened, [False] * 4)
    opened.page.keyboard.up("o")
    wait_until_shown(opened, [False, True, False, False])


def test_class_phase_and_opacity_choose_what_is_drawn(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/?ai=1")
    opened.page.locator(".lesions__go").first.click()
    choose(opened, "CAM")
    wait_until_shown(opened, [False, True, True, False])
    opened.page.get_by_label("Phase").select_option("portal_venous")
    wait_until_shown(opened, [False, False, True, False])
    opened.page.get_by_label("Opacity").fill("5")
    faint = opened.page.evaluate(STRONGEST, 2)
    opened.page.get_by_label("Opacity").fill("100")
    assert opened.page.evaluate(STRONGEST, 2) == 255
    assert 10 <= faint <= 15


def test_the_panel_tells_stages_lesions_and_where_it_comes_from(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/?ai=1")
    panel = opened.page.locator("#ai-panel")
    for words in ("phantom-trained", "Hepatocellular carcinoma", "The delayed phase was not used."):
        expect(panel).to_contain_text(words)
    rows = panel.locator(".bars__row").all_inner_texts()
    assert [row.split() for row in rows[:2]] == [["benign", "9", "%"], ["malignant", "91", "%"]]
    assert len(rows) == 2 + 3 + 3 + 6
    panel.get_by_text("About this result").click()
    expect(panel).to_contain_text("4f2a4f2a4f2a")
    expect(panel).to_contain_text("SHAP completeness error")
    assert opened.counts()[1] == 13
    panel.locator(".lesions__go").first.click()
    opened.settle()
    # The lesion's middle lies at 60 mm: slice 12 of 24 from the head.
    assert opened.counts()[1] == 12
    assert opened.page.locator("polygon.box--ai").count() == 3


def test_a_run_shows_its_progress_and_ends_in_the_result(open_page: Open, harness: Harness) -> None:
    asked: list[Any] = []
    states = iter([("queued", 0.0), ("running", 0.35), ("running", 0.35), ("done", 1.0)])

    def start(method: str, body: bytes, request: Any) -> tuple[int, str, bytes]:
        asked.append(json.loads(body))
        return as_json({"job": {"id": "j1", "state": "queued", "progress": 0}, "result": None}, 202)

    def poll(method: str, body: bytes, request: Any) -> tuple[int, str, bytes]:
        state, progress = next(states)
        result = ai_result(CASES["four-phases"](), "four-phases") if state == "done" else None
        job = {"id": "j1", "state": state, "progress": progress, "message": "Reading the images"}
        return as_json({"job": job, "result": result})

    def nothing(method: str, body: bytes, request: Any) -> tuple[int, str, bytes]:
        return as_json({"detail": "No run yet."}, 404)

    harness.extra += [
        (r"/runs/", start),
        (r"/jobs/j1/", poll),
        (r"/ai/four-phases/", nothing),
    ]
    opened = open_page("/viewer/four-phases/?ai=1&run=1&drawable=1")
    opened.complaints.clear()  # the browser's line about the 404
    panel = opened.page.locator("#ai-panel")
    expect(panel).to_contain_text("No AI result yet.")
    opened.page.keyboard.press("b")
    opened.drag(1, (200, 150), (260, 200))
    panel.get_by_role("button", name="Run LiLNet").click()
    expect(panel).to_contain_text("Reading the images")
    expect(panel).to_contain_text("Hepatocellular carcinoma")
    assert [set(lesion) for lesion in asked[0]["lesions"]] == [{"centre_mm", "size_mm"}]
    assert asked[0]["system"] == "lilnet_ct"


def test_a_failed_run_says_why_and_can_be_started_again(open_page: Open, harness: Harness) -> None:
    def start(method: str, body: bytes, request: Any) -> tuple[int, str, bytes]:
        sentence = "The phase of no series is known. Set the phases first."
        return as_json({"detail": sentence, "code": "no_phase"}, 409)

    harness.extra.append((r"/runs/", start))
    opened = open_page("/viewer/four-phases/?ai=1&run=1")
    button = opened.page.get_by_role("button", name="Run LiLNet")
    button.click()
    expect(opened.page.locator("#ai-panel")).to_contain_text("Set the phases first.")
    expect(button).to_be_enabled()
    assert all("409" in line for line in opened.complaints)
    opened.complaints.clear()
