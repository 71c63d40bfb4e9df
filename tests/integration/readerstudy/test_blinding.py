"""What a reader is sent, and what does not exist for them."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from readerstudy.models import Arm, ReaderStudy
from readerstudy.services.ending import lock
from tests.integration.cast import Cast
from tests.integration.readerstudy.stage import ANSWERS, frozen_study, opened

MISSING = {"type": "about:blank", "status": 404, "code": "not_found"}


@pytest.fixture
def junior(cast: Cast) -> Client:
    """The junior reader's browser."""
    return cast.client("junior")


@pytest.fixture
def aided(cast: Cast) -> ReaderStudy:
    """A study whose first period is aided."""
    return frozen_study(
        cast, prefix="AI-", design={"kind": "fixed", "periods": ["aided", "unaided"]}
    )


def api(reading: Any, verb: str = "") -> str:
    """Return the address of a reading's verb."""
    return f"/api/v1/readings/{reading}/{verb}"


def test_the_worklist_says_how_far_and_what_next(cast: Cast, study: ReaderStudy) -> None:
    (work,) = cast.client("junior").get("/api/v1/worklist/").json()["studies"]

    assert (work["done"], work["total"], work["next_due"]) == (0, 8, None)
    assert work["next"]["url"] == f"/read/{work['next']['reading']}/"


def test_opening_gives_the_form_and_nothing_else(
    cast: Cast, study: ReaderStudy, junior: Client
) -> None:
    reading = junior.get("/api/v1/worklist/").json()["studies"][0]["next"]["reading"]

    sent = junior.post(api(reading, "open/")).json()

    shown = sent["reading"]
    assert shown == {
        "id": reading,
        "code": shown["code"],
        "n": 1,
        "total": 4,
        "period": 1,
        "ai": False,
        "state": "open",
    }
    assert [question["id"] for question in sent["questions"]] == [
        "bm", "dx", "malignancy", "confidence",
    ]  # fmt: skip
    assert sent["draft"] == {"answers": {}, "revision": 0}
    assert sent["ai_url"] is None
    assert "C00" not in json.dumps(sent)
    assert "pathology" not in json.dumps(sent)


def test_the_form_comes_back_with_the_draft(cast: Cast, study: ReaderStudy, junior: Client) -> None:
    reading = opened(cast, study, "junior").pk
    draft = {"answers": {"bm": "benign"}, "revision": 0}
    saved = junior.put(api(reading, "draft/"), draft, content_type="application/json")

    assert saved.json() == {"revision": 1}
    assert junior.post(api(reading, "open/")).json()["draft"] == {
        "answers": {"bm": "benign"},
        "revision": 1,
    }


def test_a_commit_says_what_comes_next(cast: Cast, study: ReaderStudy, junior: Client) -> None:
    reading = opened(cast, study, "junior").pk
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "one"}}

    first = junior.post(api(reading, "commit/"), {"answers": ANSWERS}, **send)
    again = junior.post(api(reading, "commit/"), {"answers": ANSWERS}, **send)
    other = junior.post(
        api(reading, "commit/"), {"answers": ANSWERS}, content_type="application/json"
    )

    assert first.json()["committed"] is True
    assert first.json()["next"]["reading"] != str(reading)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "already_committed")


def test_events_are_one_list(cast: Cast, study: ReaderStudy, junior: Client) -> None:
    reading = opened(cast, study, "junior").pk
    events = [{"kind": "blur", "at_ms": 10}, {"kind": "focus", "at_ms": 20.4}]

    sent = junior.post(api(reading, "events/"), events, content_type="application/json")
    refused = junior.post(
        api(reading, "events/"), {"kind": "blur"}, content_type="application/json"
    )

    assert sent.json() == {"stored": 2}
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_unaided_the_ai_does_not_exist(cast: Cast, study: ReaderStudy, junior: Client) -> None:
    reading = opened(cast, study, "junior")
    heatmap = reading.study_case.pinned_runs.get().job.prediction.explanations.get().pk
    nowhere = junior.get("/api/v1/there/is/nothing/")

    for verb in ("ai/", f"ai/heatmaps/{heatmap}/", f"ai/heatmaps/{uuid4()}/"):
        answer = junior.get(api(reading.pk, verb))
        assert answer.status_code == 404
        assert answer.json() == nowhere.json()
    assert nowhere.json().items() >= MISSING.items()


