"""The shipped weights: whole, small, fast without changing answers, and better than chance."""

from functools import cache

import numpy as np
import pytest
import torch

from inference.contracts import Outline
from inference.evaluation.metrics import macro_auc
from inference.layers.optimise import SOFTMAX_TOLERANCE
from inference.phantoms.ceus import make_case
from inference.pipelines import run
from inference.pipelines.ceus_dcb.configuration import CLASSES, DEMO, EVIDENCE, MODELS, VIDEO_PARTS
from inference.pipelines.ceus_dcb.networks import open_networks
from inference.pipelines.ceus_dcb.preprocess import carry, make_video
from inference.preprocessing.outlines import polygon_box
from inference.registry import load_network
from inference.registry.loading import shipped_weights
from inference.registry.systems import CEUS_DCB
from inference.registry.weights import read_manifest

UNSEEN_SEED = 7_000_002
N_CASES = 12


@cache
def case(index: int):
    made = make_case(UNSEEN_SEED, index)
    return made, made.exam()


def test_weights_are_whole_small_and_marked() -> None:
    folder = shipped_weights(CEUS_DCB)
    manifest = read_manifest(folder, "ceus_dcb")
    assert manifest.label == "phantom-trained" and manifest.configuration == "demo"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 6 * 2**20
    assert len(manifest.metrics["cohorts"]) >= 3
    assert all(found["metrics"]["macro_auc"]["ci_low"] for found in manifest.metrics["cohorts"])


def test_shipped_networks_load_by_the_contracts_call() -> None:
    video = torch.zeros(2, DEMO.n_frames + DEMO.n_flows, 3, DEMO.roi_px, DEMO.roi_px)
    with torch.no_grad():
        for part, targets in VIDEO_PARTS.items():
            assert load_network("ceus_dcb", part=part)(video).shape == (2, len(targets))
        for part in MODELS:
            row = torch.full((3, len(EVIDENCE)), 0.3)
            assert load_network("ceus_dcb", part=part)(row).shape == (3, len(CLASSES))


def test_reduced_precision_keeps_probabilities_within_tolerance() -> None:
    networks = open_networks("demo", None, "cpu")
    exact = load_network("ceus_dcb", part="disease")
    for index in range(3):
        made, exam = case(index)
        box = polygon_box(made.outline)
        region = carry(exam.clips[0], made.scene.marked_frame, box, DEMO)
        video = make_video(region, DEMO).tensor()[None]
        with torch.inference_mode():
            found = networks.fast["disease"](video).sigmoid()
            expected = exact(video).sigmoid()
        assert (found - expected).abs().max() < 2 * SOFTMAX_TOLERANCE


def test_unseen_phantoms_are_classified_far_better_than_by_chance() -> None:
    truth, probabilities = [], []
    for index in range(N_CASES):
        made, exam = case(index)
        outline = Outline(made.outline, frame=made.scene.marked_frame)
        prediction = run("ceus_dcb", exam, outlines=[outline], explain=()).prediction
        truth.append(CLASSES.index(made.patient.class_code))
        probabilities.append([prediction.probabilities[code] for code in CLASSES])
    table = np.array(probabilities)
    assert macro_auc(np.array(truth), table) > 0.75
    assert np.mean(table.argmax(axis=1) == truth) > 0.4


def test_a_whole_run_explains_and_is_marked() -> None:
    made, exam = case(0)
    outline = Outline(made.outline, frame=made.scene.marked_frame)
    output = run("ceus_dcb", exam, outlines=[outline], explain=("gradcam",))
    assert output.record.label == "phantom-trained" and len(output.record.weights_sha256) == 64
    assert {heatmap.method for heatmap in output.heatmaps} == {"gradcam", "flow"}
    assert max(float(heatmap.grid_zyx.max()) for heatmap in output.heatmaps[1:]) > 0
    assert output.to_json()["findings"][0]["group"] == "disease"


def test_there_are_no_shipped_weights_of_the_papers_size() -> None:
    _, exam = case(0)
    with pytest.raises(Exception, match="no shipped weights") as caught:
        run("ceus_dcb", exam, configuration="paper")
    assert getattr(caught.value, "exit_code", None) == 3
