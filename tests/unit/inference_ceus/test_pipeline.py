"""The pipeline's rules: marks, clinical values, warnings, findings, maps, progress, reruns."""

import numpy as np
import pytest

from inference.contracts import ClinicalValue, Exam, LesionInput, Marks, Volume
from inference.errors import CannotRun, UnusableInput
from inference.pipelines.ceus_dcb.configuration import BIOMARKERS, CLASSES, DEMO, DISEASES, MODELS
from inference.pipelines.ceus_dcb.pipeline import CeusPipeline
from tests.unit.inference_ceus.builders import (
    CENTRE,
    MARKED,
    breathing,
    clip_of,
    disc_frames,
    exam_of,
    outline,
    untrained_networks,
)

LAB = {"AFP": ClinicalValue("400", "ng/mL"), "viral_hepatitis": ClinicalValue("yes")}


@pytest.fixture(scope="module")
def pipeline() -> CeusPipeline:
    return CeusPipeline(untrained_networks(), DEMO)


@pytest.fixture(scope="module")
def exam() -> Exam:
    return exam_of(clip_of(disc_frames()), clinical=LAB)


def quiet(fraction: float, step: str) -> None:
    """No progress wanted."""


def result(pipeline: CeusPipeline, exam: Exam, marks: Marks | None = None):
    return pipeline.run(exam, marks or Marks(outlines=(outline(),)), (), quiet).prediction


def codes(prediction) -> list[str]:
    return [notice.code for notice in prediction.warnings]


def test_six_probabilities_and_every_modules_own(pipeline, exam) -> None:
    prediction = result(pipeline, exam)
    assert tuple(prediction.probabilities) == CLASSES
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.decision == max(CLASSES, key=lambda code: prediction.probabilities[code])
    stages = {stage.id: stage.probabilities for stage in prediction.stages}
    assert tuple(stages) == ("disease", "biomarker", "direct", *MODELS)
    assert stages["model_dcb"] == prediction.probabilities
    assert tuple(stages["biomarker"]) == BIOMARKERS


def test_findings_are_what_the_papers_readers_saw_and_the_clinical_share(pipeline, exam) -> None:
    prediction = result(pipeline, exam)
    groups = {finding.group: [] for finding in prediction.findings}
    for finding in prediction.findings:
        groups[finding.group].append(finding)
    assert [f.name for f in groups["disease"]] == list(DISEASES)
    assert [f.name for f in groups["biomarker"]] == list(BIOMARKERS)
    assert all(0 <= f.value <= 1 for f in (*groups["disease"], *groups["biomarker"]))
    shares = groups[f"contribution to {prediction.decision}"]
    assert {"Module-Disease", "Module-Biomarker", "AFP", "viral_hepatitis"} == {
        f.name for f in shares
    }
    size = next(f for f in groups["time-intensity curve"] if f.name == "lesion size")
    assert size.value == pytest.approx(25, abs=2) and size.unit == "mm"


def test_contributions_sum_to_the_distance_from_the_average_patient(pipeline, exam) -> None:
    import torch

    prediction = result(pipeline, exam)
    fusion = pipeline.networks.fusions["model_dcb"]
    average = fusion(fusion.mean[None]).double().softmax(dim=1)[0]
    share = sum(
        f.value
        for f in prediction.findings
        if f.group.startswith("contribution") and isinstance(f.value, float)
    )
    at = CLASSES.index(prediction.decision)
    distance = prediction.probabilities[prediction.decision] - float(average[at])
    assert share == pytest.approx(distance, abs=2e-3)
    assert torch.isfinite(average).all()


def test_without_clinical_values_the_video_alone_decides_and_it_is_said(pipeline, exam) -> None:
    bare = exam_of(*exam.clips)
    prediction = result(pipeline, bare)
    stages = {stage.id: stage.probabilities for stage in prediction.stages}
    assert stages["model_db"] == prediction.probabilities
    assert {"no_clinical", "missing_clinical"} <= set(codes(prediction))
    some = result(pipeline, exam)
    assert "clinical_assumed" in codes(some) and "no_clinical" not in codes(some)


