"""The scripts of an export, run in a folder as a statistician elsewhere would."""

import csv
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from readerstudy.reports.interchange.exports import rerun_scripts
from readerstudy.statistics import run

PLAN = {
    "schema": "analysis-plan/1",
    "alpha": 0.1,
    "tasks": {"bm": {"kind": "binary", "categories": ["no", "yes"], "positive": ["yes"]}},
    "analyses": [
        {"id": "acc", "type": "diagnostic", "task": "bm", "select": {"reader": "R0", "arm": "A"}},
        {"id": "mc", "type": "mcnemar", "task": "bm", "a": {"reader": "R0", "arm": "A"},
         "b": {"reader": "R1", "arm": "A"}},
        {"id": "ck", "type": "cohen_kappa", "task": "bm", "a": {"reader": "R0", "arm": "A"},
         "b": {"reader": "R1", "arm": "A"}},
        {"id": "fk", "type": "fleiss_kappa", "task": "bm", "select": {"arm": "A"}},
        {"id": "or", "type": "mrmc_or", "task": "bm", "arms": ["A", "B"]},
        {"id": "us", "type": "mrmc_ustat", "task": "bm", "arms": ["A", "B"]},
        {"id": "dl", "type": "delong", "task": "bm", "a": {"reader": "R0", "arm": "A"},
         "b": {"reader": "R0", "arm": "B"}},
    ],
}  # fmt: skip


@pytest.fixture
def export(tmp_path):
    rng = np.random.default_rng(9)
    reference = [
        {"case": f"C{case}", "task": "bm", "truth": ["no", "yes"][case % 2]} for case in range(40)
    ]
    readings = []
    for arm, reader, row in ((a, r, row) for a in "AB" for r in range(4) for row in reference):
        rating = round(rng.normal() + 1.2 * (row["truth"] == "yes"), 1)
        readings.append(
            {"reader": f"R{reader}", "arm": arm, "case": row["case"], "task": "bm",
             "rating": rating, "decision": "yes" if rating > 0.6 else "no"}
        )  # fmt: skip
    # "No lesion" is no vote for benign, and an empty answer none at all.
    readings[1]["decision"] = readings[42]["decision"] = "no_lesion"
    readings[3]["decision"] = ""
    for name, rows in (("readings", readings), ("reference", reference)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    result = run(readings, reference, PLAN)
    for name, content in (("plan", PLAN), ("result", result)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    for name, content in rerun_scripts().items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_other_peoples_software_gives_the_same_numbers(export):
    done = subprocess.run(
        [sys.executable, "rerun.py"], cwd=export, capture_output=True, text=True, check=True
    )
    header, *lines = done.stdout.splitlines()
    assert header.split() == ["analysis", "figure", "result.json", "here", "off", "by"]
    assert [line.split()[0] for line in lines] == (
        ["acc"] * 3 + ["mc"] * 3 + ["ck", "fk"] + ["or"] * 4
    )
    assert all(float(line.split()[-1]) < 1e-9 for line in lines), done.stdout


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_gives_the_same_numbers(export):
    # Seen with R 4.2.2, jsonlite 1.8.4 and pROC 1.18.0; irr, MRMCaov and iMRMC weren't at hand.
    done = subprocess.run(
        ["Rscript", "rerun.R"], cwd=export, capture_output=True, text=True, check=True
    )
    header, *lines = done.stdout.split("\n\n")[0].splitlines()
    assert header.split() == ["analysis", "figure", "result.json", "here", "off", "by"]
    base = [line for line in lines if "(" not in line]
    assert [line.split()[0] for line in base] == (
        ["acc"] * 3 + ["mc"] * 2 + ["fk"] + ["or"] * 4 + ["us"] + ["dl"] * 2
    )
    assert all(float(line.split()[-1]) < 1e-9 for line in lines), done.stdout
