"""Second opinions over HTTP: who sees what, from the question to the addendum."""

from typing import Any

import pytest
from django.http import HttpResponse

from inference.jobs.models import InferenceJob
from tests.integration.cast import PASSWORD, Cast
from webapp.imaging.models import Case
from webapp.imaging.selectors import cases_visible_to
from webapp.opinions.models import OpinionRequest

BODY = {"findings": "A lesion.", "impression": "HCC.", "category": "malignant"}


def send(cast: Cast, name: str, path: str, body: dict[str, Any], verb: str = "post") -> Any:
    client = cast.client(name)
    return getattr(client, verb)(f"/api/v1/{path}", body, content_type="application/json")


def get(cast: Cast, name: str, path: str) -> Any:
    return cast.client(name).get(f"/api/v1/{path}")


def code_of(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]  # type: ignore[attr-defined]


def test_the_whole_way(cast: Cast, case: Case, job: InferenceJob) -> None:
    asked = send(cast, "clinician", f"cases/{case.pk}/opinions/", {"question": "What is it?"})
    assert asked.status_code == 201
    path = f"opinions/{asked.json()['id']}"
    assert send(cast, "radiologist", f"{path}/claim/", {}).json()["state"] == "claimed"
    drafted = send(cast, "radiologist", f"{path}/draft/", {"findings": "A"}, "put").json()
    assert (drafted["draft"]["findings"], drafted["ai"]) == ("A", None)
    shown = send(cast, "radiologist", f"{path}/ai/", {}).json()
    assert shown["ai"]["id"] == str(job.pk)
    signed = send(cast, "radiologist", f"{path}/sign/", {**BODY, "password": PASSWORD})
    assert signed.status_code == 200
    told = get(cast, "clinician", f"{path}/").json()
    assert (told["state"], told["reports"][0]["category"]) == ("signed", "malignant")
    assert told["reports"][0]["ai_seen"] is True
    assert (told["ai"]["id"], told["draft"]) == (str(job.pk), None)
    body = {**BODY, "reason": "Typing error", "password": PASSWORD}
    assert send(cast, "radiologist", f"{path}/addendum/", body).status_code == 200
    versions = get(cast, "clinician", f"{path}/").json()["reports"]
    assert [report["version"] for report in versions] == [2, 1]


def test_second_claim_is_a_conflict_and_nobody_signs_for_a_colleague(
    cast: Cast, opinion: OpinionRequest
) -> None:
    path = f"opinions/{opinion.pk}"
    assert send(cast, "radiologist", f"{path}/claim/", {}).status_code == 200
    second = send(cast, "colleague", f"{path}/claim/", {})
    assert code_of(second) == (409, "already_claimed")
    body = {**BODY, "password": "another-password-of-tests"}
    assert code_of(send(cast, "colleague", f"{path}/sign/", body)) == (403, "already_claimed")


def test_draft_and_unsigned_ai_view_stay_with_who_is_reading(
    cast: Cast, opinion: OpinionRequest
) -> None:
    path = f"opinions/{opinion.pk}"
    send(cast, "radiologist", f"{path}/claim/", {})
    send(cast, "radiologist", f"{path}/draft/", {"findings": "Secret thought"}, "put")
    for name in ("clinician", "colleague"):
        assert "Secret thought" not in get(cast, name, f"{path}/").content.decode()


def test_wrong_password_is_a_400_naming_the_field(cast: Cast, opinion: OpinionRequest) -> None:
    path = f"opinions/{opinion.pk}"
    send(cast, "radiologist", f"{path}/claim/", {})
    refused = send(cast, "radiologist", f"{path}/sign/", {**BODY, "password": "not it"})
    assert code_of(refused) == (400, "wrong_password")
    assert set(refused.json()["fields"]) == {"password"}


def test_stranger_finds_nothing(cast: Cast, case: Case, opinion: OpinionRequest) -> None:
    for path in (f"opinions/{opinion.pk}/", f"cases/{case.pk}/opinions/"):
        assert get(cast, "stranger", path).status_code == 404
    body = {"question": "And this?"}
    assert send(cast, "stranger", f"cases/{case.pk}/opinions/", body).status_code == 404


@pytest.mark.parametrize("name", ["radiologist", "colleague"])
def test_radiologists_see_a_case_while_its_question_is_open(
    cast: Cast, case: Case, name: str
) -> None:
    assert case not in cases_visible_to(cast[name])
    asked = send(cast, "clinician", f"cases/{case.pk}/opinions/", {"question": "What is it?"})
    assert case in cases_visible_to(cast[name])
    path = f"opinions/{asked.json()['id']}"
    send(cast, "radiologist", f"{path}/claim/", {})
    send(cast, "radiologist", f"{path}/sign/", {**BODY, "password": PASSWORD})
    assert (case in cases_visible_to(cast[name])) == (name == "radiologist")


def test_readers_never_meet_cases_this_way(cast: Cast, case: Case, opinion: OpinionRequest) -> None:
    for name in ("junior", "truth", "statistician", "coordinator2"):
        assert case not in cases_visible_to(cast[name])
