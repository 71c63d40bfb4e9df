"""Findings beside the probabilities: stored, shown, changed by a person, taken away."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import inference.registry
from inference.contracts import Finding, Mask
from inference.jobs import revisions
from inference.jobs.execution import run_job
from inference.jobs.findings import grouped
from inference.jobs.models import Explanation, InferenceJob, Prediction, Revision
from inference.jobs.results import Json, result_json
from inference.jobs.selectors import with_result
from inference.lirads import Features
from inference.pipelines.lirads_mri.findings import describe
from inference.registry import catalogue
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import MADE_US
from tests.integration.jobs.samples import SERIES_UID, computing, make_case, sample_output
from webapp.core.errors import Conflict, InvalidInput
from webapp.core.models import AuditEvent
from webapp.opinions.pdf import preview_pdf
from webapp.opinions.rules import Opinion
from webapp.opinions.services import claim, request_opinion, save_draft

FINDINGS = (
    Finding("signs", "halo", "no"),
    Finding("signs", "size", 23.4, "mm", "From the outline."),
    Finding("signs", "pulsation", None, reason="Not seen on stills."),
    Finding("markers", "GPC3", 0.875, "probability"),
    Finding("verdict", "verdict", "benign", reason="Because halo is no."),
)


@pytest.fixture
def done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> InferenceJob:
    """A finished run with findings."""
    monkeypatch.setattr(inference.registry, "SYSTEMS", (*catalogue(), MADE_US))
    case = make_case(cast["clinician"], cast.clock, modality="US")
    job = InferenceJob.objects.create(
        case=case, system="made_us", input_key="k", created_at=cast.clock.now()
    )
    output = sample_output()
    output = replace(output, prediction=replace(output.prediction, findings=FINDINGS))
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=computing(output))
    return job


def result(job: InferenceJob) -> Json:
    """Return what the browser is sent."""
    found = result_json(with_result(job.pk))
    assert found is not None
    return found


def revise(cast: Cast, job: InferenceJob, **edits: str) -> Revision:
    """Change findings as the clinician."""
    return revisions.revise(job=job, edits=edits, actor=cast["clinician"], clock=cast.clock)


def test_findings_are_stored_and_grouped_in_order(done: InferenceJob) -> None:
    found = result(done)
    assert [row["name"] for row in found["findings"]] == [f.name for f in FINDINGS]
    groups = grouped(found)
    assert [group.name for group in groups] == ["Signs", "Markers", "Verdict"]
    assert [row.value for row in groups[0].rows] == ["no", "23.4 mm", "–"]
    assert groups[1].rows[0].value == "0.875"
    assert found["editable"][1] == {"name": "size", "label": "size", "unit": "mm", "values": []}


def test_a_change_keeps_the_models_values_and_adds_what_follows(
    cast: Cast, done: InferenceJob
) -> None:
    revise(cast, done, halo="yes", size="23.4")
    found = result(done)
    assert found["findings"][0]["value"] == "no"
    assert found["revision"]["edits"] == {"halo": "yes"}  # the model's own values are no edits
    rows = {row.name: row for group in grouped(found) for row in group.rows}
    assert (rows["verdict"].value, rows["verdict"].changed) == ("benign", "malignant")
    assert rows["verdict"].reason == "Because halo is yes."
    assert rows["size"].changed == ""
    event = AuditEvent.objects.get(action="inference.findings_revised")
    assert event.data == {"revision": 1, "changed": ["halo"], "slices": 0}
    assert Prediction.objects.get().result["findings"][4]["value"] == "benign"


def test_no_edits_take_earlier_ones_back(cast: Cast, done: InferenceJob) -> None:
    revise(cast, done, halo="yes")
    revise(cast, done)
    assert result(done)["revision"] is None
    assert [row.number for row in Revision.objects.all()] == [1, 2]


def test_a_report_signed_before_shows_nothing_that_was_changed_later(
    cast: Cast, done: InferenceJob
) -> None:
    signed_at = cast.clock.now()
    cast.clock.advance(cast.clock.now() - signed_at)
    prediction = Prediction.objects.get()
    made = revise(cast, done, halo="yes")
    Revision.objects.filter(pk=made.pk).update(made_at=signed_at.replace(year=signed_at.year + 1))
    assert revisions.latest_json(prediction, until=signed_at) is None
    assert revisions.latest_json(prediction) is not None


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"halo": "perhaps"}, "halo is one of yes, no, found perhaps"),
        ({"GPC3": "1"}, "GPC3 can't be changed; these can: halo, size"),
    ],
)
def test_other_values_and_names_are_refused(
    cast: Cast, done: InferenceJob, edits: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        revise(cast, done, **edits)
    assert not Revision.objects.exists()


def test_a_system_without_editable_findings_refuses(cast: Cast, done: InferenceJob) -> None:
    InferenceJob.objects.filter(pk=done.pk).update(system="lilnet_ct")
    done.refresh_from_db()
    with pytest.raises(Conflict, match="can't be changed"):
        revise(cast, done, halo="yes")


def test_the_api_changes_findings_and_says_what_a_system_cannot_follow(
    cast: Cast, done: InferenceJob
) -> None:
    client = cast.client("clinician")
    told = client.get(f"/api/v1/inferences/{done.pk}/").json()["result"]
    answer = client.post(
        told["revise_url"], {"edits": {"halo": "yes"}}, content_type="application/json"
    )
    assert answer.status_code == 201
    assert answer.json()["result"]["revision"]["findings"][4]["value"] == "malignant"
    answer = client.post(
        told["revise_url"], {"edits": {"size": "nonsense"}}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_features")


@pytest.fixture
def segmented(cast: Cast) -> InferenceJob:
    """A finished LI-RADS run whose mask is one slice of 8 x 8 mm."""
    case = make_case(cast["clinician"], cast.clock, modality="MR")
    job = InferenceJob.objects.create(
        case=case, system="lirads_mri", input_key="k", created_at=cast.clock.now()
    )
    features = Features(8.0, aphe=True, washout=False, capsule=False, at_risk=True)
    output = sample_output()
    mask = Mask(0, "delayed", SERIES_UID, np.ones((1, 8, 8), np.bool_), np.diag([1.0, 1, 3, 1]))
    prediction = replace(output.prediction, findings=describe(features, {}))
    output = replace(output, prediction=prediction, masks=(mask,))
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=computing(output))
    return job


def square_mm(side: float, z: float = 0.0) -> Json:
    """Return the outline of a square as the browser sends it."""
    corners = [[0, 0, z], [side, 0, z], [side, side, z], [0, side, z]]
    return {"at_mm": corners[0], "corners_mm": corners}


def test_a_redrawn_lesion_is_measured_and_both_stay(cast: Cast, segmented: InferenceJob) -> None:
    client = cast.client("clinician")
    told = client.get(f"/api/v1/inferences/{segmented.pk}/").json()["result"]
    assert told["redraw_series"] == str(segmented.case.series.get().pk)
    answer = client.post(
        told["revise_url"], {"edits": {}, "outlines": [square_mm(30.6)]},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    found = answer.json()["result"]
    assert found["revision"]["edits"] == {}
    assert found["revision"]["outlines"] == [square_mm(30.6)]
    rows = {(group.name, row.name): row for group in grouped(found) for row in group.rows}
    size = rows["Features", "size"]
    assert (size.value, size.changed) == ("8 mm", f"{30 * 2**0.5 + 1:.1f} mm")
    assert size.reason == "Measured on the outline drawn by a person."
    category = rows["LI-RADS by ACR v2018", "category"]
    assert (category.value, category.changed) == ("LR-3", "LR-4")
    assert Explanation.objects.filter(method="mask").count() == 1, "the model's mask stays"
    event = AuditEvent.objects.get(action="inference.findings_revised")
    assert event.data == {"revision": 1, "changed": ["size"], "slices": 1}
    assert "30.6" not in str(event.data)
    client.post(told["revise_url"], {"edits": {}}, content_type="application/json")
    assert result(segmented)["revision"] is None


@pytest.mark.parametrize(
    ("outlines", "words"),
    [
        ([{"at_mm": [0, 0, 0], "corners_mm": []}], "Nothing of the lesion is left"),
        ([square_mm(5000)], "far from the lesion"),
        ([{"at_mm": [0, 0], "corners_mm": []}], "at_mm"),
        ([{"at_mm": [0, 0, 0], "corners_mm": [["x", 0, 0]]}], "corners_mm"),
        ([square_mm(9)] * 301, "at most 300 slices, found 301"),
    ],
)
def test_outlines_that_cannot_be_are_refused(
    cast: Cast, segmented: InferenceJob, outlines: list[Json], words: str
) -> None:
    answer = cast.client("clinician").post(
        f"/api/v1/inferences/{segmented.pk}/revisions/", {"edits": {}, "outlines": outlines},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Revision.objects.exists()


def test_a_system_without_masks_refuses_outlines(cast: Cast, done: InferenceJob) -> None:
    with pytest.raises(Conflict, match="no lesion whose outline"):
        revisions.revise(
            job=done, edits={}, outlines=[square_mm(9)], actor=cast["clinician"], clock=cast.clock
        )


def test_csv_png_and_report_carry_them(cast: Cast, done: InferenceJob) -> None:
    revise(cast, done, halo="yes")
    client = cast.client("clinician")
    content = client.get(f"/api/v1/inferences/{done.pk}/csv/").content.decode()
    values = {(row[0], row[1]): row[2] for row in csv.reader(io.StringIO(content))}
    assert values["finding Signs", "halo"] == "no"
    assert values["finding Signs, changed by a person", "halo"] == "yes"
    assert values["reason Signs", "size"] == "From the outline."
    picture = client.get(f"/api/v1/inferences/{done.pk}/png/").content
    assert Image.open(io.BytesIO(picture)).size[1] > 1000
    asked = request_opinion(
        case=done.case, question="What is it?", urgent=False, actor=cast["clinician"],
        clock=cast.clock,
    )  # fmt: skip
    claim(request=asked, actor=cast["radiologist"], clock=cast.clock)
    draft = save_draft(
        request=asked, opinion=Opinion("Seen.", "", "", ""), actor=cast["radiologist"],
        clock=cast.clock,
    )  # fmt: skip
    with_findings = preview_pdf(asked, draft, result(done))
    without = preview_pdf(asked, draft, {**result(done), "findings": []})
    assert len(with_findings) > len(without)
