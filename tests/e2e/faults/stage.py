"""Small cases and a study without AI, made by the commands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.phantoms.cohort import write_cohort
from inference.phantoms.size import PhantomSize
from readerstudy.protocol.template import six_lesion_template
from tests.e2e.conftest import Installation
from tests.e2e.faults.api import Api

SIZE = PhantomSize(96, 16)
ANSWERS = {"bm": "malignant", "dx": "HCC", "malignancy": 80, "confidence": "4"}


@dataclass(frozen=True)
class Study:
    """A frozen study that needs no model: one arm, unaided."""

    installation: Installation
    id: str
    title: str

    def next_reading(self, api: Api) -> str | None:
        """Return the reading that comes next for a reader."""
        for work in api.get("worklist/").json["studies"]:
            if work["title"] == self.title:
                return work["next"] and str(work["next"]["reading"])
        raise AssertionError("the study is not on the worklist")

    def verify(self) -> dict[str, Any]:
        """Return what ``manage.py study verify`` says."""
        return _json(self.installation, "study", "verify", self.id, "--json")


def phantom_cases(
    installation: Installation, owner: str, n: int, seed: int, folder: Path
) -> list[str]:
    """Ingest phantom cases and return their ids."""
    write_cohort("lilnet_ct", n, seed, folder, SIZE)
    report = _json(installation, "ingest", str(folder), "--owner", f"{owner}@example.org", "--json")
    return [case["id"] for case in report["cases"]]


def unaided_study(
    installation: Installation, folder: Path, *, n_cases: int, seed: int, readers: list[str]
) -> Study:
    """Make and freeze a study of new phantom cases."""
    cases = phantom_cases(installation, "coordinator", n_cases, seed, folder / "cases")
    title = f"Faults, seed {seed}"
    codes = [f"C{number:03d}" for number in range(1, len(cases) + 1)]
    protocol = six_lesion_template(title, seed) | {
        "cases": [{"code": code, "case": case} for code, case in zip(codes, cases, strict=True)],
        "reference": [
            {"case": code, "task": task, "truth": truth, "source": "phantom"}
            for code in codes
            for task, truth in (("bm", "malignant"), ("dx", "HCC"))
        ],
        "readers": [{"user": f"{name}@example.org", "level": "junior"} for name in readers],
        "arms": [{"id": "unaided", "ai": None}],
        "design": {"kind": "fixed", "periods": ["unaided"]},
    }
    path = folder / "protocol.json"
    path.write_text(json.dumps(protocol), "utf-8")
    created = _json(installation, "study", "create", "--protocol", str(path), "--json")
    _json(installation, "study", "freeze", created["id"], "--json")
    return Study(installation, created["id"], title)


def _json(installation: Installation, *arguments: str) -> dict[str, Any]:
    done = installation.manage(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
