"""DCNN-US trains, evaluates and explains by the command line; same seed, same bytes."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from inference.cli import main
from inference.contracts import ClinicalValue
from inference.errors import UnusableInput
from inference.evaluation import bmode_dcnn
from inference.evaluation.bmode_summary import summarise
from inference.phantoms import PhantomSize, write_cohort
from inference.phantoms.bmode import make_case
from inference.pipelines.bmode_dcnn import recipes
from inference.pipelines.bmode_dcnn.clinic import factor_values
from inference.pipelines.bmode_dcnn.configuration import DEMO
from inference.pipelines.bmode_dcnn.samples import gather
from inference.preprocessing.clinical import read_variables
from inference.registry.systems import BMODE_DCNN
from inference.training.loop import Recipe

SYSTEM = ("--system", "bmode_dcnn", "--json")
N_CASES = 20


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bmode") / "cohort"
    write_cohort("bmode_dcnn", N_CASES, 31, folder, PhantomSize(rows=96))
    return folder


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code = main(words)
    return code, json.loads(capsys.readouterr().out)


def test_train_evaluate_and_run(
    cohort: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    quick = Recipe(steps=2, batch=8, learning_rate=1e-3, optimiser="adamw")
    monkeypatch.setattr(recipes, "DEMO", replace(recipes.DEMO, lesion=quick, both=quick))
    monkeypatch.setattr(bmode_dcnn, "summarise", partial(summarise, draws=10))
    device = ("--device", "cpu")
    trained = []
    for name in ("a", "b"):
        words = ("train", *SYSTEM, *device, "--data", str(cohort), "--output", str(tmp_path / name))
        code, result = answer(capsys, *words)
        assert code == 0 and result["training"]["n_cases"] == N_CASES
        files = sorted((tmp_path / name).glob("*.safetensors"))
        trained.append([path.read_bytes() for path in files])
    assert trained[0] == trained[1]
    weights = ("--weights", str(tmp_path / "a"))
    words = ("evaluate", *SYSTEM, *device, "--data", str(cohort), *weights)
    against = ("--option", f"against={tmp_path / 'b'}")
    code, summary = answer(capsys, *words, "--option", "faithfulness=1", *against)
    assert summary["delong"]["weights"] == {"2 minus 1": {"difference": 0.0, "z": None, "p": None}}
    over_seeds = summary["ablations"]["models over seeds"]
    assert over_seeds == summary["ablations"]["models"]  # both folders hold the same weights
    assert code == 0 and {"shap deletion", "cam inside"} <= set(summary["faithfulness"])
    assert (summary["n_cases"], summary["model"]) == (N_CASES, "LBC")
    assert {"accuracy", "macro_auc", "youden_sensitivity"} <= set(summary["metrics"])
    case = next(path for path in sorted(cohort.iterdir()) if path.is_dir())
    outline = ("--outline", str(case / "outline.json"))
    words = ("explain", *SYSTEM, *device, "--input", str(case), *outline, *weights)
    code, explained = answer(
        capsys, *words, "--method", "gradcam++", "--output", str(tmp_path / "maps")
    )
    assert code == 0 and explained["label"] == "phantom-trained"
    assert len(explained["heatmaps"]) == 16 and len(explained["pictures"]) == 8


def test_cross_validation_scores_every_model_on_every_fold(
    cohort: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    quick = Recipe(steps=1, batch=8, learning_rate=1e-3, optimiser="adamw")
    monkeypatch.setattr(recipes, "DEMO", replace(recipes.DEMO, lesion=quick, both=quick))
    words = ("train", *SYSTEM, "--device", "cpu", "--data", str(cohort), "--output", str(tmp_path))
    code, result = answer(capsys, *words, "--option", "folds=4")
    accuracies = result["training"]["fold_accuracy"]
    assert code == 0 and set(accuracies) == {"L", "LB", "LBC"}
    assert all(len(own) == 4 and 0 <= min(own) <= max(own) <= 1 for own in accuracies.values())
    code, result = answer(capsys, *words, "--option", "folds=1")
    assert code == 2 and "Folds" in result["error"]["message"]


def test_some_lesions_keep_their_images() -> None:
    cases = [make_case(31, index, PhantomSize(rows=96)) for index in range(3)]
    crops = gather([(*case.marked_exam(), case.truth()[0]) for case in cases], DEMO)
    some = crops.at(np.array([0, 2]))
    assert some.lesion.tolist() == [0] * 4 + [1] * 4
    assert np.array_equal(some.lesions[4:], crops.lesions[8:])
    assert np.array_equal(some.malignant, crops.malignant[[0, 2]])


def test_without_marks_the_command_names_what_is_needed(
    cohort: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = next(path for path in sorted(cohort.iterdir()) if path.is_dir())
    code, result = answer(capsys, "run", *SYSTEM, "--input", str(case))
    assert code == 2 and "--outline" in result["error"]["message"]


def test_an_option_that_does_not_exist_is_refused(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("train", *SYSTEM, "--data", str(cohort), "--output", str(tmp_path / "w"))
    code, result = answer(capsys, *words, "--option", "resnet=file")
    assert code == 2 and "imagenet" in result["error"]["message"]


def test_training_needs_backgrounds_and_their_types() -> None:
    case = make_case(31, 0, PhantomSize(rows=96))
    exam, outlines = case.marked_exam()
    (row,) = case.truth()
    bare = tuple(replace(outline, background=None) for outline in outlines)
    with pytest.raises(UnusableInput, match="lacks its background"):
        gather([(exam, bare, row)], DEMO)
    odd = replace(row, strata={"background": "marble"})
    with pytest.raises(UnusableInput, match="marble"):
        gather([(exam, outlines, odd)], DEMO)


def test_factors_are_numbers_in_the_papers_order() -> None:
    exam, _ = make_case(31, 0, PhantomSize(rows=96)).marked_exam()
    values = {
        "hypoechoic_halo": ClinicalValue("yes"),
        "extrahepatic_tumour": ClinicalValue("no"),
        "hepatitis": ClinicalValue("HCV"),
        "age": ClinicalValue("64", "years"),
        "sex": ClinicalValue("F"),
        "intratumoral_vascularity": ClinicalValue("yes"),
    }
    reading = read_variables(replace(exam, clinical=values), BMODE_DCNN.clinical_variables)
    factors = factor_values(reading)
    assert factors is not None and np.array_equal(factors, [1, 0, 1, 6.4, 0, 1])
