"""A reader in the middle of a case: no line, two windows, no session. No answer is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Cast, Installation, sign_in
from tests.e2e.faults.api import Api
from tests.e2e.faults.server import kill_web, wait_for_web
from tests.e2e.faults.stage import Study, unaided_study

PATIENCE_MS = 60_000
READER = "junior2"


@pytest.fixture(scope="module")
def study(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with a case for each test."""
    folder = tmp_path_factory.mktemp("study")
    return unaided_study(installation, folder, n_cases=5, seed=72, readers=[READER])


@pytest.fixture
def reading(installation: Installation, study: Study) -> Iterator[str]:
    """Address of the reader's next case; afterwards it is committed from elsewhere."""
    api = Api.of(installation, READER)
    key = study.next_reading(api)
    assert key is not None
    yield f"/read/{key}/"
    answers = {"bm": "no_lesion", "dx": "no_lesion"}
    api.post(f"readings/{key}/commit/", {"answers": answers}, Idempotency_Key=key)


def choose(page: Page, question: str, number: int) -> None:
    """Press the choice in a place, from 1."""
    page.locator(f"[data-question='{question}'] [role=radio]").nth(number - 1).click()


def expect_chosen(page: Page, question: str, number: int) -> None:
    """The choice in a place is the answer that is shown."""
    choice = page.locator(f"[data-question='{question}'] [role=radio]").nth(number - 1)
    expect(choice).to_have_attribute("aria-checked", "true", timeout=PATIENCE_MS)


def expect_saved(page: Page, state: str = "saved") -> None:
    """The page says how the draft stands."""
    saved = page.locator(".reading-form__saved")
    expect(saved).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


def expect_line(page: Page, words: str) -> None:
    """The page's line says some words."""
    expect(page.locator(".reading-form__line")).to_contain_text(words, timeout=PATIENCE_MS)


def test_answers_given_without_a_line_are_sent_when_it_is_back(people: Cast, reading: str) -> None:
    page = people(READER).page
    page.goto(reading)
    page.context.set_offline(True)
    choose(page, "bm", 2)
    expect_saved(page, "offline")
    choose(page, "dx", 3)
    page.context.set_offline(False)
    expect_saved(page)
    page.reload()
    expect_chosen(page, "bm", 2)
    expect_chosen(page, "dx", 3)


def test_answers_outlive_a_window_closed_without_a_line(people: Cast, reading: str) -> None:
    page = people(READER).page
    page.goto(reading)
    page.context.set_offline(True)
    choose(page, "bm", 1)
    expect_saved(page, "offline")
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(reading)
    expect_chosen(again, "bm", 1)
    expect_saved(again)


def test_the_second_window_says_so_and_its_answers_are_offered(people: Cast, reading: str) -> None:
    first = people(READER).page
    first.goto(reading)
    second = first.context.new_page()
    second.goto(reading)
    choose(first, "bm", 1)
    expect_saved(first)
    choose(second, "bm", 2)
    expect_saved(second, "conflict")
    expect_line(second, "Another window has changed these answers. Reload to see them")
    choose(second, "dx", 2)
    second.reload()
    expect_chosen(second, "bm", 1)
    expect_line(second, "others are not saved")
    second.get_by_role("button", name="Take the unsaved ones").click()
    expect_chosen(second, "bm", 2)
    expect_chosen(second, "dx", 2)
    expect_saved(second)
    first.reload()
    expect_chosen(first, "dx", 2)


def test_answers_outlive_the_session(people: Cast, reading: str) -> None:
    page = people(READER).page
    page.goto(reading)
    choose(page, "bm", 2)
    expect_saved(page)
    page.context.clear_cookies()
    choose(page, "dx", 4)
    expect_saved(page, "refused")
    expect_line(page, "Sign in in another tab, then go on here; nothing is lost.")

    other = page.context.new_page()
    sign_in(other, f"{READER}@example.org")
    other.close()
    choose(page, "confidence", 5)
    expect_saved(page)
    page.reload()
    for question, number in (("bm", 2), ("dx", 4), ("confidence", 5)):
        expect_chosen(page, question, number)


def test_a_killed_server_is_waited_out(
    people: Cast, installation: Installation, reading: str
) -> None:
    page = people(READER).page
    page.goto(reading)
    kill_web(installation)
    choose(page, "bm", 1)
    expect_saved(page, "offline")
    wait_for_web(installation)
    expect_saved(page)
    page.reload()
    expect_chosen(page, "bm", 1)
