"""What was typed into a form outlives a refusal and the end of the session."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Cast, Person, sign_in


def begin(page: Page, title: str) -> None:
    """Begin a study."""
    page.goto("/studies/")
    page.fill("#title", title)
    page.get_by_role("button", name="Begin").click()


def lose_session(person: Person) -> None:
    """Let the session end as it does after hours; the CSRF cookie stays."""
    person.page.context.clear_cookies(name="sessionid")


def sign_in_elsewhere(page: Page, email: str) -> None:
    """Sign in in another tab of the same browser."""
    other = page.context.new_page()
    sign_in(other, email)
    other.close()


def test_a_refused_step_of_the_wizard_shows_what_was_typed(people: Cast) -> None:
    page = people("coordinator").page
    begin(page, "Kept forms")
    page.wait_for_url("**/design/cases/")
    page.goto(page.url.replace("/cases/", "/analysis/"))
    page.fill("#plan", '{"schema": "analysis-plan/1", ')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This is not JSON")
    expect(page.locator("#plan")).to_have_value('{"schema": "analysis-plan/1", ')
    page.fill("#plan", "")
    page.goto(page.url.replace("/analysis/", "/design/"))
    page.fill("#title", "A better title")
    page.fill("#seed", "7")
    page.locator("#washout").evaluate("(field) => { field.type = 'text'; field.value = 'x'; }")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("whole number")
    expect(page.locator("#title")).to_have_value("A better title")
    expect(page.locator("#seed")).to_have_value("7")


def test_a_form_sent_after_the_session_ended_is_sent_again(people: Cast) -> None:
    coordinator = people("coordinator2")
    page = coordinator.page
    page.goto("/studies/")
    page.fill("#title", "Typed before the session ended")
    lose_session(coordinator)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("Sign in again in another tab")
    sign_in_elsewhere(page, "coordinator2@example.org")
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url("**/design/cases/")
    expect(page.locator("header")).to_contain_text("Typed before the session ended")


def test_a_form_opened_before_signing_in_elsewhere_still_goes_out(people: Cast) -> None:
    coordinator = people("coordinator2")
    page = coordinator.page
    page.goto("/studies/")
    page.fill("#title", "Typed before signing in elsewhere")
    lose_session(coordinator)
    sign_in_elsewhere(page, "coordinator2@example.org")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/design/cases/")
    expect(page.locator("header")).to_contain_text("Typed before signing in elsewhere")
