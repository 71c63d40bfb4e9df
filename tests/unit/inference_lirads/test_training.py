"""Training on a tiny cohort gives weights that run and can be evaluated; samples are right."""

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.errors import UnusableInput
from inference.evaluation import evaluate
from inference.io.cohort import labelled_exams, read_cohort, read_truth
from inference.io.masks import FOLDER
from inference.phantoms import PhantomSize, write_cohort
from inference.pipelines import run, train
from inference.pipelines.lirads_mri import recipes
from inference.pipelines.lirads_mri.configuration import DELAYED, DEMO, PHASES, PORTAL, TASKS
from inference.pipelines.lirads_mri.fitting import Fitter
from inference.pipelines.lirads_mri.recipes import TrainingPlan, plan_for
from inference.pipelines.lirads_mri.samples import (
    CropSets,
    Slices,
    gather,
    signs_of,
    true_region,
)
from inference.pipelines.lirads_mri.tiles import TileSampler
from inference.pipelines.lirads_mri.train import cross_validate
from inference.training.loop import Recipe

TINY = Recipe(steps=2, batch=6, learning_rate=1e-3, optimiser="adamw")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mr") / "cohort"
    write_cohort("lirads_mri", 6, 3, folder, PhantomSize(rows=64, slices=12))
    return folder


@pytest.fixture(scope="module")
def samples(cohort: Path) -> tuple[CropSets, Slices]:
    return gather(read_cohort(cohort, read_truth(cohort)), cohort, DEMO)


def test_samples_carry_what_each_phase_shows(
    cohort: Path, samples: tuple[CropSets, Slices]
) -> None:
    rows = read_truth(cohort)
    crops, slices = samples
    assert crops.images.shape[1:] == (3, 85, 85)
    assert crops.rows == rows
    for n, row in enumerate(rows):
        signs = crops.signs[n].tolist()
        assert signs == signs_of(row)
        for phase, shown in zip(PHASES, signs, strict=True):
            early = (
                row.strata["washout_portal_venous"] if phase is PORTAL else row.strata["washout"]
            )
            assert shown == [float(row.strata["APHE"]), float(early), float(row.strata["capsule"])]
    assert set(crops.lesion.tolist()) == set(range(len(rows)))
    assert 0 < slices.inside.float().mean() < 0.2
    assert slices.images.shape[1:] == (3, DEMO.image_px, DEMO.image_px)


def test_boxes_stand_in_for_missing_masks(cohort: Path, tmp_path: Path) -> None:
    assert (cohort / FOLDER).is_dir()
    found = []
    for exam, rows in labelled_exams(cohort):
        (delayed,) = exam.volumes_of(DELAYED)
        for row in rows:
            places = [
                region.geometry.world_from_index(
                    np.argwhere(region.inside_zyx)[:, ::-1] + region.box_px[:3]
                )
                for region in (true_region(folder, row, delayed) for folder in (cohort, tmp_path))
            ]
            mask, ellipsoid = (set(map(tuple, np.round(place, 2))) for place in places)
            found.append(2 * len(mask & ellipsoid) / (len(mask) + len(ellipsoid)))
    assert np.mean(found) > 0.6


def test_tiles_show_lesions(samples: tuple[CropSets, Slices]) -> None:
    _, slices = samples
    tiles = TileSampler(slices, 96).draw(12, np.random.default_rng(0))
    assert tiles.images.shape == (12, 3, 128, 128)
    assert tiles.inside.flatten(1).any(dim=1).float().mean() > 0.4
    assert TileSampler(slices, 512).draw(1, np.random.default_rng(0)).side_px == DEMO.image_px


