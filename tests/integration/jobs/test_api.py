"""Inference over HTTP: shapes, isolation, downloads."""

import csv
import io

import pytest
from PIL import Image

import inference.registry
from inference.jobs.execution import run_job
from inference.jobs.models import InferenceJob, JobState
from inference.jobs.overlays import location
from inference.registry import catalogue
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import NOT_BUILT
from tests.integration.jobs.samples import computing, make_job, sample_output
from webapp.accounts.models import Role
from webapp.accounts.services import create_user
from webapp.core.clock import SystemClock
from webapp.core.models import WorkerHeartbeat
from webapp.imaging.models import Case


@pytest.fixture
def done(cast: Cast, case: Case) -> InferenceJob:
    """A finished job of the clinician's."""
    job = make_job(cast, case)
    compute = computing(sample_output())
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=compute)
    return job


def test_asking_answers_202_with_the_job_and_no_result(cast: Cast, case: Case) -> None:
    address = f"/api/v1/cases/{case.pk}/inferences/"
    body = {"system": "lilnet_ct"}
    answer = cast.client("clinician").post(address, body, content_type="application/json")
    assert answer.status_code == 202
    job = InferenceJob.objects.get()
    assert answer.json() == {
        "job": {
            "id": str(job.pk),
            "system": "lilnet_ct",
            "state": "queued",
            "progress": 0.0,
            "message": answer.json()["job"]["message"],
            "error": None,
        },
        "result": None,
    }


def test_dead_worker_is_said_while_the_job_waits(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    address = f"/api/v1/inferences/{job.pk}/"
    client = cast.client("clinician")
    assert "worker is not running" in client.get(address).json()["job"]["message"]
    WorkerHeartbeat.objects.create(name="here", at=SystemClock().now())
    assert client.get(address).json()["job"]["message"] == "Waiting for the worker"


def box(centre_mm: list[float], size_mm: list[float]) -> dict[str, list[float]]:
    """Return a lesion as the API takes it."""
    return {"centre_mm": centre_mm, "size_mm": size_mm}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"system": "nonsense"}, "unknown_system"),
        ({"system": "not_built_yet"}, "not_built"),
        ({"system": "lilnet_ct", "lesions": [box([1, 2], [1, 1, 1])]}, "invalid"),
        ({"system": "lilnet_ct", "lesions": [box([1, 2, 3], [0, 1, 1])]}, "bad_lesion"),
    ],
)
def test_bad_requests_end_in_a_problem_document(
    cast: Cast,
    case: Case,
    body: dict[str, object],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inference.registry, "SYSTEMS", (*catalogue(), NOT_BUILT))
    address = f"/api/v1/cases/{case.pk}/inferences/"
    answer = cast.client("clinician").post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert InferenceJob.objects.count() == 0


def test_result_carries_the_contract_and_where_heat_maps_lie(
    cast: Cast, done: InferenceJob
) -> None:
    client = cast.client("clinician")
    result = client.get(f"/api/v1/inferences/{done.pk}/").json()["result"]
    contract = (
        "system version weights_sha256 configuration device decision probabilities lesions "
        "phases_used phases_missing warnings timings_ms"
    )
    assert set(contract.split()) <= set(result)
    assert result["heatmaps"][0]["shape_zyx"] == [2, 3, 4]
    for address in result["downloads"].values():
        assert client.get(address).status_code == 200
    heatmap = client.get(result["heatmaps"][0]["url"], headers={"Accept": "application/*"})
    assert (heatmap["Content-Type"], len(heatmap.content)) == ("application/octet-stream", 24)
    assert "no-store" in heatmap["Cache-Control"]


def test_missing_overlay_file_is_said(cast: Cast, done: InferenceJob) -> None:
    explanation = done.prediction.explanations.get()
    location(explanation.grid_sha256).unlink()
    address = f"/api/v1/inferences/{done.pk}/heatmaps/{explanation.pk}/"
    answer = cast.client("clinician").get(address)
    assert (answer.status_code, answer.json()["code"]) == (503, "overlay_missing")


def test_heat_map_of_another_run_is_not_found(cast: Cast, case: Case, done: InferenceJob) -> None:
    other = make_job(cast, case)
    explanation = done.prediction.explanations.get()
    address = f"/api/v1/inferences/{other.pk}/heatmaps/{explanation.pk}/"
    assert cast.client("clinician").get(address).status_code == 404


def test_another_clinician_finds_nothing(cast: Cast, case: Case, done: InferenceJob) -> None:
    cast.people["stranger"] = create_user(
        email="stranger@example.org",
        display_name="Strange Clinician",
        roles=[Role.CLINICIAN],
        actor=None,
        clock=cast.clock,
    )
    client = cast.client("stranger")
    heatmap = done.prediction.explanations.get()
    for address in (
        f"/api/v1/cases/{case.pk}/inferences/",
        f"/api/v1/cases/{case.pk}/inferences/latest/",
        f"/api/v1/inferences/{done.pk}/",
        f"/api/v1/inferences/{done.pk}/heatmaps/{heatmap.pk}/",
        f"/api/v1/inferences/{done.pk}/csv/",
        f"/api/v1/inferences/{done.pk}/png/",
        f"/cases/{case.pk}/ai/",
    ):
        assert client.get(address).status_code == 404, address
    for address in (f"/api/v1/cases/{case.pk}/inferences/", f"/api/v1/inferences/{done.pk}/retry/"):
        body = {"system": "lilnet_ct"}
        assert client.post(address, body, content_type="application/json").status_code == 404


def test_latest_is_the_run_asked_for_last(cast: Cast, case: Case, done: InferenceJob) -> None:
    client = cast.client("clinician")
    address = f"/api/v1/cases/{case.pk}/inferences/latest/"
    assert client.get(address).json()["job"]["id"] == str(done.pk)
    done.delete()
    assert client.get(address).status_code == 204


def test_failed_job_says_why_and_can_be_retried(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    InferenceJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error_code="missing_phase", error_message="No arterial phase."
    )
    client = cast.client("clinician")
    told = client.get(f"/api/v1/inferences/{job.pk}/").json()["job"]
    assert told["error"] == {"code": "missing_phase", "message": "No arterial phase."}
    assert told["message"] == "No arterial phase."
    again = client.post(f"/api/v1/inferences/{job.pk}/retry/")
    assert (again.status_code, again.json()["job"]["state"]) == (202, "queued")


def test_csv_is_labelled_and_complete(cast: Cast, done: InferenceJob) -> None:
    stored = done.prediction
    stored.record["badge"] = "phantom-trained"
    stored.save()
    answer = cast.client("clinician").get(f"/api/v1/inferences/{done.pk}/csv/")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[:2] == [
        ["section", "item", "value"],
        ["notice", "label", "Research use only - not for diagnosis · phantom-trained"],
    ]
    values = {(section, item): value for section, item, value in rows[1:]}
    assert values["probability", "HCC"] == "0.5"
    assert values["stage bm", "malignant"] == "0.8"
    assert values["lesion 1", "dx_mm"] == "10.0"
    assert values["completeness_error", "shap HCC arterial"] == "0.03"


def test_png_is_a_labelled_picture(cast: Cast, done: InferenceJob) -> None:
    answer = cast.client("clinician").get(f"/api/v1/inferences/{done.pk}/png/")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1600, 1000)
    assert "Research use only" in picture.info["Description"]


def test_download_before_the_result_is_refused(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    for kind in ("csv", "png"):
        answer = cast.client("clinician").get(f"/api/v1/inferences/{job.pk}/{kind}/")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
