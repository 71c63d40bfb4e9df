"""LiLNet's tables: what is counted where, with lesions whose answers are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.contracts import Box, ContrastPhase, Geometry, Volume
from inference.errors import UnusableInput
from inference.evaluation import evaluate
from inference.evaluation.intensity import intensity_scores, mean_inside
from inference.evaluation.lilnet_seeds import by_seed
from inference.evaluation.lilnet_summary import CaseResult, summarise
from inference.evaluation.metrics import macro_auc
from inference.io.cohort import TruthRow
from inference.pipelines.lilnet_ct.configuration import LEAVES, PARTS
from inference.pipelines.lilnet_ct.predict import LesionEvidence
from inference.pipelines.lilnet_ct.preprocess import CropStack

PHASES = (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS)


def row(case: int, code: str, size_mm: float) -> TruthRow:
    return TruthRow(
        case=f"case{case}",
        lesion=1,
        truth=code,
        malignant=code in PARTS["malignant"],
        size_mm=size_mm,
        box_mm=Box(0, 0, 0, size_mm, size_mm, size_mm),
        phases=("arterial", "portal_venous"),
        strata={"size_band": "<1 cm" if size_mm < 10 else "1-3 cm"},
    )


def evidence(code: str, arterial_code: str) -> LesionEvidence:
    """One image per phase; the portal venous one is right and twice as sure."""
    stacks = []
    for phase in PHASES:
        volume = Volume(
            np.zeros((1, 2, 2), np.float32),
            geometry=None,
            phase=phase,
            calibrated=True,
            series_key=phase,
        )
        stacks.append(CropStack(np.zeros((1, 2, 2), np.float32), np.eye(4), volume))
    logits = {}
    for part, classes in PARTS.items():
        rows = torch.zeros(2, len(classes))
        for image, (leaf, strength) in enumerate(((arterial_code, 1.0), (code, 2.0))):
            for label, name in enumerate(classes):
                if leaf in PARTS.get(name, (name,)):
                    rows[image, label] = strength
        logits[part] = rows
    return LesionEvidence(None, tuple(stacks), logits)


@pytest.fixture
def results() -> list[CaseResult]:
    cases = []
    for number in range(12):
        code = LEAVES[number % 6]
        wrong = LEAVES[(number + 3) % 6]  # the other branch
        own = evidence(code, wrong)
        by_phase = {"AP+PVP": own, "AP": own.in_phase(PHASES[0]), "PVP": own.in_phase(PHASES[1])}
        detection = ((1, 0, 0), (1, 0, 0), (0, 1, 1))
        decision = code if number else None
        rows = (row(number, code, 8.0 if number < 6 else 20.0),)
        brightness = ((float(LEAVES.index(code) % 3), float(number)),)
        cases.append(CaseResult(rows, (by_phase,), detection, decision, brightness, (0.5, 0.9)))
    return cases


def test_the_tables_hold_what_was_put_in(results: list[CaseResult]) -> None:
    summary = summarise(results, draws=20)
    json.dumps(summary)
    metrics = {name: value["estimate"] for name, value in summary["metrics"].items()}
    assert summary["n_cases"] == summary["n_lesions"] == 12
    for name in ("accuracy", "macro_auc", "bm_auc", "sensitivity", "specificity"):
        assert metrics[name] == 1.0
    assert metrics["detection_recall_iou30"] == 1.0
    assert metrics["detection_f1_iou50"] == 0.0
    assert metrics["accuracy_detected"] == pytest.approx(11 / 12)
    assert metrics["liver_dice"] == pytest.approx(0.7)
    assert summary["confusion"]["counts"] == (2 * np.eye(6, dtype=int)).tolist()


def test_phase_sets_are_told_apart(results: list[CaseResult]) -> None:
    phases = summarise(results, draws=20)["ablations"]["phases"]
    assert phases["PVP"]["bm_accuracy"]["estimate"] == 1.0
    assert phases["AP"]["bm_accuracy"]["estimate"] == 0.0
    gain = phases["AP+PVP minus AP"]["bm_accuracy"]
    assert gain == {"estimate": 1.0, "ci_low": 1.0, "ci_high": 1.0}
    assert phases["AP+PVP minus PVP"]["bm_accuracy"]["estimate"] == 0.0


def test_phases_are_compared_over_seeds(results: list[CaseResult]) -> None:
    rows = [result.rows[0] for result in results]
    right = [result.evidence[0] for result in results]
    # Another seed for which the arterial phase says all and the portal venous one nothing.
    swapped = [own | {"AP": own["PVP"], "PVP": own["AP"]} for own in right]
    found = by_seed(rows, [right, swapped])
    accuracy = {name: entry["accuracy"]["estimate"] for name, entry in found.items()}
    assert accuracy["AP+PVP"] == 1.0 and accuracy["AP"] == accuracy["PVP"] == 0.5
    assert accuracy["AP+PVP minus AP"] == accuracy["AP+PVP minus PVP"] == 0.5
    # A lesion that lacks a phase is left out.
    assert by_seed(rows[:1], [[right[0] | {"AP": None}]]) == {}


def test_strata_count_their_lesions(results: list[CaseResult]) -> None:
    bands = summarise(results, draws=20)["by_stratum"]["size_band"]
    assert {name: entry["n_lesions"] for name, entry in bands.items()} == {"<1 cm": 6, "1-3 cm": 6}
    assert bands["<1 cm"]["metrics"]["accuracy"]["estimate"] == 1.0


def test_a_lesion_without_a_phase_does_not_count_there(results: list[CaseResult]) -> None:
    only = {**results[0].evidence[0], "AP": None}
    results[0] = replace(results[0], evidence=(only,))
    phases = summarise(results, draws=20)["ablations"]["phases"]
    assert phases["AP"]["accuracy"]["estimate"] == 0.0
    assert phases["PVP"]["accuracy"]["estimate"] == 1.0


def test_both_aggregations_are_compared(results: list[CaseResult]) -> None:
    aggregation = summarise(results, draws=20)["ablations"]["aggregation"]
    assert aggregation["mean_logit"]["bm_auc"]["estimate"] == 1.0
    assert set(aggregation) == {"mean_logit", "paper_eq2"}


def test_bad_requests_are_refused(tmp_path) -> None:
    with pytest.raises(UnusableInput, match=r"truth\.csv"):
        evaluate("lilnet_ct", tmp_path)
    with pytest.raises(UnusableInput, match="no system"):
        evaluate("nothing", tmp_path)


def test_networks_are_measured_beside_mean_intensities(results: list[CaseResult]) -> None:
    table = summarise(results, draws=20)["ablations"]["mean_intensity"]
    plain, gain = table["logistic"]["macro_auc"], table["AP+PVP minus logistic"]["macro_auc"]
    assert 0.3 < plain["estimate"] < 1.0
    assert gain["estimate"] == pytest.approx(1.0 - plain["estimate"])


def test_mean_intensity_is_that_of_the_ellipsoid_in_the_box() -> None:
    geometry = Geometry(np.diag([1.0, 1.0, 1.0, 1.0]), (20, 20, 20))
    z, y, x = np.indices((20, 20, 20)) - 9.5
    ball = np.where(z**2 + y**2 + x**2 < 25, 100, -50).astype(np.float32)
    volume = Volume(ball, geometry=geometry, phase=None, calibrated=True, series_key="1")
    assert mean_inside(volume, Box(9.5, 9.5, 9.5, 8, 8, 8)) == 100
    assert np.isnan(mean_inside(volume, Box(90, 9, 9, 8, 8, 8)))


def test_intensities_that_tell_classes_apart_do_so_across_folds() -> None:
    truth = np.arange(60) % 3
    table = truth[:, None] ** 2 * 10.0 + np.random.default_rng(1).normal(size=(60, 1))
    table[7] = np.nan
    scores = intensity_scores(table, truth, [str(n) for n in range(60)], 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1)
    assert macro_auc(truth, scores) > 0.75
    mixed = np.random.default_rng(2).permutation(truth)
    assert abs(macro_auc(mixed, intensity_scores(table, mixed, ["a"] * 60, 3)) - 0.5) < 0.01