def test_without_a_mark_it_says_what_it_needs(pipeline, exam) -> None:
    with pytest.raises(UnusableInput, match="needs the lesion marked once") as caught:
        result(pipeline, exam, Marks())
    assert caught.value.exit_code == 2


def test_a_box_is_taken_as_a_rectangle_on_its_frame(pipeline, exam) -> None:
    box = LesionInput((*CENTRE, float(MARKED)), (24.0, 24.0, 1.0))
    prediction = result(pipeline, exam, Marks((box,)))
    assert prediction.lesions[0].box_px == (36, 32, MARKED, 61, 57, MARKED + 1)
    assert prediction.lesions[0].source == "given" and prediction.lesions[0].box_mm is None


def test_outlines_elsewhere_are_refused(pipeline, exam) -> None:
    with pytest.raises(UnusableInput, match="but the cine has 30"):
        result(pipeline, exam, Marks(outlines=(outline(frame=200),)))
    far = LesionInput((900.0, 20.0, 3.0), (10.0, 10.0, 1.0))
    with pytest.raises(UnusableInput, match="outside its image"):
        result(pipeline, exam, Marks((far,)))


def test_what_is_no_cine_is_refused(pipeline) -> None:
    still = exam_of(clip_of(disc_frames()[:1]))
    with pytest.raises(CannotRun, match="at least 20 frames, found 1"):
        result(pipeline, still)
    volume = Volume(
        np.zeros((4, 8, 8), np.float32),
        geometry=None,
        phase=None,
        calibrated=False,
        series_key="1",
        modality="CT",
    )
    with pytest.raises(CannotRun, match="found CT"):
        result(pipeline, Exam(key="1", volumes=(volume,)))


def test_out_of_scope_input_is_said(pipeline) -> None:
    frames = np.repeat(disc_frames()[-1:], 24, axis=0)
    child = exam_of(clip_of(frames, spacing_mm=(0.3, 0.3)), age_years=9)
    assert {"age_out_of_range", "lesion_small", "no_wash_in"} <= set(codes(result(pipeline, child)))
    unknown = exam_of(clip_of(disc_frames(), spacing_mm=None))
    assert "no_spacing" in codes(result(pipeline, unknown))


def test_maps_lie_on_the_lesion_and_follow_it(pipeline, exam) -> None:
    output = pipeline.run(exam, Marks(outlines=(outline(),)), ("gradcam", "gradcam++"), quiet)
    methods = {(h.method, h.class_code) for h in output.heatmaps}
    wanted = {(m, code) for m in ("gradcam", "gradcam++") for code in DISEASES}
    assert methods == wanted | {("flow", "flow")}
    heatmap = output.heatmaps[0]
    assert heatmap.grid_zyx.shape[0] == 30
    for frame in (MARKED, MARKED + 3):
        rows, columns = np.nonzero(heatmap.grid_zyx[frame])
        middle = heatmap.affine @ (columns.mean(), rows.mean(), frame, 1)
        dx, dy = breathing()[frame]
        assert middle[:2] == pytest.approx((CENTRE[0] + dx, CENTRE[1] + dy), abs=4)
        assert middle[2] == frame


def test_attributions_state_their_completeness_error(pipeline, exam) -> None:
    output = pipeline.run(exam, Marks(outlines=(outline(),)), ("shap",), quiet)
    maps = [h for h in output.heatmaps if h.method == "shap"]
    assert [h.class_code for h in maps] == list(DISEASES)
    assert all(h.signed and h.completeness_error is not None for h in maps)
    assert all(np.abs(h.grid_zyx).max() > 0 for h in maps)


def test_progress_never_falls_and_a_rerun_is_the_same_to_the_bit(pipeline, exam) -> None:
    seen: list[tuple[float, str]] = []
    marks = Marks(outlines=(outline(),))
    first = pipeline.run(exam, marks, ("cam",), lambda f, step: seen.append((f, step)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1)
    assert len(set(fractions)) > 30
    again = pipeline.run(exam, marks, ("cam",), quiet)
    assert first.prediction == again.prediction
    for one, other in zip(first.heatmaps, again.heatmaps, strict=True):
        assert np.array_equal(one.grid_zyx, other.grid_zyx)
