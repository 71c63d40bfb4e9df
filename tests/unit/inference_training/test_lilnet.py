"""LiLNet's training: what is cut out, what is drawn, and a whole training run in miniature."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.contracts import Box, ContrastPhase, Exam
from inference.errors import UnusableInput
from inference.io.cohort import TruthRow
from inference.pipelines.lilnet_ct import recipes
from inference.pipelines.lilnet_ct import train as training
from inference.pipelines.lilnet_ct.configuration import DEMO, LEAVES, PARTS
from inference.pipelines.lilnet_ct.detector_batches import TileSampler
from inference.pipelines.lilnet_ct.fitting import Fitter, accuracy, class_indices
from inference.pipelines.lilnet_ct.recipes import TrainingPlan, plan_for
from inference.pipelines.lilnet_ct.samples import Crops, Slices, gather
from inference.registry import load_network
from inference.registry.loading import shipped_weights
from inference.registry.systems import LILNET_CT
from inference.registry.weights import read_manifest
from inference.training.loop import Recipe
from tests.unit.inference_lilnet.builders import affine_of, volume_with_ball

BALL = (50.0, 40.0, 6.5)
TINY = Recipe(steps=2, batch=12, learning_rate=1e-3, optimiser="adamw")


def labelled(case: int, code: str) -> tuple[Exam, tuple[TruthRow, ...]]:
    affine = affine_of(np.eye(3), (1.0, 1.0, 5.0))
    volumes = tuple(
        volume_with_ball(affine, (14, 96, 96), BALL, 10.0, phase)
        for phase in (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS)
    )
    centre = volumes[0].geometry.world_from_index(BALL).tolist()
    row = TruthRow(
        case=f"phantom-{case}",
        lesion=1,
        truth=code,
        malignant=code in PARTS["malignant"],
        size_mm=20.0,
        box_mm=Box(*centre, 20.0, 20.0, 20.0),
        phases=("arterial", "portal_venous"),
    )
    return Exam(key=f"phantom-{case}", volumes=volumes), (row,)


@pytest.fixture(scope="module")
def samples() -> tuple[Crops, Slices]:
    exams = [labelled(n, LEAVES[n % 6]) for n in range(12)]
    return gather(exams, DEMO, np.random.default_rng(0))


def test_crops_hold_the_lesion_in_the_middle_and_boxes_hold_it_on_slices(samples) -> None:
    crops, slices = samples
    middle = crops.images.shape[-1] // 2
    assert (crops.images[:, middle, middle] > 200).all()
    assert crops.lesion.unique().tolist() == list(range(12))
    scale = DEMO.detector.image_px / 96
    for image, boxes in zip(slices.images, slices.boxes, strict=True):
        bright = (image > 200).nonzero().float()
        if boxes[0].sum() == 0:
            continue
        low, high = bright.min(dim=0).values, bright.max(dim=0).values + 1
        found = torch.tensor([low[1], low[0], high[1], high[0]])
        assert (found - boxes[0]).abs().max() < 2.5 * scale
    empty = slices.boxes.flatten(1).sum(dim=1) == 0
    assert 0 < empty.float().mean() < 0.5


def test_tiles_and_their_boxes_are_mirrored_together(samples) -> None:
    _, slices = samples
    tiles = TileSampler(slices, 128).draw(40, np.random.default_rng(0))
    assert tiles.images.shape == (40, 128, 128)
    shown = 0
    for image, boxes in zip(tiles.images, tiles.boxes, strict=True):
        for x0, y0, x1, y1 in boxes[boxes[:, 2] > boxes[:, 0]].tolist():
            assert image[int((y0 + y1) / 2), int((x0 + x1) / 2)] > 0.9
            shown += 1
    assert shown > 20


def test_class_indices_join_leaves_to_branches() -> None:
    assert class_indices(["HCC", "CYST"], PARTS["bm"]) == [1, 0]
    assert class_indices(["HCC", "CYST"], PARTS["benign"]) == [-1, 2]


def test_the_papers_recipe_falls_to_a_hundredth_in_30_epochs() -> None:
    recipe = plan_for("paper", n_images=1280).parts["bm"]
    assert (recipe.steps, recipe.batch, recipe.optimiser) == (300, 128, "sgd")
    assert recipe.rate(0) == 0.01 and recipe.rate(299) == pytest.approx(1e-4)
    assert plan_for("readme", 1280).parts["bm"].steps == 500
    with pytest.raises(UnusableInput, match="no recipe"):
        plan_for("best", 10)


def test_lesion_loss_is_the_published_loss_without_weight(samples) -> None:
    crops, _ = samples
    plan = replace(recipes.DEMO, lesion_images=2, lesion_weight=0.0)
    fitter = Fitter(DEMO, plan, 0, torch.device("cpu"), lambda name, step, steps: None)
    trunk = fitter.trunk(crops, TINY)
    assert not trunk.training and 0 <= accuracy(trunk, crops, LEAVES, DEMO) <= 1


def test_training_writes_weights_that_load_and_are_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exams = {n: labelled(n, LEAVES[n % 6]) for n in range(12)}
    rows = tuple(row for _, own in exams.values() for row in own)
    monkeypatch.setattr(training, "read_truth", lambda folder: rows)
    monkeypatch.setattr(
        training,
        "read_cohort",
        lambda folder, wanted, done=lambda n: None: [
            exams[n] for n in exams if exams[n][1][0] in tuple(wanted)
        ],
    )
    small = TrainingPlan(TINY, dict.fromkeys(PARTS, TINY), TINY, TINY, 2, 0.5, tile_px=64)
    monkeypatch.setattr(training, "plan_for", lambda name, n_images: small)
    seen: list[float] = []
    for output in (tmp_path / "a", tmp_path / "b"):
        training.train(
            tmp_path,
            output,
            configuration="demo",
            seed=3,
            device="cpu",
            progress=lambda fraction, step: seen.append(fraction),
        )
    manifest, again = (read_manifest(tmp_path / name, "lilnet_ct") for name in "ab")
    assert manifest.sha256 == again.sha256 and manifest.label == "phantom-trained"
    assert manifest.training["n_cases"] == 12
    json.dumps(dict(manifest.training))
    for part in (*PARTS, "detector"):
        load_network("lilnet_ct", part=part, checkpoint=tmp_path / "a" / f"{part}.safetensors")
    half = len(seen) // 2
    assert seen[:half] == sorted(seen[:half]) and seen[half - 1] == pytest.approx(1)

    # Another seed's classifiers beside the same detector and liver.
    seen.clear()
    training.train(
        tmp_path,
        tmp_path / "c",
        configuration="demo",
        seed=4,
        device="cpu",
        progress=lambda fraction, step: seen.append(fraction),
        keep=str(shipped_weights(LILNET_CT)),
    )
    shipped = read_manifest(shipped_weights(LILNET_CT), "lilnet_ct").files
    other = read_manifest(tmp_path / "c", "lilnet_ct").files
    assert all(
        other[f"{part}.safetensors"] != manifest.files[f"{part}.safetensors"] for part in PARTS
    )
    assert all(
        other[name] == shipped[name] for name in ("detector.safetensors", "liver.safetensors")
    )
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)


def test_a_cohort_without_a_class_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = labelled(0, "HCC")[1]
    monkeypatch.setattr(training, "read_truth", lambda folder: rows)
    with pytest.raises(UnusableInput, match="no lesion of CYST, FNH, HEM, ICC, MET"):
        training.train(
            tmp_path, tmp_path, configuration="demo", seed=0, device="cpu", progress=print
        )
