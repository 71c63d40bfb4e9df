"""Outlines from the viewer's frames to the pipelines' clips and back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import inference.registry
from inference.contracts import Outline, RunOutput
from inference.errors import UnusableInput
from inference.jobs import execution, services
from inference.jobs.exams import FrameOutline, frame_outlines, outlines_of, read_case
from inference.jobs.execution import run_job
from inference.jobs.models import Explanation, InferenceJob
from inference.jobs.results import result_json
from inference.jobs.selectors import with_result
from inference.phantoms.cohort import phantom_cases
from inference.registry import catalogue
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import MADE_US
from tests.integration.jobs.samples import computing, sample_output
from tests.integration.jobs.ultrasound import ultrasound_case
from webapp.core.errors import InvalidInput
from webapp.core.home import ensure_home
from webapp.imaging.ingest import ingest
from webapp.imaging.models import Case, PictureKind

LESION = ((3.0, 4.0), (12.0, 4.0), (8.0, 11.5))
LIVER = ((20.0, 4.0), (29.0, 4.0), (25.0, 11.0))


@pytest.fixture(autouse=True)
def made_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry knows one system more."""
    monkeypatch.setattr(inference.registry, "SYSTEMS", (*catalogue(), MADE_US))


@pytest.fixture
def scans(cast: Cast, tmp_path: Path, settings: Any) -> Case:
    """An ultrasound case: two stills that are one series of the viewer, and a cine."""
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    return ultrasound_case(cast, tmp_path / "us")


def outline(case: Case, number: int, frame: int, **changes: Any) -> FrameOutline:
    """Outline a lesion on a frame of the case's series with a number."""
    series = case.series.get(number=number)
    return replace(FrameOutline(series.pk, frame, LESION, LIVER), **changes)


def test_stills_and_cine_are_found_from_the_viewers_frames(scans: Case) -> None:
    exam = read_case(scans)
    stills, cine = (scans.series.get(number=n) for n in (1, 2))
    assert (stills.n_frames, cine.n_frames) == (2, 3)
    drawn = [FrameOutline(stills.pk, 1, LESION, LIVER), FrameOutline(cine.pk, 2, LESION)]
    found = outlines_of(exam, scans, drawn)
    values = [exam.clips[each.image].frames_tyxc[each.frame, 0, 0, 0] for each in found]
    assert values == [20, (2 * 32 * 40) % 256]
    assert (found[0].lesion, found[0].background) == (LESION, LIVER)
    assert frame_outlines(exam, scans, found) == drawn


def test_images_that_are_no_clip_and_clips_that_are_not_there_are_said(
    cast: Cast, scans: Case
) -> None:
    exam = read_case(scans)
    with pytest.raises(UnusableInput, match="counted from 0"):
        frame_outlines(exam, scans, [Outline(LESION, image=9)])
    with pytest.raises(UnusableInput, match="neither ultrasound"):
        outlines_of(exam, scans, [outline(scans, 1, 7)])


def test_a_job_keeps_outlines_and_another_outline_is_another_job(cast: Cast, scans: Case) -> None:
    first = ask(cast, scans, [outline(scans, 1, 0)])
    assert first.outlines[0]["lesion"] == [list(corner) for corner in LESION]
    assert ask(cast, scans, [outline(scans, 1, 0)]) == first
    assert ask(cast, scans, [outline(scans, 1, 1)]) != first


