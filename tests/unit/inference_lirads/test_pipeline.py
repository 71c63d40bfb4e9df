"""The pipeline on a small phantom: contract, boxes, refusals, masks, heat maps, reruns."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.contracts import ClinicalValue, ContrastPhase, Exam, LesionInput, RunOutput, Volume
from inference.errors import CannotRun, UnusableInput
from inference.io import read_exam
from inference.pipelines import run
from inference.pipelines.lirads_mri.configuration import DEMO, TASKS
from inference.pipelines.lirads_mri.pipeline import LiradsPipeline, open_pipeline
from inference.pipelines.lirads_mri.preprocess import crop_inputs
from inference.pipelines.lirads_mri.revise import revise
from tests.unit.inference_lirads.builders import exam, phantom, untrained

ARTERIAL, PORTAL, DELAYED = (
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def case() -> Exam:
    return exam()


def boxes() -> list[LesionInput]:
    x, y, z, dx, dy, dz = phantom().truth()[0].box_mm
    return [LesionInput((x, y, z), (dx, dy, dz))]


def given(case: Exam, weights: Path, explain: Sequence[str] = ()) -> RunOutput:
    return run("lirads_mri", case, lesions=boxes(), weights=weights, device="cpu", explain=explain)


def codes(output: RunOutput) -> set[str]:
    return {notice.code for notice in output.prediction.warnings}


def test_a_box_gives_features_categories_and_a_mask(case: Exam, weights: Path) -> None:
    output = given(case, weights)
    answer = json.loads(json.dumps(output.to_json()))
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert list(answer["probabilities"]) == ["LR-3", "LR-4", "LR-5"]
    best = max(answer["probabilities"], key=lambda code: answer["probabilities"][code])
    assert answer["decision"] == best
    assert answer["phases_used"] == ["arterial", "portal_venous", "delayed"]
    assert {finding["group"] for finding in answer["findings"]} == {
        "features", "patient", "LI-RADS by ACR v2018", "LI-RADS by the paper",
        "feature probabilities",
    }  # fmt: skip
    assert all(finding["reason"].endswith(".") for finding in answer["findings"]
               if finding["group"] in ("features", "LI-RADS by ACR v2018"))  # fmt: skip
    # the untrained segmenter sees nothing: the box's ellipsoid stands for the lesion
    assert "not_segmented" in codes(output)
    (mask,) = output.masks
    assert answer["masks"][0]["runs"] == mask.runs()
    inside = np.argwhere(mask.inside_zyx)[:, ::-1]
    world = np.c_[inside, np.ones(len(inside))] @ mask.affine.T
    truth = phantom().truth()[0]
    assert np.abs(world[:, :3].mean(axis=0) - truth.box_mm.centre).max() < 4
    size = next(f.value for f in output.prediction.findings if f.name == "size")
    assert size == pytest.approx(truth.size_mm, abs=10)  # pixels of 4 mm, box grown to whole ones


def test_findings_can_be_revised(case: Exam, weights: Path) -> None:
    findings = given(case, weights).prediction.findings
    edited = revise(findings, {"APHE": "yes", "washout": "yes", "size": "25"})
    category = next(f.value for f in edited if f.group == "LI-RADS by ACR v2018")
    assert category == "LR-5"
    assert len(edited) == len(findings)


def test_nothing_found_is_said(case: Exam, weights: Path) -> None:
    output = run("lirads_mri", case, weights=weights, device="cpu", explain=("cam",))
    assert output.prediction.decision is None and output.prediction.probabilities == {}
    assert output.prediction.lesions == () and output.masks == () and output.heatmaps == ()
    assert "no_lesion" in codes(output)


def test_patients_not_at_risk_get_features_but_no_category(case: Exam, weights: Path) -> None:
    healthy = replace(case, clinical={"at_risk": ClinicalValue("no")})
    output = given(healthy, weights)
    assert output.prediction.decision is None and output.prediction.probabilities == {}
    assert output.prediction.lesions[0].probabilities == {}
    assert "not_at_risk" in codes(output)
    assert any(finding.name == "APHE" for finding in output.prediction.findings)
    silent = replace(case, clinical={})
    assert "at_risk_unknown" in codes(given(silent, weights))


def test_gadoxetate_and_prior_reach_the_rule(case: Exam, weights: Path) -> None:
    size = phantom().truth()[0].size_mm
    clinical = {
        "at_risk": ClinicalValue("yes"),
        "prior_size": ClinicalValue(f"{size / 2:g}", "mm"),
        "prior_interval": ClinicalValue("4", "months"),
    }
    late = [Volume(v.array_zyx, geometry=v.geometry, phase=ContrastPhase.HEPATOBILIARY,
                   calibrated=False, series_key="late", modality="MR")
            for v in case.volumes[-1:]]  # fmt: skip
    output = given(replace(case, clinical=clinical, volumes=(*case.volumes, *late)), weights)
    values = {finding.name: finding.value for finding in output.prediction.findings}
    assert values["contrast_agent"] == "gadoxetate"
    assert values["threshold_growth"] == "yes"


@pytest.mark.parametrize("phase", [ARTERIAL, PORTAL, DELAYED])
def test_a_missing_phase_is_refused_by_name(
    case: Exam, weights: Path, phase: ContrastPhase
) -> None:
    without = replace(case, volumes=tuple(v for v in case.volumes if v.phase is not phase))
    with pytest.raises(CannotRun, match=phase.value.replace("_", " ")) as caught:
        given(without, weights)
    assert caught.value.code == "missing_phase"


def test_other_modalities_places_and_marks_are_refused(case: Exam, weights: Path) -> None:
    first = case.volumes[0]
    foreign = Volume(first.array_zyx, geometry=first.geometry, phase=first.phase,
                     calibrated=True, series_key="ct", modality="CT")  # fmt: skip
    with pytest.raises(CannotRun, match="reads MR volumes, found CT"):
        given(replace(case, volumes=(foreign,)), weights)
    with pytest.raises(UnusableInput, match="Lesion 1 lies outside"):
        far = [LesionInput((5000.0, 0.0, 0.0), (10.0, 10.0, 10.0))]
        run("lirads_mri", case, lesions=far, weights=weights, device="cpu")
    with pytest.raises(CannotRun) as caught:
        run("lirads_mri", case, weights=weights, configuration="paper", device="cpu")
    assert caught.value.code == "foreign_weights"


def test_reruns_are_identical_and_progress_grows(case: Exam, weights: Path) -> None:
    seen: list[float] = []
    outputs = [
        run("lirads_mri", case, lesions=boxes(), weights=weights, device="cpu",
            explain=("cam",), progress=lambda share, step: seen.append(share))
        for _ in range(2)
    ]  # fmt: skip
    first, second = outputs
    assert first.prediction == second.prediction
    for a, b in zip(first.heatmaps, second.heatmaps, strict=True):
        assert np.array_equal(a.grid_zyx, b.grid_zyx)
    half = seen[: len(seen) // 2]
    assert half == sorted(half) and half[-1] == pytest.approx(1)


def test_heat_maps_explain_each_feature_in_its_own_phases(
    case: Exam, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.pipelines.lirads_mri.explain.SHAP_SAMPLES", 6)
    output = given(case, weights, explain=("cam", "gradcam", "gradcam++", "shap"))
    wanted = {
        ("arterial", "APHE"), ("portal_venous", "washout"), ("portal_venous", "capsule"),
        ("delayed", "washout"), ("delayed", "capsule"),
    }  # fmt: skip
    for method in ("cam", "gradcam", "gradcam++", "shap"):
        own = [heatmap for heatmap in output.heatmaps if heatmap.method == method]
        assert {(heatmap.phase, heatmap.class_code) for heatmap in own} == wanted
    centre = phantom().truth()[0].box_mm.centre
    for heatmap in output.heatmaps:
        _, rows, columns = heatmap.grid_zyx.shape
        middle = heatmap.affine @ ((columns - 1) / 2, (rows - 1) / 2, 0, 1)
        assert np.abs(middle[:2] - centre[:2]).max() < 4
        assert heatmap.signed == (heatmap.method == "shap")
        assert (heatmap.completeness_error is not None) == (heatmap.method == "shap")


def test_cam_agrees_with_autograd(case: Exam, weights: Path) -> None:
    pipeline = open_pipeline("demo", weights, "cpu")
    assert isinstance(pipeline, LiradsPipeline)
    network = pipeline.networks.exact
    image = crop_inputs(torch.rand(1, DEMO.crop_px, DEMO.crop_px))
    maps = network.maps(image).detach().requires_grad_(True)
    logits = network.head(maps.mean(dim=(2, 3)))
    closed = network.logit_gradients(*maps.shape[2:])
    for row in range(len(TASKS)):
        (gradient,) = torch.autograd.grad(logits[0, row], maps, retain_graph=True)
        torch.testing.assert_close(closed[row], gradient[0], atol=1e-7, rtol=1e-5)


def test_real_dynamic_mr_goes_through(shared_data: Path, weights: Path) -> None:
    """Breast MR of three time points in one series: no liver, but real files of this kind."""
    folder = shared_data / "mr" / "dce-ucsf-br-08"
    keys = [volume.series_key for volume in read_exam(folder).volumes]
    phases = dict(zip(keys, (ARTERIAL, PORTAL, DELAYED), strict=False))
    real = read_exam(folder, phases)
    (delayed,) = real.volumes_of(DELAYED)
    assert delayed.geometry is not None
    centre = delayed.geometry.world_from_index(np.array(delayed.shape_zyx[::-1]) / 2).tolist()
    output = run("lirads_mri", real, lesions=[LesionInput(tuple(centre), (20.0, 20.0, 12.0))],
                 weights=weights, device="cpu", explain=("cam",))  # fmt: skip
    assert sum(output.prediction.probabilities.values()) == pytest.approx(1)
    assert len(output.heatmaps) == 5 and len(output.masks) == 1
