"""The Python script of an export, run in a folder as a statistician elsewhere would."""

import csv
import json
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


def test_the_r_script_covers_the_mrmc_analyses():
    script = rerun_scripts()["rerun.R"].decode()
    for kind in ("mrmc_or", "mrmc_ustat", "delong", "fleiss_kappa", "mcnemar", "diagnostic"):
        assert f"{kind} = rerun_{kind}" in script
    assert script.count("{") == script.count("}")
    assert script.count("(") == script.count(")")