@pytest.mark.parametrize(
    ("frames", "changes", "code", "words"),
    [
        ((), {}, "marks_missing", "needs the lesion outlined"),
        ((0,), {"background": None}, "marks_missing", "liver beside the lesion"),
        ((0, 1, 0), {}, "marks_unused", "at most 2 frames, found 3"),
        ((5,), {}, "bad_outline", "doesn't have"),
    ],
)
def test_missing_and_needless_marks_are_said_before_anything_is_queued(
    cast: Cast, scans: Case, frames: tuple[int, ...], changes: Any, code: str, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        ask(cast, scans, [outline(scans, 1, frame, **changes) for frame in frames])
    assert refused.value.code == code
    assert InferenceJob.objects.count() == 0


def test_the_api_takes_outlines(cast: Cast, scans: Case) -> None:
    address = f"/api/v1/cases/{scans.pk}/inferences/"
    drawn = outline(scans, 1, 1).to_json()
    client = cast.client("clinician")
    body = {"system": "made_us", "outlines": [drawn]}
    assert client.post(address, body, content_type="application/json").status_code == 202
    assert InferenceJob.objects.get().outlines == [drawn]
    flat = {"system": "made_us", "outlines": [{**drawn, "lesion": [[1, 2], [3, 4]]}]}
    assert client.post(address, flat, content_type="application/json").status_code == 400


def test_the_run_gets_outlines_and_clinical_values(
    cast: Cast, scans: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def pretended(system: str, exam: Any, **options: Any) -> RunOutput:
        given.update(options, exam=exam)
        return output_on(exam.clips[1].series_key)

    monkeypatch.setattr(execution.pipelines, "run", pretended)
    scans.clinical_entries.create(name="AFP", value="12.5")
    job = ask(cast, scans, [outline(scans, 1, 1)])
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock)
    assert (given["outlines"][0].image, given["outlines"][0].frame) == (1, 0)
    assert given["exam"].clinical["AFP"].value == "12.5"
    assert given["exam"].clinical["AFP"].unit == "ng/mL"


def test_boxes_and_maps_on_a_still_lie_on_its_frame_in_the_viewer(cast: Cast, scans: Case) -> None:
    key = read_case(scans).clips[1].series_key
    job = ask(cast, scans, [outline(scans, 1, 1)])
    compute = computing(output_on(key))
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=compute)
    result = result_json(with_result(job.pk))
    assert result is not None
    series = scans.series.get(number=1)
    assert result["lesions"][0]["series"] == str(series.pk)
    assert result["lesions"][0]["box_px"] == [0, 0, 1, 10, 10, 2]
    stored = Explanation.objects.get()
    assert (stored.series, stored.affine[11]) == (series, 1.0)


def ask(cast: Cast, case: Case, outlines: list[FrameOutline]) -> InferenceJob:
    """Queue a run of the made-up system."""
    return services.request_inference(
        case=case, system="made_us", actor=cast["clinician"], clock=cast.clock, outlines=outlines
    )


def output_on(key: str) -> RunOutput:
    """Return a run's output whose lesion and map lie on a clip of one frame."""
    output = sample_output(key)
    lesion = replace(output.prediction.lesions[0], box_mm=None, box_px=(0, 0, 0, 10, 10, 1))
    heatmap = replace(output.heatmaps[0], affine=np.eye(4), grid_zyx=np.ones((1, 4, 4), np.float32))
    return replace(
        output, prediction=replace(output.prediction, lesions=(lesion,)), heatmaps=(heatmap,)
    )


def test_stills_without_header_are_read_when_called_ultrasound(
    cast: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    (tmp_path / "stills").mkdir()
    phantom = next(phantom_cases("bmode_dcnn", 1, 20_003))
    for number, clip in enumerate(phantom.exam().clips):
        still = Image.fromarray(clip.frames_tyxc[0].squeeze())
        still.save(tmp_path / "stills" / f"{number}.png")
    phantom.write(tmp_path / "phantom")
    marks = json.loads((tmp_path / "phantom" / "outline.json").read_text("utf-8"))
    report = ingest(
        path=tmp_path / "stills",
        owner=cast["clinician"],
        project=None,
        clock=cast.clock,
        pictures_are=PictureKind.ULTRASOUND,
    )
    (case,) = report.cases
    drawn = [
        outline(case, 1, mark.get("image", 0), lesion=polygon(mark, "lesion"), background=None)
        for mark in marks
    ]
    job = services.request_inference(
        case=case,
        system="bmode_dcnn",
        actor=cast["clinician"],
        clock=cast.clock,
        outlines=drawn[:1],
    )
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock)
    result = result_json(with_result(job.pk))
    assert result is not None and result["decision"] in {"benign", "malignant"}
    assert "no_spacing" in {warning["code"] for warning in result["warnings"]}


def polygon(mark: dict[str, Any], name: str) -> tuple[tuple[float, float], ...]:
    """Return the corners of an outline as an ``outline.json`` has them."""
    corners = mark.get(name) or mark["polygon"]
    return tuple((float(x), float(y)) for x, y in corners)