def test_somebody_elses_reading_does_not_exist(cast: Cast, study: ReaderStudy) -> None:
    reading = opened(cast, study, "junior").pk
    senior = cast.client("senior")

    for verb in ("open/", "commit/", "events/", "tokens/"):
        answers = [
            senior.post(api(key, verb), {}, content_type="application/json")
            for key in (reading, uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
    for verb in ("images/", "ai/"):
        assert senior.get(api(reading, verb)).json() == senior.get(api(uuid4(), verb)).json()


def test_aided_the_arm_shows_what_it_lists(cast: Cast, aided: ReaderStudy, junior: Client) -> None:
    reading = opened(cast, aided, "junior")
    truth = reading.study_case.reference.get(task="dx").truth

    sent = junior.get(api(reading.pk, "ai/")).json()

    assert sent["decision"] == truth
    assert sent["probabilities"][truth] == pytest.approx(0.7)
    assert sent["weights_sha256"] == "ab" * 32
    assert len(sent["lesions"]) == 1
    (heatmap,) = sent["heatmaps"]
    series = reading.study_case.case.series.get()
    assert heatmap["method"] == "shap"
    assert str(series.pk) not in json.dumps(sent)
    values = junior.get(heatmap["url"])
    assert (values.status_code, len(values.content)) == (200, 24)


def test_aided_nothing_but_what_the_arm_lists(
    cast: Cast, aided: ReaderStudy, junior: Client
) -> None:
    reading = opened(cast, aided, "junior")
    heatmap = junior.get(api(reading.pk, "ai/")).json()["heatmaps"][0]["url"]
    Arm.objects.filter(study=aided, key="aided").update(
        ai={"system": "lilnet_ct", "show": ["label"]}
    )

    sent = junior.get(api(reading.pk, "ai/")).json()

    assert sent["decision"] is not None
    assert sent["probabilities"] == {}
    assert sent["stages"] == sent["lesions"] == sent["heatmaps"] == []
    assert junior.get(heatmap).status_code == 404


def test_the_ai_is_there_only_while_the_reading_is_open(
    cast: Cast, aided: ReaderStudy, junior: Client
) -> None:
    work = junior.get("/api/v1/worklist/").json()["studies"][0]
    reading = work["next"]["reading"]
    assert junior.get(api(reading, "ai/")).status_code == 404
    assert junior.get(api(reading, "images/")).status_code == 404

    opened(cast, aided, "junior")
    assert junior.get(api(reading, "ai/")).status_code == 200
    lock(study=aided, actor=cast["coordinator"], clock=cast.clock)
    assert junior.get(api(reading, "ai/")).status_code == 404
    assert junior.get(api(reading, "images/")).status_code == 404
    assert junior.post(api(reading, "tokens/")).status_code == 404


def test_images_go_by_names_of_this_reading_alone(cast: Cast, study: ReaderStudy) -> None:
    reading = opened(cast, study, "junior")
    case = reading.study_case.case
    series = case.series.get()
    other = next_with_case(cast, study, "senior", case.pk)

    manifests = {}
    for name, assignment in (("junior", reading), ("senior", other)):
        manifests[name] = cast.client(name).get(api(assignment.pk, "images/")).json()

    sent = json.dumps(manifests["junior"])
    for secret in (str(case.pk), case.code, case.study_uid, str(series.pk), series.series_uid):
        assert secret not in sent
    names = {manifest["series"][0]["id"] for manifest in manifests.values()}
    assert len(names) == 2
    assert manifests["junior"]["code"] == reading.code
    assert manifests["junior"]["series"][0]["label"] == "Arterial"
    tokens = cast.client("junior").post(api(reading.pk, "tokens/")).json()
    assert list(tokens["tokens"]) == [manifests["junior"]["series"][0]["id"]]
    assert tokens["expires_in"] <= 60


def next_with_case(cast: Cast, study: ReaderStudy, name: str, case_id: Any) -> Any:
    """Let a reader read on until a certain case is open."""
    from readerstudy.services.reading import commit_reading

    while True:
        assignment = opened(cast, study, name)
        if assignment.study_case.case_id == case_id:
            return assignment
        cast.clock.advance(timedelta(minutes=1))
        commit_reading(
            assignment=assignment, answers=ANSWERS, key="", user=cast[name], clock=cast.clock
        )
