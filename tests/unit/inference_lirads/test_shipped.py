"""The shipped weights: whole, small, marked, fast without changing answers, better than chance."""

from functools import cache

import numpy as np
import pytest
import torch

from inference.contracts import Exam, LesionInput, Marks
from inference.layers.optimise import SOFTMAX_TOLERANCE
from inference.phantoms.mr import MrPhantom, make_case
from inference.pipelines import run
from inference.pipelines.base import Work
from inference.pipelines.lirads_mri.configuration import DEMO, PHASES, TASKS
from inference.pipelines.lirads_mri.pipeline import Evidence, LiradsPipeline, open_pipeline
from inference.pipelines.lirads_mri.predict import run_on_crops
from inference.registry import load_network
from inference.registry.loading import shipped_weights
from inference.registry.systems import LIRADS_MRI
from inference.registry.weights import read_manifest

UNSEEN_SEED = 7_000_001
N_CASES = 6


@cache
def case(index: int) -> tuple[MrPhantom, Exam]:
    made = make_case(UNSEEN_SEED, index)
    return made, made.exam()


@pytest.fixture(scope="module")
def pipeline() -> LiradsPipeline:
    return open_pipeline("demo", None, "cpu")


@cache
def judged(index: int) -> Evidence:
    """Return the evidence of a case at its reference boxes."""
    made, exam = case(index)
    boxes = tuple(
        LesionInput((x, y, z), (dx, dy, dz)) for x, y, z, dx, dy, dz in
        (row.box_mm for row in made.truth())
    )  # fmt: skip
    system = open_pipeline("demo", None, "cpu")
    idle = Work(0.0, 0.0, lambda _: None)
    return system.predict(system.locate(system.select(exam), Marks(boxes), idle), idle)


def test_weights_are_whole_small_and_marked() -> None:
    folder = shipped_weights(LIRADS_MRI)
    manifest = read_manifest(folder, "lirads_mri")
    assert manifest.label == "phantom-trained" and manifest.configuration == "demo"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 6 * 2**20
    assert manifest.metrics["metrics"]["macro_auc"]["ci_low"] is not None
    assert 0 < manifest.training["cpu_minutes"] <= 15


def test_shipped_networks_load_by_the_contracts_call() -> None:
    side = {"segmenter": 32, "characteriser": DEMO.crop_px}
    for part in LIRADS_MRI.parts:
        network = load_network("lirads_mri", part=part.name)
        with torch.no_grad():
            logits = network(torch.zeros(2, 3, side[part.name], side[part.name]))
        assert len(logits) == 2 and torch.isfinite(logits).all()


def test_reduced_precision_keeps_the_probabilities(pipeline: LiradsPipeline) -> None:
    networks = pipeline.networks
    crops = [entry.crops for index in range(3) for entry in judged(index).lesions]
    fast = run_on_crops(crops, networks.characteriser, DEMO, networks.device).sigmoid()
    exact = run_on_crops(crops, networks.exact, DEMO, networks.device).sigmoid()
    assert fast.shape == (len(crops), len(PHASES), len(TASKS))
    assert (fast - exact).abs().mean() < SOFTMAX_TOLERANCE


def test_features_are_told_better_than_by_chance() -> None:
    hits = []
    for index in range(N_CASES):
        made, _ = case(index)
        for lesion, entry in zip(made.lesions, judged(index).lesions, strict=True):
            said = entry.features()
            wanted = lesion.features
            hits.append((said.aphe == wanted.aphe, said.washout == wanted.washout,
                         said.capsule == wanted.capsule))  # fmt: skip
    share = np.mean(hits, axis=0)
    assert share.min() >= 0.6 and share.mean() > 0.75


def test_masks_in_given_boxes_lie_on_the_lesions() -> None:
    found = []
    for index in range(N_CASES):
        made, _ = case(index)
        truth = made.labels()
        for number, entry in enumerate(judged(index).lesions, start=1):
            region = entry.region
            x0, y0, z0, x1, y1, z1 = region.box_px
            own = truth[z0:z1, y0:y1, x0:x1] == number
            total = int(region.inside_zyx.sum()) + int((truth == number).sum())
            found.append(2 * int((own & region.inside_zyx).sum()) / total)
    assert np.mean(found) > 0.5


def test_the_whole_run_ends_with_lesions_or_says_that_there_is_none() -> None:
    _, exam = case(0)
    output = run("lirads_mri", exam, device="cpu", explain=("cam",))
    codes = {notice.code for notice in output.prediction.warnings}
    assert len(output.masks) == len(output.prediction.lesions)
    if output.prediction.lesions:
        assert output.prediction.decision in LIRADS_MRI.class_codes
        assert len(output.heatmaps) == 5
    else:
        assert output.prediction.decision is None and "no_lesion" in codes
