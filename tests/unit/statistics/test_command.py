"""The command line: exit codes, bytes, and files left behind."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from readerstudy.statistics.__main__ import main
from tests.unit.statistics.studies import draw, plan, readings, reference, write_csv

BOTH = ("benign", "malignant")


@pytest.fixture
def study(tmp_path):
    rng = np.random.default_rng(1)
    rows = [row for name in ("R1", "R2") for row in readings(
        name, draw(rng, BOTH, 30, blank=0.1), rating=rng.integers(1, 6, 30).tolist())]  # fmt: skip
    write_csv(tmp_path / "readings.csv", rows)
    write_csv(tmp_path / "reference.csv", reference(draw(rng, BOTH, 30)))
    return tmp_path


def arguments(folder: Path, document, output="result.json"):
    path = folder / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    files = {"readings": folder / "readings.csv", "reference": folder / "reference.csv",
             "plan": path, "output": folder / output}  # fmt: skip
    return [text for name, file in files.items() for text in (f"--{name}", str(file))]


GOOD = plan({"type": "diagnostic", "by": ["reader"]}, {"type": "roc", "ci": "bootstrap"},
            {"type": "krippendorff_alpha"}, {"type": "mcnemar", "a": "R1", "b": "R2"})  # fmt: skip


def test_the_same_input_and_seed_give_the_same_bytes_in_another_process(study):
    assert main(arguments(study, GOOD)) == 0
    command = [sys.executable, "-m", "readerstudy.statistics"]
    command += arguments(study, GOOD, "again.json")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first, again = (study / "result.json").read_bytes(), (study / "again.json").read_bytes()
    assert first == again
    document = json.loads(first)
    text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False)
    assert text + "\n" == first.decode()
    assert set(document) == {
        "schema", "plan_sha256", "readings_sha256", "reference_sha256", "software", "analyses",
        "families", "oddities",
    }  # fmt: skip


def test_the_stream_of_an_analysis_depends_on_seed_and_id_alone(study):
    def interval(document, name):
        main(arguments(study, document))
        return json.loads((study / "result.json").read_text())["analyses"][name]["auc"]

    usual = interval(GOOD, "a1")
    fewer = {**GOOD, "analyses": GOOD["analyses"][1:2]}
    assert interval(fewer, "a1") == usual
    renamed = {**GOOD, "analyses": [{**GOOD["analyses"][1], "id": "other"}]}
    assert interval(renamed, "other") != usual
    assert interval({**GOOD, "seed": 8}, "a1") != usual


def test_an_analysis_that_cannot_run_gives_exit_3_and_the_others_are_there(study):
    document = plan({"type": "diagnostic", "select": {"reader": "nobody"}}, {"type": "diagnostic"})
    assert main(arguments(study, document)) == 3
    analyses = json.loads((study / "result.json").read_text())["analyses"]
    assert analyses["a0"] == {
        "type": "diagnostic", "n": 0, "n_missing": 0, "warnings": [],
        "error": {"code": "no_readings", "message": "No reading matches reader nobody.",
                  "path": "/analyses/0/select"},
    }  # fmt: skip
    assert analyses["a1"]["n"] == 60


def test_unusable_input_gives_exit_2_one_line_per_problem_and_no_output(study, capsys):
    text = (study / "readings.csv").read_text().replace("R1,unaided,C003,t", "R1,unaided,C777,t")
    (study / "readings.csv").write_text(text)
    assert main(arguments(study, GOOD)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines == ['readings.csv:5:case: The reference has no row for case "C777" and task "t".']
    assert sorted(path.name for path in study.iterdir()) == [
        "plan.json", "readings.csv", "reference.csv",
    ]  # fmt: skip


def test_faults_of_plan_and_tables_are_told_together(study, capsys):
    (study / "reference.csv").write_text("case,task\n")
    assert main(arguments(study, {**GOOD, "alpha": 2})) == 2
    assert [line.split(": ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "plan:/alpha",
        "reference.csv:1:truth",
    ]


def test_an_output_that_cannot_be_written_is_said_in_a_sentence(study, capsys):
    assert main(arguments(study, GOOD, "no/such/folder.json")) == 2
    assert capsys.readouterr().err.startswith("folder.json:1:file: The result was not written:")


def test_marks_and_lesions_belong_together(study, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*arguments(study, GOOD), "--marks", "marks.csv"])
    assert ended.value.code == 2
    assert "--lesions" in capsys.readouterr().err


def test_the_written_examples_run_as_they_stand(tmp_path, capsys):
    assert main(["example", str(tmp_path / "examples")]) == 0
    folders = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [folder.name for folder in folders] == ["van-dyke", "aided"]
    for folder in folders:
        options = [part for path in sorted(folder.iterdir())
                   for part in (f"--{path.stem}", str(path))]  # fmt: skip
        assert main([*options, "--output", str(folder / "result.json")]) == 0
        result = json.loads((folder / "result.json").read_text())
        assert all("error" not in entry for entry in result["analyses"].values())
        assert result["families"]
    (tmp_path / "file").write_text("")
    assert main(["example", str(tmp_path / "file")]) == 2
    assert "not written" in capsys.readouterr().err


def test_the_published_lilnet_table_goes_through_the_command(shared_data, tmp_path):
    """Figures of the table's own source data; those the paper prints do not come out of it."""
    with (shared_data / "statistics" / "lilnet_reader_study.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    truth = [{"case": line["case"], "task": "t", "truth": BOTH[int(line["truth_malignant"])]}
             for line in table]  # fmt: skip
    rows = [
        {"reader": reader, "arm": "u", "case": line["case"], "task": "t",
         "decision": BOTH[int(line[f"{reader}_bm"])]}
        for line in table for reader in ("junior", "middle", "senior", "ai")
    ]  # fmt: skip
    people = {"select": {"reader": ["junior", "middle", "senior"]}}
    analyses = plan(
        {"type": "diagnostic", "by": "reader"},
        *({"type": "mcnemar", "a": {"reader": "ai"}, "b": {"reader": name}}
          for name in ("junior", "middle")),
        {"type": "cochran_q", **people}, {"type": "fleiss_kappa", **people},
        {"type": "fleiss_kappa"},
    )  # fmt: skip
    write_csv(tmp_path / "readings.csv", rows)
    write_csv(tmp_path / "reference.csv", truth)
    code = main(arguments(tmp_path, analyses))
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    accuracy, junior, middle, cochran, three, four = result["analyses"].values()
    right = [group["tp"] + group["tn"] for group in accuracy["groups"]]
    assert (code, right) == (0, [185, 197, 197, 201])
    assert (junior["n_a_only"], junior["n_b_only"]) == (30, 14)
    assert [round(junior["p_value"], 5), round(middle["p_value"], 4)] == [0.02263, 0.5966]
    assert (cochran["statistic"], round(cochran["p_value"], 4)) == (8.0, 0.0183)
    assert [round(entry["kappa"]["estimate"], 5) for entry in (three, four)] == [0.78171, 0.72725]
    assert [oddity["code"] for oddity in result["oddities"]] == ["identical_readers"]
