"""The pipeline's rules: phases, boxes, warnings, probabilities, progress, reruns."""

from dataclasses import replace

import numpy as np
import pytest

from inference.contracts import Exam, LesionInput, Marks, Outline
from inference.errors import CannotRun, UnusableInput
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline
from tests.unit.inference_fourphase.builders import (
    ART,
    CENTRE_MM,
    DL,
    MARKS,
    NC,
    PV,
    exam_of,
    few_points,
    pipeline_of,
    untrained,
    volume_of,
)


def quiet(fraction: float, step: str) -> None: ...


@pytest.fixture(scope="module")
def pipeline() -> FourPhasePipeline:
    return pipeline_of(untrained())


@pytest.mark.parametrize("phases", [(NC, ART, PV, DL), (NC, ART, PV), (NC, ART, DL)])
def test_each_set_of_phases_gives_a_result(pipeline, phases) -> None:
    output = pipeline.run(exam_of(*phases[::-1]), MARKS, (), quiet)
    prediction = output.prediction
    assert prediction.phases_used == tuple(phase.value for phase in phases)
    assert len(prediction.phases_missing) == 4 - len(phases)
    assert [w.code for w in prediction.warnings] == ["missing_phase"] * (4 - len(phases))
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.decision == max(prediction.probabilities, key=prediction.probabilities.get)
    assert [s.id for s in prediction.stages] == ["prediction_module", *prediction.phases_used]
    assert prediction.decision_lesion == 0 and prediction.lesions[0].source == "given"


@pytest.mark.parametrize("phases", [(ART, PV, DL), (NC, PV, DL), (NC, ART), (None, None), ()])
def test_a_missing_required_phase_is_refused_not_guessed(pipeline, phases) -> None:
    with pytest.raises(CannotRun) as caught:
        pipeline.run(exam_of(*phases), MARKS, (), quiet)
    assert caught.value.code == ("missing_phase" if phases else "wrong_modality")
    assert caught.value.exit_code == 3


def test_without_a_box_nothing_is_guessed(pipeline) -> None:
    with pytest.raises(UnusableInput, match="mark one with a box") as caught:
        pipeline.run(exam_of(NC, ART, PV), Marks(), (), quiet)
    assert (caught.value.code, caught.value.exit_code) == ("box_needed", 2)
    outline = Outline(((0, 0), (0, 9), (9, 9)))
    with pytest.raises(UnusableInput, match="uses no outline"):
        pipeline.run(exam_of(NC, ART, PV), Marks(outlines=(outline,)), (), quiet)
    outside = LesionInput((900.0, 0.0, 0.0), (20.0, 20.0, 20.0))
    with pytest.raises(UnusableInput, match="Lesion 2 lies outside"):
        pipeline.run(exam_of(NC, ART, PV), Marks((*MARKS.lesions, outside)), (), quiet)


def test_images_without_units_or_place_are_refused(pipeline) -> None:
    exam = exam_of(NC, ART, PV)
    grey = volume_of(ART, calibrated=False)
    with pytest.raises(CannotRun, match="no Hounsfield units"):
        pipeline.select(replace(exam, volumes=(exam.volumes[0], grey, exam.volumes[2])))
    magnetic = tuple(volume_of(phase, modality="MR") for phase in (NC, ART, PV))
    with pytest.raises(CannotRun, match="found MR"):
        pipeline.select(Exam(key="1", volumes=magnetic))


def test_of_two_volumes_the_larger_is_read_and_said(pipeline) -> None:
    exam = exam_of(NC, ART, PV)
    selection = pipeline.select(replace(exam, volumes=(*exam.volumes, volume_of(ART))))
    assert "several_volumes" in [notice.code for notice in selection.warnings]
    assert len(selection.volumes) == 3


def test_small_lesions_are_warned_about_and_the_first_decides(pipeline) -> None:
    tiny = LesionInput(CENTRE_MM, (8.0, 8.0, 8.0))
    marks = Marks((tiny, *MARKS.lesions))
    prediction = pipeline.run(exam_of(NC, ART, PV, DL), marks, (), quiet).prediction
    assert [w.code for w in prediction.warnings] == ["lesion_small"]
    assert prediction.probabilities == prediction.lesions[0].probabilities
    assert prediction.lesions[0].probabilities != prediction.lesions[1].probabilities


def test_progress_never_falls_and_a_rerun_is_the_same_to_the_bit(pipeline, monkeypatch) -> None:
    few_points(monkeypatch)
    seen: list[float] = []
    exam = exam_of(NC, ART, DL)
    first = pipeline.run(exam, MARKS, ("cam", "shap"), lambda f, step: seen.append(f))
    again = pipeline.run(exam, MARKS, ("cam", "shap"), quiet)
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1) and len(seen) > 8
    assert first.prediction == again.prediction
    for one, other in zip(first.heatmaps, again.heatmaps, strict=True):
        assert np.array_equal(one.grid_zyx, other.grid_zyx)
    assert first.record.aggregation == "multi_task_output"
