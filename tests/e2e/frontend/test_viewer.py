"""The viewer on made-up cases: what is shown, how it moves, what its keys do."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import CHROMIUM_FLAGS, LARGE, SMALL, chromium_path
from tests.e2e.frontend.conftest import Open, Opened
from tests.e2e.frontend.harness import Harness

SPREAD = """(surface) => {
  const canvas = surface.querySelector('canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let [low, high] = [255, 0];
  for (let i = 0; i < data.length; i += 4) {
    low = Math.min(low, data[i]); high = Math.max(high, data[i]);
  }
  return high - low;
}"""
"""Difference between the darkest and the lightest pixel of a viewport."""

PLACE = """(surface) => {
  const canvas = surface.querySelector('canvas');
  const {width, height} = canvas;
  const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] < 40) continue;
    const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return [(left + right) / 2 / width, (top + bottom) / 2 / height, (bottom - top) / height];
}"""
"""Middle of what is bright and its height, as shares of the viewport."""


def spreads(opened: Opened) -> list[int]:
    """Return the contrast of each viewport; 0 for a blank one."""
    surfaces = opened.page.locator(".pane__surface").element_handles()
    return [surface.evaluate(SPREAD) for surface in surfaces]


def wheel(opened: Opened, number: int, notches: int) -> None:
    """Turn the wheel over a viewport."""
    box = opened.pane(number)
    opened.page.mouse.move(box["x"] + 50, box["y"] + 50)
    for _ in range(abs(notches)):
        opened.page.mouse.wheel(0, 120 if notches > 0 else -120)
    opened.settle()


def test_four_phases_stand_side_by_side_in_the_order_of_time(
    open_page: Open, harness: Harness
) -> None:
    opened = open_page("/viewer/four-phases/")
    names = opened.page.locator(".pane__name").all_inner_texts()
    assert names == ["Non-contrast", "Arterial", "Portal venous", "Delayed"]
    assert min(spreads(opened)) > 100
    assert len(harness.frames_sent) == 3 * 24 + 40
    loaded = opened.heard("rr:images-loaded")
    assert [(event["frames"], event["failed"]) for event in loaded] == [(112, 0)]
    assert len(opened.heard("rr:first-image")) == 1
    edges = opened.page.locator(".pane").first.locator(".pane__edge")
    assert edges.all_inner_texts() == ["R", "L", "A", "P"]


def test_pictures_stay_in_place_when_the_window_changes(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    surface = opened.page.locator(".pane__surface").first.element_handle()
    before = surface.evaluate(PLACE)
    for size in (SMALL, LARGE):
        opened.page.set_viewport_size(size)
        opened.settle()
        assert surface.evaluate(PLACE) == pytest.approx(before, abs=0.06)


def test_wheel_scrolls_all_phases_by_position_over_frames_of_reference(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    # 24 slices of 5 mm, and 40 of 3 mm in another frame of reference, linked by their middles.
    assert opened.counts() == [13, 13, 13, 21]
    wheel(opened, 1, 3)
    assert opened.counts() == [16, 16, 16, 26]
    wheel(opened, 3, -5)
    assert opened.counts() == [13, 13, 13, 21]
    expect(opened.page.locator(".pane").nth(3)).to_contain_text("linked by middle")


def test_a_shift_set_by_hand_is_kept_when_the_link_is_switched_on(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    opened.page.keyboard.press("l")
    wheel(opened, 2, 2)
    assert opened.counts() == [13, 13, 15, 21]
    opened.page.keyboard.press("l")
    expect(opened.page.locator(".pane").nth(2)).to_contain_text("linked -10.0 mm off")
    wheel(opened, 0, 3)
    assert opened.counts()[:3] == [16, 16, 18]


def test_keys_scroll_and_stop_at_the_ends(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    for key, expected in [("ArrowDown", 14), ("PageUp", 4), ("Home", 1), ("ArrowUp", 1)]:
        opened.page.keyboard.press(key)
        opened.settle()
        assert opened.counts()[0] == expected
    opened.page.keyboard.press("End")
    opened.settle()
    assert opened.counts() == [24, 24, 24, 40]


def test_presets_by_key_reach_every_phase(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    windows = []
    for key in "123456":
        opened.page.keyboard.press(key)
        windows.append(re.findall(r"-?\d+", opened.fact("window"))[:2])
    assert windows[:3] == [["400", "40"], ["150", "90"], ["150", "30"]]
    assert windows[3:] == [["350", "40"], ["1500", "-600"], ["2500", "480"]]
    opened.page.keyboard.press("2")
    opened.page.locator(".pane").nth(3).click()
    assert opened.fact("window").endswith("Liver")


def test_in_a_reading_digits_belong_to_the_form_and_presets_to_function_keys(
    open_page: Open,
) -> None:
    opened = open_page("/viewer/four-phases/?reading=1")
    opened.page.keyboard.press("5")
    assert opened.fact("window").endswith("Soft tissue")
    opened.page.keyboard.press("F5")
    assert opened.fact("window").endswith("Lung")


@pytest.mark.parametrize("rendering", ["cpu", "gpu"])
def test_window_zoom_and_pan_by_mouse_are_shared(open_page: Open, rendering: str) -> None:
    opened = open_page(f"/viewer/four-phases/?rendering={rendering}")
    wheel(opened, 0, 2)
    opened.drag(1, (200, 200), (240, 210))
    assert "440" in opened.fact("window")
    assert "Soft tissue" not in opened.fact("window")
    opened.drag(1, (200, 200), (200, 250), button="right")
    opened.drag(1, (200, 200), (230, 180), button="middle")
    opened.settle()
    facts = []
    for number in range(4):
        opened.page.locator(".pane").nth(number).focus()
        opened.settle()
        facts.append([opened.fact("window"), opened.fact("zoom")])
    assert facts == [facts[0]] * 4
    assert facts[0][1] != "Zoom 154 %"
    assert len(set(body_corners(opened))) == 1
    opened.page.keyboard.press("r")
    opened.settle()
    assert opened.fact("zoom") == "Zoom 154 %"
    assert opened.fact("window").endswith("Soft tissue")


LEFT_EDGE = """(surface) => {
  const canvas = surface.querySelector('canvas');
  const {width, height} = canvas;
  const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
  const lit = (x, y) => data[4 * (y * width + x)] > 20;
  let [left, top] = [width, height];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1)
    if (lit(x, y)) { left = Math.min(left, x); top = Math.min(top, y); }
  return `${left},${top}`;
}"""
"""Where the body begins in a viewport."""


def body_corners(opened: Opened) -> list[str]:
    """Return where the body begins in each viewport, with a window that shows it."""
    opened.page.keyboard.press("1")
    opened.settle()
    surfaces = opened.page.locator(".pane__surface").element_handles()
    return [surface.evaluate(LEFT_EDGE) for surface in surfaces]


def test_a_length_is_in_mm_and_can_be_taken_back(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    opened.page.keyboard.press("m")
    # The image fits the height: 256 rows of 1.5 mm, so 100 screen pixels are known in mm.
    height = opened.pane(0)["height"]
    opened.drag(0, (300, 150), (400, 150))
    label = opened.page.locator(".pane").first.locator("svg text")
    expect(label).to_have_text(f"{100 * 256 * 1.5 / height:.1f} mm")
    opened.page.keyboard.press("Control+z")
    expect(label).to_have_count(0)


def test_without_spacing_a_length_is_in_pixels_and_the_images_say_so(open_page: Open) -> None:
    opened = open_page("/viewer/jpeg/")
    badges = opened.page.locator(".pane__badges .badge").all_inner_texts()
    assert badges == ["no HU", "no spacing", "lossy"]
    assert (opened.fact("spacing"), opened.fact("lossy")) == ("uncalibrated", "lossy")
    assert min(spreads(opened)) > 100
    opened.page.keyboard.press("m")
    height = opened.pane(0)["height"]
    opened.drag(0, (300, 150), (500, 150))
    label = opened.page.locator(".pane svg text")
    expect(label).to_have_text(f"{round(200 * 200 / height)} px (uncalibrated)")


def test_a_clip_plays_and_stops(open_page: Open) -> None:
    opened = open_page("/viewer/clip/")
    assert opened.fact("slice") == "Frame 1 of 20"
    assert opened.fact("time") == "0.00 of 1.00 s"
    opened.page.keyboard.press("Space")
    expect(opened.page.get_by_role("button", name="Play")).to_have_attribute("aria-pressed", "true")
    opened.page.wait_for_function(
        "() => !document.querySelector('.pane__count').textContent.startsWith('1 ')"
    )
    opened.page.keyboard.press("Space")
    opened.settle()
    before = opened.counts()
    opened.settle()
    assert opened.counts() == before


def test_double_click_and_keys_fill_one_viewport(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/", size=SMALL)
    small, grid = opened.pane(2), opened.page.locator(".viewer__grid")
    opened.page.locator(".pane").nth(2).dblclick()
    opened.settle()
    assert opened.pane(2)["width"] > 1.9 * small["width"]
    opened.page.keyboard.press(".")
    opened.settle()
    expect(opened.page.locator(".pane").nth(3)).to_have_class(re.compile("is-active"))
    assert opened.pane(3)["width"] > 1.9 * small["width"]
    opened.page.keyboard.press("f")
    expect(grid).not_to_have_class(re.compile("is-filled"))
    opened.settle()
    assert opened.pane(2) == small


def test_expired_tokens_are_renewed_without_a_gap(open_page: Open, harness: Harness) -> None:
    harness.first_token_life = -1.0
    opened = open_page("/viewer/four-phases/")
    assert harness.refused_tokens > 0
    assert harness.renewals >= 1
    assert opened.heard("rr:images-loaded")[0]["failed"] == 0
    assert min(spreads(opened)) > 100
    # What the browser wrote on its console about the refusals is expected here.
    assert all("403" in line for line in opened.complaints)
    opened.complaints.clear()


def test_tokens_are_renewed_at_two_thirds_of_their_life(open_page: Open, harness: Harness) -> None:
    harness.told_life = 0.0
    open_page("/viewer/jpeg/")
    assert harness.renewals >= 1
    assert harness.refused_tokens == 0


def test_a_slice_that_cannot_be_had_says_so_and_can_be_tried_again(
    open_page: Open, harness: Harness
) -> None:
    broken = True

    def frame(method: str, body: bytes, request: Any) -> tuple[int, str, bytes]:
        if broken:
            return 500, "application/problem+json", b'{"detail": "The disk is gone."}'
        return harness.frame("four-phases", "s-arterial", 10, {"token": ["1e12"]})

    harness.extra.append((r"/frames/four-phases/s-arterial/10/", frame))
    opened = open_page("/viewer/four-phases/")
    assert opened.heard("rr:images-loaded")[0]["failed"] == 1
    wheel(opened, 0, 1)
    failure = opened.page.locator(".pane").nth(1).get_by_role("alert")
    expect(failure).to_contain_text("could not be loaded")
    broken = False
    failure.get_by_role("button").click()
    expect(failure).to_be_hidden()
    assert min(spreads(opened)) > 100
    assert all("500" in line or "The disk is gone." in line for line in opened.complaints)
    opened.complaints.clear()


def test_a_drawn_lesion_box_is_told_in_the_patient(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/?drawable=1")
    opened.page.keyboard.press("b")
    box = opened.pane(1)
    scale = 256 * 1.5 / box["height"]
    corner = (box["width"] / 2, box["height"] / 2)
    opened.drag(1, corner, (corner[0] + 60, corner[1] + 40))
    drawn = opened.heard("rr:box-drawn")[-1]
    # The middle of the image is at pixel 127.5 of 256: x = y = -190 + 127.5 x 1.5 mm.
    assert drawn["centre_mm"][:2] == pytest.approx([1.25 + 30 * scale, 1.25 + 20 * scale], abs=0.8)
    assert drawn["size_mm"][:2] == pytest.approx([60 * scale, 40 * scale], abs=0.8)
    assert drawn["series"] == "s-arterial"
    bar = opened.page.locator(".box-bar")
    bar.get_by_label("First slice").fill("12")
    bar.get_by_label("Last slice").fill("14")
    bar.get_by_label("Last slice").press("Enter")
    # Slices 12 to 14 from the head lie at 60, 55 and 50 mm; half a slice is added at both ends.
    drawn = opened.heard("rr:box-drawn")[-1]
    assert (drawn["centre_mm"][2], drawn["size_mm"][2]) == (55, 15)
    expect(opened.page.locator("polygon.box--drawn")).to_have_count(3)
    opened.page.locator(".pane").first.focus()
    opened.page.keyboard.press("Control+z")
    assert opened.heard("rr:box-drawn")[-1] is None
    expect(opened.page.locator("polygon.box--drawn")).to_have_count(0)


def test_the_key_sheet_lists_what_the_viewer_does(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/")
    opened.page.keyboard.press("?")
    sheet = opened.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Link scrolling, zoom and window")
    opened.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_controls_have_names(open_page: Open) -> None:
    opened = open_page("/viewer/four-phases/?drawable=1&ai=1")
    nameless = opened.page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, [role=group]')]
          .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_it_draws_where_webgl_is_forbidden(open_page: Open, chromium: Browser) -> None:
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*CHROMIUM_FLAGS, "--disable-3d-apis"]
    )
    opened = open_page("/viewer/four-phases/", browser=browser)
    assert min(spreads(opened)) > 100
