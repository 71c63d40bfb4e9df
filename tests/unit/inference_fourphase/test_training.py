"""Training: what is cut out, what is drawn, and whole training runs in miniature."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.contracts import Box, ContrastPhase, Exam
from inference.errors import BadCheckpoint, CannotRun, UnusableInput
from inference.evaluation import fourphase_ct as evaluation
from inference.evaluation.classification import weight_folders
from inference.io.cohort import LabelledExam, TruthRow
from inference.layers.resnet import ResNet
from inference.pipelines.fourphase_ct import train as training
from inference.pipelines.fourphase_ct.baseline import (
    BASELINE,
    baseline_probabilities,
    fit_baseline,
    mean_intensity,
)
from inference.pipelines.fourphase_ct.configuration import CONFIGURATIONS, PHASE_SETS, RING
from inference.pipelines.fourphase_ct.fitting import Batches
from inference.pipelines.fourphase_ct.pipeline import open_pipeline
from inference.pipelines.fourphase_ct.recipes import NO_CHANGES, TrainingPlan, plan_for
from inference.pipelines.fourphase_ct.samples import Lesions, gather
from inference.registry.weights import read_manifest
from inference.training.loop import Recipe
from tests.unit.inference_fourphase.builders import (
    ART,
    BALL_HU,
    CENTRE_MM,
    DIAMETER_MM,
    DL,
    LIVER_HU,
    NC,
    PV,
    TINY,
    few_points,
    volume_of,
)

BOX = Box(*CENTRE_MM, *[DIAMETER_MM] * 3)
FEW_STEPS = TrainingPlan(
    Recipe(steps=2, batch=4, learning_rate=1e-3, optimiser="adamw"), NO_CHANGES
)


def labelled(case: int, phases: tuple[ContrastPhase, ...] = RING) -> LabelledExam:
    code = ("HCC", "ICC")[case % 2]
    bright = {ART: 150.0 if code == "HCC" else 100.0}
    volumes = tuple(volume_of(phase, ball_hu=bright.get(phase, BALL_HU)) for phase in phases)
    row = TruthRow(
        case=f"phantom-{case}",
        lesion=1,
        truth=code,
        malignant=True,
        size_mm=DIAMETER_MM,
        box_mm=BOX,
        phases=tuple(phase.value for phase in phases),
        strata={"size_band": "1-3 cm"},
    )
    return Exam(key=row.case, volumes=volumes), (row,)


EXAMS = {
    f"phantom-{n}": labelled(n, phases)
    for n, phases in enumerate([RING] * 8 + [(NC, ART, PV)] * 2 + [(NC, ART, DL)] * 2)
}


@pytest.fixture(autouse=True)
def small_cohort(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cohort in memory and the smallest network, in the place of ``demo``."""

    def read(folder, rows, done=lambda n: None):
        return iter([EXAMS[row.case] for row in rows])

    for module in (training, evaluation):
        monkeypatch.setattr(module, "read_truth", lambda folder: ROWS)
        monkeypatch.setattr(module, "read_cohort", read)
    monkeypatch.setattr(training, "plan_for", lambda name, n_lesions: FEW_STEPS)
    monkeypatch.setitem(CONFIGURATIONS, "demo", TINY)


ROWS = tuple(row for _, rows in EXAMS.values() for row in rows)


@pytest.fixture(scope="module")
def lesions() -> Lesions:
    return gather(EXAMS.values(), TINY)


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("summary", "compare"):
        monkeypatch.setattr(evaluation, name, partial(getattr(evaluation, name), draws=10))


def run_training(output: Path, **options: str) -> list[float]:
    seen: list[float] = []
    training.train(
        output,
        output,
        configuration="demo",
        seed=3,
        device="cpu",
        progress=lambda fraction, step: seen.append(fraction),
        **options,
    )
    return seen


