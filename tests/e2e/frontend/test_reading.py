"""Answering a case by keyboard: digits, drafts, lost lines, commit."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.frontend.conftest import Open
from tests.e2e.frontend.harness import Harness
from tests.e2e.frontend.reading_server import ReadingServer

COMPLETE = {"bm": "malignant", "dx": "FNH", "malignancy": 75, "confidence": "4"}


@pytest.fixture
def server(harness: Harness) -> ReadingServer:
    """Answer the reading page at the harness."""
    made = ReadingServer()
    made.serve(harness)
    return made


def answer_all(page: Page) -> None:
    """Answer every required question by keyboard alone."""
    page.locator("[data-question=bm] [role=radio]").first.focus()
    page.keyboard.press("2")
    page.keyboard.press("Tab")
    page.keyboard.press("4")
    page.keyboard.press("Tab")
    page.keyboard.type("75")
    page.keyboard.press("Tab")
    page.keyboard.press("4")


def confirm(page: Page) -> None:
    """Press Enter twice, with the time a person needs to read the summary."""
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answers")).to_be_visible()
    page.wait_for_timeout(450)
    page.keyboard.press("Enter")


def test_a_case_is_answered_and_committed_by_keyboard(
    open_page: Open, server: ReadingServer
) -> None:
    opened = open_page("/reading/")
    page = opened.page
    answer_all(page)
    # Keys that are not the form's still move the images.
    page.keyboard.press("ArrowDown")
    opened.settle()
    assert opened.counts()[0] == 14
    expect(page.locator("[data-question=dx] [aria-checked=true]")).to_have_text("4FNH")
    confirm(page)
    expect(page).to_have_title("Worklist")
    assert [answers for _, answers in server.commits] == [COMPLETE]
    assert {"images_loaded", "first_interaction"} <= set(server.events)
    kept = page.evaluate("() => Object.keys(localStorage).filter((key) => key.includes('draft'))")
    assert kept == []


def test_enter_leads_to_the_first_gap(open_page: Open, server: ReadingServer) -> None:
    opened = open_page("/reading/")
    opened.page.keyboard.press("2")
    opened.page.keyboard.press("Enter")
    line = opened.page.locator(".reading-form__line")
    expect(line).to_have_text("Still to be answered: Most likely diagnosis")
    assert (
        opened.page.evaluate(
            "() => document.activeElement.closest('[data-question]').dataset.question"
        )
        == "dx"
    )
    assert server.commits == []


def test_the_summary_can_be_left_again(open_page: Open, server: ReadingServer) -> None:
    opened = open_page("/reading/")
    answer_all(opened.page)
    opened.page.keyboard.press("Enter")
    summary = opened.page.locator(".reading-form__summary")
    expect(summary).to_contain_text("Focal nodular hyperplasia")
    expect(summary).to_contain_text("75 of 100")
    opened.page.keyboard.press("Escape")
    expect(summary).to_be_hidden()
    expect(opened.page.locator("[data-question=bm]")).to_be_visible()


def test_one_long_enter_does_not_commit(open_page: Open, server: ReadingServer) -> None:
    opened = open_page("/reading/")
    answer_all(opened.page)
    opened.page.keyboard.down("Enter")
    opened.page.keyboard.down("Enter")
    opened.page.keyboard.up("Enter")
    expect(opened.page.locator(".reading-form__summary")).to_be_visible()
    opened.settle()
    assert server.commits == []


def test_a_case_that_cannot_be_assessed_needs_a_reason(
    open_page: Open, server: ReadingServer
) -> None:
    opened = open_page("/reading/")
    opened.page.keyboard.press("2")
    opened.page.keyboard.press("x")
    opened.page.keyboard.type("motion, n 2")
    opened.page.locator("#viewer .pane").first.focus()
    confirm(opened.page)
    expect(opened.page).to_have_title("Worklist")
    assert server.commits[0][1] == {
        "bm": "cannot_assess",
        "dx": "cannot_assess",
        "reason": "motion, n 2",
    }


def test_the_draft_survives_a_reload(open_page: Open, server: ReadingServer) -> None:
    opened = open_page("/reading/")
    answer_all(opened.page)
    expect(opened.page.locator(".reading-form__saved")).to_have_text("Draft saved")
    assert server.answers == COMPLETE
    opened.page.reload()
    expect(opened.page.locator(".slider__value")).to_have_text("75")
    expect(opened.page.locator("[data-question=bm] [aria-checked=true]")).to_contain_text(
        "Malignant"
    )


def test_the_draft_survives_a_lost_line_and_a_reload_meanwhile(
    open_page: Open, server: ReadingServer
) -> None:
    opened = open_page("/reading/")
    server.line_lost = True
    answer_all(opened.page)
    saved = opened.page.locator(".reading-form__saved")
    expect(saved).to_have_text("Line lost: kept in this browser")
    opened.page.reload()
    expect(opened.page.locator(".slider__value")).to_have_text("75")
    server.line_lost = False
    expect(saved).to_have_text("Draft saved")
    assert server.answers == COMPLETE
    opened.complaints.clear()  # Chromium's lines about lost requests


def test_a_second_window_is_noticed_and_overwrites_nothing(
    open_page: Open, server: ReadingServer
) -> None:
    opened = open_page("/reading/")
    server.answers, server.revision = {"bm": "benign"}, 3
    opened.page.keyboard.press("2")
    expect(opened.page.locator(".reading-form__line")).to_contain_text("Another window")
    assert server.answers == {"bm": "benign"}
    opened.page.reload()
    expect(opened.page.locator("[data-question=bm] [aria-checked=true]")).to_contain_text("Benign")
    opened.complaints.clear()


def test_a_commit_whose_answer_is_lost_is_asked_for_again_with_the_same_key(
    open_page: Open, server: ReadingServer
) -> None:
    server.lose_commit_answers = True
    opened = open_page("/reading/")
    answer_all(opened.page)
    confirm(opened.page)
    expect(opened.page.locator(".reading-form__line")).to_contain_text("Not committed yet")
    server.lose_commit_answers = False
    expect(opened.page).to_have_title("Worklist")
    assert len(server.commits) > 1
    assert len({key for key, _ in server.commits}) == 1
    assert all(answers == COMPLETE for _, answers in server.commits)
    opened.complaints.clear()


def test_pausing_hides_the_images_and_is_reported(open_page: Open, server: ReadingServer) -> None:
    opened = open_page("/reading/")
    opened.page.get_by_role("button", name="Pause").click()
    expect(opened.page.locator(".viewer__grid")).to_be_hidden()
    opened.page.keyboard.press("2")
    opened.page.get_by_role("button", name="Go on").click()
    expect(opened.page.locator(".viewer__grid")).to_be_visible()
    assert server.answers == {}
    opened.page.reload()
    expect(opened.page.locator(".viewer__grid")).to_be_visible()
    assert server.events.count("pause") == server.events.count("resume") == 1