def test_training_gives_weights_that_run_and_evaluate(
    cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(recipes.PLANS, "demo", TrainingPlan(TINY, TINY, tile_px=32))
    monkeypatch.setattr("inference.pipelines.lirads_mri.explain.SHAP_SAMPLES", 6)
    seen: list[float] = []
    answer = train("lirads_mri", cohort, tmp_path, seed=1, device="cpu",
                   progress=lambda share, step: seen.append(share))  # fmt: skip
    assert answer["training"]["n_cases"] == 6
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)
    exam, _ = next(labelled_exams(cohort))
    output = run("lirads_mri", exam, weights=tmp_path, device="cpu", explain=())
    assert output.record.label == "phantom-trained"
    result = evaluate("lirads_mri", cohort, weights=tmp_path, device="cpu",
                      options={"draws": "5", "faithfulness": "1"})  # fmt: skip
    assert result["n_cases"] == 6
    wanted = {"accuracy", "macro_auc", "dice_median", "dice_average", "dice_global", "rule_kappa"}
    assert wanted | {f"{task}_auc" for task in TASKS} <= result["metrics"].keys()
    ablations = result["ablations"]
    assert {"phases", "combination", "mean_intensity", "dice_by_threshold"} <= ablations.keys()
    assert {"switch", "plain", "resnet", "direct"} <= ablations["feature_step"].keys()
    assert "resnet minus resnet_plain" in ablations["feature_step_resnet"]
    shifts = ablations["displacement_mm"]
    assert shifts["corrected"]["estimate"] < shifts["uncorrected"]["estimate"]
    faithful = result["faithfulness"]
    assert {"shap deletion", "cam insertion", "random order inside"} <= faithful.keys()
    assert all(0 <= v["estimate"] <= 1 for v in faithful.values() if v["estimate"] is not None)


def test_further_seeds_take_the_segmenter_over_and_are_averaged(
    cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(recipes.PLANS, "demo", TrainingPlan(TINY, TINY, tile_px=32))
    first, second = tmp_path / "1", tmp_path / "2"
    train("lirads_mri", cohort, first, seed=1, device="cpu")
    train("lirads_mri", cohort, second, seed=2, device="cpu", options={"segmenter": str(first)})
    name = "segmenter.safetensors"
    assert (first / name).read_bytes() == (second / name).read_bytes()

    def switch(folder: Path, **options: str) -> float:
        found = evaluate("lirads_mri", cohort, weights=folder, device="cpu",
                         options={"draws": "2", **options})  # fmt: skip
        return float(found["ablations"]["feature_step"]["switch"]["accuracy"]["estimate"])

    alone = [switch(first, against=str(folder)) for folder in (first, second)]
    assert alone[0] == switch(first)
    assert switch(first, against=f"{first},{second}") == pytest.approx(sum(alone) / 2)
    with pytest.raises(UnusableInput, match="doesn't exist"):
        switch(first, against=str(tmp_path / "3"))
    train("lirads_mri", cohort, tmp_path / "4", seed=1, device="cpu",
          options={"segmenter": str(first), "ablations": "no"})  # fmt: skip
    with pytest.raises(UnusableInput, match="train all seeds alike"):
        switch(first, against=f"{first},{tmp_path / '4'}")


def test_the_same_seed_trains_the_same_network(samples: tuple[CropSets, Slices]) -> None:
    plan = TrainingPlan(TINY, TINY, tile_px=32)
    crops, slices = samples
    for fit in ("segmenter", "characteriser"):
        first, second = (
            getattr(Fitter(DEMO, plan, 1, torch.device("cpu"), lambda *_: None), fit)(
                slices if fit == "segmenter" else crops
            )
            for _ in range(2)
        )
        for key, value in first.state_dict().items():
            assert torch.equal(value, second.state_dict()[key]), key


def test_folds_measure_every_case_once(samples: tuple[CropSets, Slices]) -> None:
    plan = TrainingPlan(TINY, TINY, tile_px=32)
    crops, slices = samples
    fitter = Fitter(DEMO, plan, 1, torch.device("cpu"), lambda *_: None)
    assert len(cross_validate(fitter, slices, crops.rows, 2)) == 2


def test_cohorts_without_a_category_are_refused(cohort: Path, tmp_path: Path) -> None:
    header, *lines = (cohort / "truth.csv").read_text("utf-8").splitlines()
    kept = [line for line in lines if ",LR-5," not in line]
    assert 0 < len(kept) < len(lines)
    (tmp_path / "truth.csv").write_text("\n".join((header, *kept)), "utf-8")
    with pytest.raises(UnusableInput, match="no lesion of LR-5"):
        train("lirads_mri", tmp_path, tmp_path / "out", device="cpu")
    with pytest.raises(UnusableInput, match="no recipe"):
        plan_for("keras")
