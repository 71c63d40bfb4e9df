"""Commands, exit codes and JSON of ``python -m inference``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference import pipelines
from inference.cli import main
from inference.contracts import Exam, Heatmap, Prediction, RunOutput, RunRecord
from tests.unit.inference_io.factories import write


def call(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, Any, str]:
    """Return exit code, parsed JSON (None without) and what stood on standard error."""
    code = main(argv)
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if "--json" in argv else None, captured.err


def test_list_names_every_system(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, _ = call(capsys, "list", "--json")
    assert code == 0
    systems = {entry["system"]: entry for entry in answer["systems"]}
    assert {"lilnet_ct", "ceus_dcb", "bmode_dcnn", "lirads_mri", "fourphase_ct"} <= set(systems)
    assert {entry["code"] for entry in systems["lilnet_ct"]["classes"]} == {
        "HCC", "ICC", "MET", "FNH", "HEM", "CYST",
    }  # fmt: skip


def test_phantom_writes_cases_and_truth(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, answer, _ = call(
        capsys, "phantom", "--system", "lilnet_ct", "--cases", "2", "--seed", "3",
        "--size", "64x8", "--output", str(tmp_path / "out"), "--json",
    )  # fmt: skip
    assert (code, answer["n_cases"]) == (0, 2)
    assert len(list((tmp_path / "out").glob("phantom-*"))) == 2
    assert (tmp_path / "out" / "truth.csv").read_text().startswith("case,lesion,truth,malignant")


LILNET = ("--system", "lilnet_ct")


@pytest.mark.parametrize(
    ("argv", "code", "name"),
    [
        ((), 2, "bad_argument"),
        (("dance",), 2, "bad_argument"),
        (("run", *LILNET), 2, "bad_argument"),
        (("run", "--system", "nope", "--input", "."), 2, "unknown_system"),
        (("run", *LILNET, "--input", "nowhere"), 2, "no_input"),
        (("run", *LILNET, "--input", ".", "--lesion", "1,2"), 2, "bad_argument"),
        (("run", *LILNET, "--input", ".", "--lesion", "-1,2,3,4,0,6"), 2, "bad_lesion"),
        (("run", *LILNET, "--input", ".", "--outline", "a.json"), 2, "no_outline"),
        (("run", *LILNET, "--input", ".", "--device", "abacus"), 2, "bad_argument"),
        (("explain", *LILNET, "--input", ".", "--output", "x", "--method", "y"), 2, "bad_argument"),
        (("evaluate", *LILNET, "--data", "nowhere"), 2, "no_input"),
        (("train", *LILNET, "--data", "nowhere", "--output", "x"), 2, "no_input"),
        (("evaluate", *LILNET, "--data", ".", "--option", "a=b"), 2, "unknown_option"),
        (("train", *LILNET, "--data", ".", "--output", "x", "--option", "a="), 2, "unknown_option"),
        (("train", *LILNET, "--data", ".", "--output", "x", "--option", "a"), 2, "bad_argument"),
        (("phantom", *LILNET, "--cases", "-1", "--seed", "1", "--output", "x"), 2, "bad_argument"),
        (
            ("phantom", *LILNET, "--cases", "1", "--seed", "1", "--output", "x", "--size", "9"),
            2,
            "bad_argument",
        ),
    ],
)
def test_mistakes_end_in_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: tuple[str, ...],
    code: int,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, answer, error = call(capsys, *argv, "--json")
    assert (found, answer["error"]["code"]) == (code, name)
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put a pipeline in place that notes what it was asked; return its notes."""
    notes: dict[str, Any] = {}

    def run(system: str, exam: Exam, *, explain: Sequence[str], **options: Any) -> RunOutput:
        notes.update(system=system, exam=exam, explain=tuple(explain), **options)
        grid = np.ones((1, 2, 3), np.float32)
        heatmaps = tuple(
            Heatmap(method, "HCC", "arterial", "1", grid, np.eye(4), False, None, "caption")
            for method in explain
        )
        record = RunRecord(system, "1", "0" * 64, "demo", "mean_logit", "cpu")
        return RunOutput(Prediction("HCC", {"HCC": 0.75, "ICC": 0.25}), heatmaps, record)

    monkeypatch.setattr(pipelines, "run", run)
    return notes


def test_run_prints_the_contract_and_explains_only_into_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: dict[str, Any]
) -> None:
    write(tmp_path / "in" / "a.dcm")
    argv = ("run", *LILNET, "--input", str(tmp_path / "in"), "--lesion", "-1,2,3,4,5,6", "--json")
    code, answer, _ = call(capsys, *argv)
    assert (code, answer["decision"], answer["probabilities"]["HCC"]) == (0, "HCC", 0.75)
    assert asked["lesions"][0].centre_mm == (-1, 2, 3)
    assert asked["explain"] == ()
    assert asked["exam"].key == "1.2.1"
    call(capsys, *argv, "--output", str(tmp_path / "out"))
    assert asked["explain"] == ("cam", "shap")
    kept = json.loads((tmp_path / "out" / "result.json").read_text())
    assert [(tmp_path / "out" / entry["file"]).is_file() for entry in kept["heatmaps"]] == [
        True
    ] * 2


def test_explain_writes_one_grid_per_heat_map(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: dict[str, Any]
) -> None:
    write(tmp_path / "in" / "a.dcm")
    code, answer, _ = call(
        capsys, "explain", *LILNET, "--input", str(tmp_path / "in"), "--method", "gradcam++",
        "--output", str(tmp_path / "out"), "--json",
    )  # fmt: skip
    assert (code, answer["method"], len(answer["heatmaps"])) == (0, "gradcam++", 1)
    grid = np.load(tmp_path / "out" / answer["heatmaps"][0]["file"])
    assert list(grid.shape) == answer["heatmaps"][0]["shape_zyx"]


def test_without_json_people_get_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: dict[str, Any]
) -> None:
    write(tmp_path / "a.dcm")
    assert main(["run", *LILNET, "--input", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "lilnet_ct 1: HCC (75%). Research use only.\n"
