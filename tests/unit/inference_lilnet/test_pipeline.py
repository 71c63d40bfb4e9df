"""The pipeline's rules: phases, boxes, warnings, probabilities, progress, reruns."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.contracts import ContrastPhase, Exam, LesionInput, Marks, Notice, Volume
from inference.errors import CannotRun, UnusableInput
from inference.pipelines import run
from inference.pipelines.lilnet_ct.configuration import DEMO, LEAVES, PARTS
from inference.pipelines.lilnet_ct.pipeline import LiLNetPipeline
from inference.pipelines.lilnet_ct.predict import LesionEvidence, paper_eq2
from tests.unit.inference_lilnet.builders import (
    affine_of,
    brightness_networks,
    exam_of,
    volume_with_ball,
)

AXIAL = affine_of(np.eye(3), (1.0, 1.0, 5.0))
SHAPE_ZYX = (8, 96, 96)
BALL = (50.0, 40.0, 4.0)
AP, PVP = ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS


def volume(phase: ContrastPhase | None = PVP) -> Volume:
    return volume_with_ball(AXIAL, SHAPE_ZYX, BALL, phase=phase)


def ball(size: float = 20.0, shift: float = 0.0) -> LesionInput:
    x, y, z = volume().geometry.world_from_index(BALL).tolist()
    return LesionInput((x + shift, y, z), (size, size, size))


@pytest.fixture(scope="module")
def pipeline() -> LiLNetPipeline:
    return LiLNetPipeline(brightness_networks(), DEMO)


def quiet(fraction: float, step: str) -> None:
    """No progress wanted."""


def result(pipeline: LiLNetPipeline, exam: Exam, *lesions: LesionInput):
    return pipeline.run(exam, Marks(tuple(lesions or [ball()])), (), quiet).prediction


def codes(prediction) -> list[str]:
    return [notice.code for notice in prediction.warnings]


def test_probabilities_cover_the_leaves_and_follow_from_the_stages(pipeline) -> None:
    prediction = result(pipeline, exam_of(volume(AP), volume(PVP)))
    stages = {stage.id: stage.probabilities for stage in prediction.stages}
    assert tuple(prediction.probabilities) == LEAVES
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    for branch in ("benign", "malignant"):
        for leaf in PARTS[branch]:
            expected = stages["bm"][branch] * stages[branch][leaf]
            assert prediction.probabilities[leaf] == pytest.approx(expected)
    assert prediction.phases_used == ("arterial", "portal_venous")
    assert prediction.phases_missing == ()


def test_the_decision_is_the_subtype_of_the_winning_branch() -> None:
    logits = {
        "bm": torch.tensor([[0.0, 0.1]]),
        "benign": torch.tensor([[9.0, 0.0, 0.0]]),
        "malignant": torch.tensor([[0.1, 0.0, 0.0]]),
    }
    evidence = LesionEvidence(None, (), logits)
    probabilities = evidence.probabilities()
    assert max(probabilities, key=lambda leaf: probabilities[leaf]) == "FNH"
    assert evidence.decision() == "HCC"


def test_images_are_averaged_as_logits_and_ranked_by_equation_2() -> None:
    rows = torch.tensor([[4.0, 0.0], [-1.0, 0.0]])
    evidence = LesionEvidence(None, (), {"bm": rows})
    expected = torch.softmax(torch.tensor([1.5, 0.0]), 0)
    assert evidence.stages()[0].probabilities["benign"] == pytest.approx(expected[0].item())
    assert paper_eq2(torch.tensor([[50.0, -50.0]]))[0].item() == pytest.approx(0.731, abs=1e-3)
    assert paper_eq2(torch.tensor([[50.0, -50, -50]]))[0].item() == pytest.approx(0.576, abs=1e-3)


def test_one_missing_phase_is_said_and_neither_is_refused(pipeline) -> None:
    prediction = result(pipeline, exam_of(volume(AP)))
    assert prediction.phases_missing == ("portal_venous",) and "missing_phase" in codes(prediction)
    with pytest.raises(CannotRun) as caught:
        result(pipeline, exam_of(volume(ContrastPhase.DELAYED)))
    assert caught.value.code == "missing_phase"


def test_an_unknown_phase_is_read_and_said(pipeline) -> None:
    prediction = result(pipeline, exam_of(volume(None), volume(ContrastPhase.DELAYED)))
    assert prediction.phases_used == () and len(prediction.phases_missing) == 2
    assert "unknown_phase" in codes(prediction)


def test_of_several_volumes_of_a_phase_the_largest_is_read(pipeline) -> None:
    small = volume_with_ball(AXIAL, (6, 96, 96), BALL)
    prediction = result(pipeline, exam_of(small, volume(PVP)))
    assert "several_volumes" in codes(prediction)


def test_out_of_scope_input_is_said(pipeline) -> None:
    exam = replace(
        exam_of(volume(), age_years=12), notices=(Notice("missing_slices", "One is missing."),)
    )
    prediction = result(pipeline, exam, ball(size=8.0), ball(size=90.0))
    assert {"missing_slices", "age_out_of_range", "lesion_small", "lesion_large"} <= set(
        codes(prediction)
    )


def test_wrong_modality_is_refused(pipeline) -> None:
    array = np.zeros(SHAPE_ZYX, np.float32)
    mr = Volume(array, geometry=None, phase=AP, calibrated=False, series_key="1", modality="MR")
    with pytest.raises(CannotRun, match="found MR"):
        result(pipeline, exam_of(mr))


def test_pictures_without_units_and_spacing_run_with_a_warning(pipeline) -> None:
    array = np.full(SHAPE_ZYX, 120, np.float32)
    array[3:6, 30:50, 40:60] = 250
    pictures = Volume(array, geometry=None, phase=None, calibrated=False, series_key="case")
    given = LesionInput((49.5, 39.5, 4.0), (20.0, 20.0, 3.0))
    output = pipeline.run(exam_of(pictures), Marks((given,)), ("cam",), quiet)
    prediction = output.prediction
    assert {"uncalibrated", "no_spacing"} <= set(codes(prediction))
    assert prediction.lesions[0].box_mm is None
    assert prediction.lesions[0].box_px == (40, 30, 3, 60, 50, 6)
    centre = output.heatmaps[0].affine @ (2, 2, 1, 1)
    assert centre[:3] == pytest.approx((49.5, 39.5, 4))


def test_the_first_given_lesion_is_the_index_lesion(pipeline) -> None:
    dark = ball(shift=-35.0)
    prediction = result(pipeline, exam_of(volume()), dark, ball())
    assert prediction.decision_lesion == 0 and len(prediction.lesions) == 2
    assert prediction.probabilities == prediction.lesions[0].probabilities


def test_a_lesion_outside_the_images_is_refused(pipeline) -> None:
    with pytest.raises(UnusableInput, match="Lesion 2 lies outside"):
        result(pipeline, exam_of(volume()), ball(), ball(shift=900.0))


def test_nothing_found_is_a_result(pipeline) -> None:
    output = pipeline.run(exam_of(volume()), Marks(), ("cam", "shap"), quiet)
    prediction = output.prediction
    assert prediction.decision is None and prediction.probabilities == {}
    assert prediction.lesions == () and "no_lesion" in codes(prediction)
    assert output.heatmaps == ()
    assert output.to_json()["decision"] is None


def test_progress_never_falls_and_ends_at_one(pipeline) -> None:
    seen: list[tuple[float, str]] = []
    exam = exam_of(volume(AP), volume(PVP))
    output = pipeline.run(exam, Marks((ball(),)), ("cam",), lambda f, step: seen.append((f, step)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1)
    steps = ["select", "locate", "predict", "explain"]
    assert list(dict.fromkeys(step for _, step in seen)) == steps
    assert list(output.record.timings_ms) == steps


def test_a_rerun_is_the_same_to_the_bit(pipeline) -> None:
    exam = exam_of(volume())
    first, again = (pipeline.run(exam, Marks((ball(),)), ("cam", "shap"), quiet) for _ in range(2))
    assert first.prediction == again.prediction
    for one, other in zip(first.heatmaps, again.heatmaps, strict=True):
        assert np.array_equal(one.grid_zyx, other.grid_zyx)


def test_each_class_of_each_network_has_a_map_per_phase(pipeline) -> None:
    output = pipeline.run(exam_of(volume(AP), volume(PVP)), Marks((ball(),)), ("gradcam",), quiet)
    names = {name for classes in PARTS.values() for name in classes}
    assert {(h.class_code, h.phase) for h in output.heatmaps} == {
        (name, phase) for name in names for phase in ("arterial", "portal_venous")
    }


def test_unknown_methods_and_missing_weights_are_refused(tmp_path) -> None:
    with pytest.raises(UnusableInput, match="no explanation 'lime'"):
        run("lilnet_ct", exam_of(volume()), explain=("lime",))
    with pytest.raises(CannotRun) as caught:
        run("lilnet_ct", exam_of(volume()), configuration="paper")
    assert caught.value.code == "missing_weights"
    with pytest.raises(CannotRun):
        run("lilnet_ct", exam_of(volume()), weights=tmp_path)
    with pytest.raises(UnusableInput):
        run("lilnet_ct", exam_of(volume()), configuration="huge")
