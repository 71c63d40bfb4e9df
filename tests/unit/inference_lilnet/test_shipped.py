"""The shipped weights: whole, small, fast without changing answers, and better than chance."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch

from inference.contracts import ContrastPhase, Exam, LesionInput
from inference.io.cohort import TruthRow
from inference.layers.optimise import SOFTMAX_TOLERANCE
from inference.phantoms.ct import make_case
from inference.pipelines import run
from inference.pipelines.lilnet_ct.configuration import DEMO, LEAVES, PARTS
from inference.pipelines.lilnet_ct.networks import Networks, open_networks
from inference.pipelines.lilnet_ct.preprocess import core_slices, crop_lesion, network_input
from inference.registry import load_network
from inference.registry.loading import shipped_weights
from inference.registry.systems import LILNET_CT
from inference.registry.weights import read_manifest

UNSEEN_SEED = 7_000_001
N_CASES = 18


@cache
def case(index: int) -> tuple[Exam, tuple[TruthRow, ...]]:
    made = make_case(UNSEEN_SEED, index)
    return made.exam(), made.truth()


def cases() -> Iterator[tuple[Exam, tuple[TruthRow, ...]]]:
    return (case(index) for index in range(N_CASES))


def given(row: TruthRow) -> LesionInput:
    x, y, z, dx, dy, dz = row.box_mm
    return LesionInput((x, y, z), (dx, dy, dz))


@pytest.fixture(scope="module")
def networks() -> Networks:
    return open_networks("demo", None, "cpu")


def test_weights_are_whole_small_and_marked() -> None:
    folder = shipped_weights(LILNET_CT)
    manifest = read_manifest(folder, "lilnet_ct")
    assert manifest.label == "phantom-trained" and manifest.configuration == "demo"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8 * 2**20
    assert manifest.metrics["metrics"]["macro_auc"]["ci_low"] is not None
    assert manifest.training["minutes"] > 0


def test_shipped_networks_load_by_the_contracts_call() -> None:
    for part, classes in PARTS.items():
        network = load_network("lilnet_ct", part=part)
        images = torch.zeros(2, 3, DEMO.crop_px, DEMO.crop_px)
        with torch.no_grad():
            assert network(images).shape == (2, len(classes))


def test_reduced_precision_keeps_decisions_and_the_stated_tolerance(networks: Networks) -> None:
    for exam, rows in cases():
        volume = exam.volumes_of(ContrastPhase.PORTAL_VENOUS)[0]
        assert volume.geometry is not None
        box = core_slices(volume.geometry.pixel_box(rows[0].box_mm))
        images = network_input(crop_lesion(volume, box, DEMO).images_zyx)
        with torch.inference_mode():
            for part in PARTS:
                exact = networks.exact[part](images).mean(dim=0).softmax(dim=0)
                fast = networks.fast[part](images).mean(dim=0).softmax(dim=0)
                assert (exact - fast).abs().max() < SOFTMAX_TOLERANCE, part
                assert exact.argmax() == fast.argmax(), part


def test_unseen_phantoms_are_classified_far_better_than_by_chance() -> None:
    right, branch = [], []
    for exam, rows in cases():
        prediction = run("lilnet_ct", exam, lesions=[given(rows[0])], explain=()).prediction
        right.append(prediction.decision == rows[0].truth)
        branch.append((prediction.decision in PARTS["malignant"]) == rows[0].malignant)
        assert tuple(prediction.probabilities) == LEAVES
    assert np.mean(right) > 0.45
    assert np.mean(branch) > 0.6


def test_a_whole_run_detects_explains_and_repeats_itself() -> None:
    exam, _ = case(0)
    output = run("lilnet_ct", exam)
    again = run("lilnet_ct", exam)
    assert output.prediction == again.prediction
    assert output.prediction.lesions, "the detector found nothing on an easy phantom"
    methods = {heatmap.method for heatmap in output.heatmaps}
    assert methods == {"cam", "shap"}
    errors = [h.completeness_error for h in output.heatmaps if h.method == "shap"]
    assert np.median(errors) < 0.5
    assert output.record.label == "phantom-trained" and len(output.record.weights_sha256) == 64
