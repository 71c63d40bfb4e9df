"""Pages of second opinions: worklist, reading, report, PDF."""

import io

import pytest
from pypdf import PdfReader

from tests.integration.cast import PASSWORD, Cast
from webapp.imaging.models import Case
from webapp.opinions import services
from webapp.opinions.models import Draft, OpinionRequest, OpinionState

WRITTEN = {
    "findings": "A 2 cm lesion <b>in segment 6</b>, \u2265 20 HU.",
    "impression": "\u809d\u7ec6\u80de\u764c, likely HCC.",
    "category": "malignant",
}


@pytest.fixture
def claimed(cast: Cast, opinion: OpinionRequest) -> OpinionRequest:
    """The question, taken by the radiologist."""
    return services.claim(request=opinion, actor=cast["radiologist"], clock=cast.clock)


def sign(cast: Cast, opinion: OpinionRequest, **changes: str) -> str:
    """Sign through the page; return where it leads or the page with its complaint."""
    form = {**WRITTEN, "password": PASSWORD, **changes}
    answer = cast.client("radiologist").post(f"/opinions/{opinion.pk}/", form)
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_worklist_offers_what_waits_and_claiming_leads_to_the_case(
    cast: Cast, opinion: OpinionRequest
) -> None:
    client = cast.client("radiologist")
    assert "Benign or malignant?" in client.get("/opinions/").content.decode()
    answer = client.post(f"/opinions/{opinion.pk}/claim/")
    assert answer["Location"] == f"/opinions/{opinion.pk}/"
    assert "Continue" in client.get("/opinions/").content.decode()


def test_who_was_slower_is_told_on_the_worklist(cast: Cast, claimed: OpinionRequest) -> None:
    answer = cast.client("colleague").post(f"/opinions/{claimed.pk}/claim/", follow=True)
    assert answer.redirect_chain == [("/opinions/", 302)]
    assert "A colleague has already taken this request" in answer.content.decode()


def test_ai_is_not_in_the_page_before_the_click(cast: Cast, claimed: OpinionRequest) -> None:
    client = cast.client("radiologist")
    address = f"/opinions/{claimed.pk}/"
    before = client.get(address)
    assert before.status_code == 200
    assert 'id="ai-panel"' not in before.content.decode()
    client.post(f"{address}ai/")
    assert 'id="ai-panel"' in client.get(address).content.decode()


def test_refused_signature_keeps_what_was_written(cast: Cast, claimed: OpinionRequest) -> None:
    page = sign(cast, claimed, password="not it")
    assert "nothing was signed" in page
    assert "\u2265 20 HU" in page
    assert PASSWORD not in page
    assert Draft.objects.get().findings == WRITTEN["findings"]
    claimed.refresh_from_db()
    assert claimed.state == OpinionState.CLAIMED


def test_signed_report_is_shown_to_the_clinician_beside_the_marked_ai(
    cast: Cast, claimed: OpinionRequest
) -> None:
    assert sign(cast, claimed) == f"/opinions/{claimed.pk}/report/"
    page = cast.client("clinician").get(f"/opinions/{claimed.pk}/report/").content.decode()
    assert "Malignant" in page
    assert "&lt;b&gt;in segment 6" in page
    ai_part = page.partition('class="panel ai-result"')[2]
    assert "Research use only" in ai_part
    assert "HCC" in ai_part


def test_colleague_is_led_to_the_report_instead_of_the_form(
    cast: Cast, claimed: OpinionRequest
) -> None:
    answer = cast.client("colleague").get(f"/opinions/{claimed.pk}/")
    assert answer["Location"] == f"/opinions/{claimed.pk}/report/"


def test_pdf_holds_both_parts_marked_and_numbered(cast: Cast, claimed: OpinionRequest) -> None:
    sign(cast, claimed)
    answer = cast.client("clinician").get(f"/opinions/{claimed.pk}/report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = pdf_text(answer.content)
    for part in (
        "Second opinion on case RR-000001",
        "Benign or malignant?",
        "<b>in segment 6</b>, \u2265 20 HU",
        "\u809d\u7ec6\u80de\u764c",
        "Signed by Rae Radiologist",
        "AI result",
        "Research use only - not for diagnosis",
        "page 1 of",
    ):
        assert part in text, part
    assert "no, read without it" in text


def test_long_report_numbers_all_its_pages(cast: Cast, claimed: OpinionRequest) -> None:
    sign(cast, claimed, findings="A line of findings.\n" * 120)
    answer = cast.client("clinician").get(f"/opinions/{claimed.pk}/report.pdf")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page.extract_text()


def test_pdf_before_signing_is_a_marked_preview_for_the_reader_only(
    cast: Cast, claimed: OpinionRequest
) -> None:
    sign(cast, claimed, password="not it")
    address = f"/opinions/{claimed.pk}/report.pdf"
    text = pdf_text(cast.client("radiologist").get(address).content)
    assert "Draft - not signed" in text
    assert "No AI result stood beside this report." in text
    refused = cast.client("clinician").get(address)
    assert refused.status_code == 409
    assert "There is no report yet" in refused.content.decode()


def test_same_report_prints_the_same_bytes(cast: Cast, claimed: OpinionRequest) -> None:
    sign(cast, claimed)
    address = f"/opinions/{claimed.pk}/report.pdf"
    first, second = (cast.client("clinician").get(address).content for _ in range(2))
    assert first == second


def test_case_panel_asks_then_links_to_the_report(cast: Cast, case: Case) -> None:
    client = cast.client("clinician")
    panel = f"/cases/{case.pk}/opinion/"
    assert "Ask for a second opinion" in client.get(panel).content.decode()
    answer = client.post(f"{panel}ask/", {"question": "What is it?"})
    opinion = OpinionRequest.objects.get()
    assert answer["Location"] == f"/opinions/{opinion.pk}/report/"
    page = client.get(panel).content.decode()
    assert "Ask for a second opinion" not in page
    assert "See the request" in page


def test_refused_question_stays_on_the_page(
    cast: Cast, case: Case, opinion: OpinionRequest
) -> None:
    answer = cast.client("clinician").post(
        f"/cases/{case.pk}/opinion/ask/", {"question": "Something long that I typed"}
    )
    page = answer.content.decode()
    assert "already an open question" in page
    assert "Something long that I typed" in page


def test_home_tells_the_clinician_that_the_report_is_ready(
    cast: Cast, claimed: OpinionRequest
) -> None:
    client = cast.client("clinician")
    assert "Report ready" not in client.get("/").content.decode()
    sign(cast, claimed)
    assert "Report ready: RR-000001" in client.get("/").content.decode()
