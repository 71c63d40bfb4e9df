"""The shipped weights: whole, small, fast without changing answers, and far better than chance."""

from functools import cache

import numpy as np
import pytest
import torch

from inference.contracts import Exam, LesionInput, Marks
from inference.io.cohort import TruthRow
from inference.layers.optimise import SOFTMAX_TOLERANCE
from inference.phantoms.fourphase import make_case
from inference.pipelines import run
from inference.pipelines.base import Work
from inference.pipelines.fourphase_ct.configuration import CLASSES, DEMO
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline, open_pipeline
from inference.registry import load_network
from inference.registry.loading import shipped_weights
from inference.registry.systems import FOURPHASE_CT
from inference.registry.weights import read_manifest
from tests.unit.inference_fourphase.builders import few_points

UNSEEN_SEED = 7_000_001
N_CASES = 8
IDLE = Work(0.0, 0.0, lambda fraction: None)


@cache
def case(index: int) -> tuple[Exam, tuple[TruthRow, ...]]:
    made = make_case(UNSEEN_SEED, index)
    return made.exam(), made.truth()


def marks(row: TruthRow) -> Marks:
    x, y, z, dx, dy, dz = row.box_mm
    return Marks((LesionInput((x, y, z), (dx, dy, dz)),))


@pytest.fixture(scope="module")
def pipeline() -> FourPhasePipeline:
    return open_pipeline("demo", None, "cpu")


def test_weights_are_whole_small_and_marked() -> None:
    folder = shipped_weights(FOURPHASE_CT)
    manifest = read_manifest(folder, "fourphase_ct")
    assert manifest.label == "phantom-trained" and manifest.configuration == "demo"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 6 * 2**20
    for cohort in manifest.metrics["cohorts"]:
        assert cohort["metrics"]["macro_auc"]["ci_low"] is not None
    assert manifest.training["minutes"] > 0


def test_shipped_network_loads_by_the_contracts_call() -> None:
    network = load_network("fourphase_ct", part="fusion")
    with torch.no_grad():
        shape = (2, 4, DEMO.slices, 3, DEMO.side_px, DEMO.side_px)
        assert network(torch.zeros(shape)).shape == (2, len(CLASSES))


def test_reduced_precision_keeps_decisions_and_most_are_right(pipeline) -> None:
    networks, right = pipeline.networks, []
    for index in range(N_CASES):
        exam, rows = case(index)
        located = pipeline.locate(pipeline.select(exam), marks(rows[0]), IDLE)
        (evidence,) = pipeline.predict(located, IDLE).lesions
        with torch.no_grad():
            exact = networks.exact(evidence.images[None], evidence.phases)[0]
        difference = exact.softmax(dim=0) - evidence.balanced.softmax(dim=0)
        assert difference.abs().max() < SOFTMAX_TOLERANCE
        assert exact.argmax() == evidence.balanced.argmax()
        right.append(CLASSES[int(exact.argmax())] == rows[0].truth)
    assert np.mean(right) >= 0.7


def test_a_whole_run_explains_and_repeats_itself(monkeypatch) -> None:
    few_points(monkeypatch)
    exam, rows = case(0)
    lesions = marks(rows[0]).lesions
    output = run("fourphase_ct", exam, lesions=lesions)
    again = run("fourphase_ct", exam, lesions=lesions, explain=())
    assert output.prediction == again.prediction
    assert {heatmap.method for heatmap in output.heatmaps} == {"cam", "shap"}
    errors = [h.completeness_error for h in output.heatmaps if h.method == "shap"]
    assert max(errors) < 0.5
    assert output.record.label == "phantom-trained" and len(output.record.weights_sha256) == 64
