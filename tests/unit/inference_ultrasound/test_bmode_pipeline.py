"""DCNN-US from images and outlines to an explained result, with the shipped weights."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from inference import pipelines
from inference.contracts import (
    ClinicalValue,
    Clip,
    Exam,
    LesionInput,
    Outline,
    RunOutput,
    Volume,
)
from inference.errors import CannotRun, InferenceError, UnusableInput
from inference.io import read_exam
from inference.phantoms import PhantomSize
from inference.phantoms.bmode import make_case
from inference.pipelines.bmode_dcnn.clinic import VARIABLES
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS
from inference.pipelines.bmode_dcnn.pipeline import open_pipeline
from inference.registry.loading import shipped_weights
from inference.registry.systems import BMODE_DCNN

SMALL = PhantomSize(rows=128)


@cache
def marked() -> tuple[Exam, tuple[Outline, ...]]:
    return make_case(77, 1, SMALL).marked_exam()


def run(exam: Exam, **arguments) -> RunOutput:
    arguments.setdefault("explain", ())
    return pipelines.run("bmode_dcnn", exam, device="cpu", **arguments)


def codes(output: RunOutput) -> set[str]:
    return {warning.code for warning in output.prediction.warnings}


def test_all_three_models_speak_and_the_fullest_decides() -> None:
    exam, outlines = marked()
    prediction = run(exam, outlines=outlines).prediction
    stages = {stage.id: stage.probabilities for stage in prediction.stages}
    assert list(stages) == ["L", "LB", "LBC", "background"]
    assert prediction.probabilities == stages["LBC"]
    assert prediction.decision == max(stages["LBC"], key=stages["LBC"].__getitem__)
    assert sum(stages["background"].values()) == pytest.approx(1)
    assert tuple(stages["background"]) == BACKGROUNDS
    assert prediction.warnings == ()
    (lesion,) = prediction.lesions
    corners = np.array(outlines[0].lesion)
    x0, y0, _, x1, y1, _ = lesion.box_px
    assert (x0, y0) == pytest.approx(corners.min(axis=0), abs=1)
    assert (x1, y1) == pytest.approx(corners.max(axis=0) + 1, abs=1)


def test_contributions_add_up_to_the_models_log_odds() -> None:
    exam, outlines = marked()
    prediction = run(exam, outlines=outlines).prediction
    shares = {f.name: f.value for f in prediction.findings if f.group == "clinical"}
    assert tuple(shares) == VARIABLES
    clinic = open_pipeline("demo", None, "cpu").networks.clinic
    assert clinic is not None
    mean = clinic.model.log_odds(clinic.model.means[None])[0]
    malignant = prediction.probabilities["malignant"]
    log_odds = np.log(malignant / (1 - malignant))
    assert sum(shares.values()) + mean == pytest.approx(log_odds, abs=0.01)  # type: ignore[arg-type]


def test_missing_clinical_values_fall_back_to_images() -> None:
    exam, outlines = marked()
    values = {k: v for k, v in exam.clinical.items() if k != "hepatitis"}
    output = run(replace(exam, clinical=values), outlines=outlines)
    prediction = output.prediction
    assert codes(output) == {"missing_clinical", "smaller_model"}
    assert [s.id for s in prediction.stages] == ["L", "LB", "background"]
    full = {s.id: s.probabilities for s in run(exam, outlines=outlines).prediction.stages}
    assert prediction.probabilities == full["LB"]
    (finding,) = [f for f in prediction.findings if f.group == "clinical"]
    assert (finding.name, finding.value) == ("hepatitis", None)


def test_age_and_sex_come_from_the_images_header() -> None:
    exam, outlines = marked()
    values = {k: v for k, v in exam.clinical.items() if k not in ("age", "sex")}
    assert run(replace(exam, clinical=values), outlines=outlines).prediction.stages[2].id == "LBC"


def test_without_background_the_lesion_alone_is_judged() -> None:
    exam, outlines = marked()
    output = run(exam, outlines=[replace(o, background=None) for o in outlines[:2]])
    assert codes(output) == {"few_images", "smaller_model"}
    assert [s.id for s in output.prediction.stages] == ["L"]


def test_a_box_stands_for_an_outline() -> None:
    exam, outlines = marked()
    corners = np.array(outlines[2].lesion)
    (x, y), (dx, dy) = corners.mean(axis=0), np.ptp(corners, axis=0)
    box = LesionInput((float(x), float(y), 2.0), (float(dx), float(dy), 1.0))
    output = run(exam, lesions=[box])
    assert codes(output) == {"few_images", "box_for_outline", "smaller_model"}
    assert output.prediction.lesions[0].series_key == exam.clips[2].series_key


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ({}, "no_marks"),
        ({"outlines": [Outline(((1, 1), (9, 1), (9, 9)), image=9)]}, "no_image"),
        ({"outlines": [Outline(((1, 1), (9, 1), (9, 9)), frame=1)]}, "no_image"),
        ({"outlines": [Outline(((900, 1), (990, 1), (990, 9)))]}, "outline_outside"),
        ({"lesions": [LesionInput((5, 5, 7), (3, 3, 1))]}, "no_image"),
    ],
)
def test_unusable_marks_end_in_a_sentence(marks, code: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        run(marked()[0], **marks)
    assert caught.value.code == code and caught.value.exit_code == 2


def test_another_modality_is_refused() -> None:
    volume = Volume(
        np.zeros((3, 8, 8), np.float32),
        geometry=None,
        phase=None,
        calibrated=True,
        series_key="ct",
        modality="CT",
    )
    with pytest.raises(CannotRun, match="found CT"):
        run(Exam("case", volumes=(volume,)))


def test_paper_size_without_weights_cannot_run() -> None:
    with pytest.raises(InferenceError) as caught:
        run(marked()[0], configuration="paper")
    assert (caught.value.code, caught.value.exit_code) == ("missing_weights", 3)


def test_published_weights_without_regression_go_by_images(tmp_path: Path) -> None:
    for part in ("l", "lb"):
        name = f"{part}.safetensors"
        copyfile(shipped_weights(BMODE_DCNN) / name, tmp_path / name)
    exam, outlines = marked()
    output = run(exam, outlines=outlines, weights=tmp_path)
    assert codes(output) == {"smaller_model"}
    assert output.record.label == "external weights"
    full = {s.id: s.probabilities for s in run(exam, outlines=outlines).prediction.stages}
    assert output.prediction.probabilities == full["LB"]


def test_scope_is_watched() -> None:
    frame = np.full((1, 64, 64, 3), 90, np.uint8)
    exam = Exam("x", clips=(Clip(frame, frame_time_ms=None, series_key="a", modality="US"),))
    triangle = ((10.0, 10.0), (20.0, 10.0), (15.0, 18.0))
    assert "no_spacing" in codes(run(exam, outlines=[Outline(triangle)]))
    tiny = Clip(frame, frame_time_ms=None, series_key="a", spacing_mm=(0.5, 0.5), modality="US")
    output = run(replace(exam, clips=(tiny,)), outlines=[Outline(triangle)])
    assert "lesion_small" in codes(output)


def test_reruns_are_identical_and_progress_grows() -> None:
    exam, outlines = marked()
    seen: list[float] = []
    arguments = {"outlines": outlines[:1], "explain": ("gradcam", "shap")}
    first = run(exam, progress=lambda share, _: seen.append(share), **arguments)
    second = run(exam, **arguments)
    assert first.prediction == second.prediction
    for left, right in zip(first.heatmaps, second.heatmaps, strict=True):
        assert np.array_equal(left.grid_zyx, right.grid_zyx)
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)


def test_maps_lie_on_their_regions_and_attributions_are_complete() -> None:
    exam, outlines = marked()
    output = run(exam, outlines=outlines[:1], explain=("gradcam", "gradcam++", "cam", "shap"))
    assert len(output.heatmaps) == 4 * 2 * 2  # methods, regions, classes
    regions = (outlines[0].lesion, outlines[0].background)
    for heatmap in output.heatmaps:
        rows, columns = heatmap.grid_zyx.shape[1:]
        middle = heatmap.affine @ [(columns - 1) / 2, (rows - 1) / 2, 0, 1]
        gaps = [np.abs(middle[:2] - _middle(polygon)).max() for polygon in regions if polygon]
        assert min(gaps) < 6
        assert middle[2] == 0 and heatmap.series_key == exam.clips[0].series_key
    shap = [m for m in output.heatmaps if m.method == "shap"]
    assert all(m.completeness_error is not None and m.completeness_error < 0.4 for m in shap)
    benign, malignant = shap[0], shap[1]
    assert np.array_equal(benign.grid_zyx, -malignant.grid_zyx)


def _middle(polygon) -> np.ndarray:
    corners = np.array(polygon)
    return (corners.min(axis=0) + corners.max(axis=0)) / 2


def test_written_cases_give_what_cases_in_memory_give(tmp_path: Path) -> None:
    case = make_case(77, 1, SMALL)
    case.write(tmp_path / case.name)
    outlines = marked()[1]
    read = run(read_exam(tmp_path / case.name), outlines=outlines).prediction
    assert read.probabilities == run(marked()[0], outlines=outlines).prediction.probabilities


def test_a_real_still_runs(shared_data: Path, tmp_path: Path) -> None:
    exam = read_exam(shared_data / "us" / "abdomen_bmode_jpegls.dcm")
    frame = exam.clips[0].shape_tyxc
    middle = (frame[2] / 2, frame[1] / 2, 0.0)
    values = {
        "hypoechoic_halo": ClinicalValue("no"),
        "age": ClinicalValue("61", "years"),
    }
    output = run(
        replace(exam, clinical=values),
        lesions=[LesionInput(middle, (120.0, 90.0, 1.0))],
        explain=("gradcam",),
    )
    assert codes(output) >= {"few_images", "missing_clinical", "smaller_model", "no_spacing"}
    assert len(output.heatmaps) == 2
    json.dumps(output.to_json())