def test_missing_phases_are_known_and_exams_that_cant_be_run_left_out(lesions: Lesions) -> None:
    assert len(lesions.rows) == 12
    assert [len(lesions.having(phases)) for phases in PHASE_SETS] == [8, 10, 10]
    middle = lesions.hu[:, :, TINY.slices // 2, TINY.side_px // 2, TINY.side_px // 2]
    assert middle[0, 1] > middle[0, 0] == middle[0, 2] > (BALL_HU + LIVER_HU) / 2
    assert torch.equal(middle != 0, lesions.present)
    refused = labelled(0, (ART, PV))
    assert len(gather([refused, *EXAMS.values()], TINY).rows) == 12
    with pytest.raises(CannotRun, match="No case"):
        gather([refused], TINY)


def test_mean_intensity_is_that_of_the_ball_and_tells_the_classes_apart(lesions: Lesions) -> None:
    table = mean_intensity(lesions)
    assert np.array_equal(np.isnan(table), ~lesions.present.numpy())
    assert np.nanmax(np.abs(table[:, RING.index(NC)] - BALL_HU)) < 25
    found = baseline_probabilities(lesions, fit_baseline(lesions)).argmax(axis=1)
    assert np.array_equal(found, lesions.labels().numpy())


def test_batches_show_each_set_of_phases_and_both_classes(lesions: Lesions) -> None:
    rng, noise = np.random.default_rng(0), torch.Generator().manual_seed(0)
    batches = Batches(lesions, TINY, NO_CHANGES, rng, noise)
    seen = set()
    for _ in range(30):
        images, labels, phases = batches.draw(4)
        assert images.shape == (4, len(phases), TINY.slices, 3, TINY.side_px, TINY.side_px)
        assert sorted(labels.tolist()) == [0, 0, 1, 1]
        seen.add(phases)
        bright = images[:, phases.index(ART), TINY.slices // 2, 1, 12, 12]
        assert (bright[labels == 0] > bright[labels == 1].max()).all()
    assert seen == set(PHASE_SETS)


def test_the_papers_recipe() -> None:
    recipe = plan_for("paper", n_lesions=320).recipe
    assert (recipe.steps, recipe.batch, recipe.optimiser) == (8000, 2, "sgd")
    rates = [recipe.rate(epoch * 160) for epoch in (0, 9, 10, 20, 30, 49)]
    assert rates == pytest.approx([1e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
    with pytest.raises(UnusableInput, match="no recipe"):
        plan_for("best", 10)


def test_training_writes_weights_that_run_and_are_the_same_each_time(tmp_path: Path) -> None:
    for name in "ab":
        seen = run_training(tmp_path / name)
        assert seen == sorted(seen) and seen[-1] == pytest.approx(1)
    manifest, again = (read_manifest(tmp_path / name, "fourphase_ct") for name in "ab")
    assert manifest.sha256 == again.sha256 and manifest.label == "phantom-trained"
    assert manifest.training["variant"] == "full" and manifest.training["n_cases"] == 10
    json.dumps(dict(manifest.training))
    assert len(manifest.training[BASELINE]) == len(PHASE_SETS)
    networks = open_pipeline("demo", tmp_path / "a", "cpu").networks
    assert networks.backgrounds.shape[1:] == (4, *TINY.shape)


def test_cross_validation_scores_every_fold(tmp_path: Path) -> None:
    run_training(tmp_path, folds="2")
    accuracies = read_manifest(tmp_path, "fourphase_ct").training["fold_accuracy"]
    assert len(accuracies) == 2 and all(0 <= value <= 1 for value in accuracies)


def test_variants_are_trained_kept_apart_and_compared(
    tmp_path: Path, few_draws, monkeypatch
) -> None:
    few_points(monkeypatch)
    run_training(tmp_path / "full")
    run_training(tmp_path / "other", variant="backbone")
    answer = evaluation.evaluate(
        tmp_path,
        weights=tmp_path / "full",
        configuration="demo",
        device="cpu",
        progress=lambda fraction, step: None,
        against=str(tmp_path / "other"),
        faithfulness="2",
    )
    json.dumps(answer)
    assert (answer["n_cases"], answer["n_cases_refused"]) == (12, 0)
    assert {"accuracy", "macro_auc", "f1", "npv"} <= answer["metrics"].keys()
    assert set(answer["by_stratum"]["phase_set"]) == {"NC+ART+PV+DL", "NC+ART+PV", "NC+ART+DL"}
    shares = [v["estimate"] for k, v in answer["faithfulness"].items() if k.endswith("inside")]
    assert len(shares) == 4 and all(0 <= share <= 1 for share in shares)
    ablations = answer["ablations"]
    assert set(ablations["variants"]) == {"full", "backbone", "full minus backbone"}
    assert {"NC+ART+PV+DL", "NC+ART+PV", "NC+ART+DL", "ART"} <= ablations["phases"].keys()
    assert set(ablations["tasks"]) >= {"balanced", "prediction module", "mean of phases"}
    for table in ablations.values():
        for metrics in table.values():
            assert metrics.keys() == {"accuracy", "macro_auc", "f1", "npv"}


def test_a_local_imagenet_file_is_used_or_refused(tmp_path: Path) -> None:
    torch.save(ResNet(TINY.depth, width=TINY.width).state_dict(), tmp_path / "r.pth")
    run_training(tmp_path / "out", imagenet=str(tmp_path / "r.pth"))
    torch.save(ResNet(18, width=4).state_dict(), tmp_path / "other.pth")
    with pytest.raises(BadCheckpoint):
        run_training(tmp_path / "out", imagenet=str(tmp_path / "other.pth"))


def test_unknown_options_are_refused(tmp_path: Path) -> None:
    for options in ({"variant": "half"}, {"folds": "1"}, {"folds": "many"}):
        with pytest.raises(UnusableInput):
            run_training(tmp_path, **options)
    with pytest.raises(UnusableInput, match="doesn't exist"):
        weight_folders(f"{tmp_path},{tmp_path / 'nowhere'}")
