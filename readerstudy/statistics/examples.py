"""Example studies to try the command on, and that docs/statistics.md works with.

``van_dyke``: the published data. ``aided``: a made-up study of an AI as second reader with all that
a reader study of this product can hold, drawn at random; it stands for no real reader or system.
"""

from collections.abc import Mapping

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from readerstudy.statistics.tables import TableName
from readerstudy.statistics.validation.data import Row, van_dyke_rows

Tables = dict[TableName, list[Row]]
StrArray = NDArray[np.str_]
FloatArray = NDArray[np.float64]

TASKS: Mapping[str, Mapping[str, object]] = {
    "bm": {"kind": "binary", "categories": ["benign", "malignant"], "positive": ["malignant"]},
    "dx": {"kind": "nominal", "categories": ["HCC", "ICC", "MET", "FNH", "HEM", "CYST"]},
    "score": {"kind": "ordinal", "categories": ["1", "2", "3", "4", "5"], "positive": ["4", "5"]},
}
VAN_DYKE_TASKS: Mapping[str, Mapping[str, object]] = {
    "dissection": {"kind": "binary", "categories": ["no", "yes"], "positive": ["yes"]}
}
DIAGNOSES = ("HCC", "ICC", "MET", "FNH", "HEM", "CYST")
MALIGNANT = ("HCC", "ICC", "MET")
N_CASES, N_PATIENTS, N_REPEATED = 80, 68, 12
ARMS = ("unaided", "aided")

READERS = (("J1", "junior", 0.62), ("J2", "junior", 0.66), ("S1", "senior", 0.78),
           ("S2", "senior", 0.82))  # fmt: skip
"""Name, level, chance of the right diagnosis without aid."""
AI_SKILL, TRUST, STEADY = 0.84, 0.55, 0.7
"""Chances that the AI is right; that an aided reader who differs takes its diagnosis over; that a
reader gives the same answer to the same case again.
"""


def van_dyke() -> Tables:
    """Five readers, two arms, 114 cases crossed; decisions are positive from rating 3 on."""
    readings, reference = van_dyke_rows()
    return {"readings": readings, "reference": reference}


def aided(seed: int = 20240501) -> Tables:
    """Four readers unaided and aided in a crossover, an AI, repeats, marks, missing answers."""
    rng = Generator(PCG64(seed))
    truth = rng.choice(DIAGNOSES, size=N_CASES)
    looks = rng.normal(0, 10, N_CASES)
    ai = _diagnoses(truth, AI_SKILL, rng)
    readings = _reader_rows("AI", "ai", "ai", ai, looks, rng)
    first: dict[str, StrArray] = {}
    for number, (name, level, skill) in enumerate(READERS):
        first[name] = unaided = _diagnoses(truth, skill, rng)
        swayed = np.where(rng.random(N_CASES) < TRUST, ai, unaided)
        periods = ("1", "2") if number % 2 == 0 else ("2", "1")
        for arm, given, period in zip(ARMS, (unaided, swayed), periods, strict=True):
            readings += _reader_rows(name, level, arm, given, looks, rng, period)
    name, level, skill = READERS[0]
    second = np.where(rng.random(N_CASES) < STEADY, first[name], _diagnoses(truth, skill, rng))
    again = _reader_rows(name, level, ARMS[0], second, looks, rng, "1")
    readings += [{**row, "repeat": 1} for row in again if str(row["case"]) < _code(N_REPEATED)]
    _spoil(readings)
    return {"readings": readings, "reference": _reference(truth, rng), **_marks(truth, rng)}


def _code(case: int) -> str:
    return f"C{case:03d}"


def _diagnoses(truth: StrArray, skill: float, rng: Generator) -> StrArray:
    """(n_cases,) the true diagnosis with this chance, else any of the six."""
    return np.where(rng.random(N_CASES) < skill, truth, rng.choice(DIAGNOSES, size=N_CASES))


def _reference(truth: StrArray, rng: Generator) -> list[Row]:
    size = rng.choice(["under 3 cm", "3 cm and more"], size=N_CASES).tolist()
    doubled = rng.choice(N_PATIENTS, N_CASES - N_PATIENTS, replace=False)
    patient = np.sort(np.concatenate([np.arange(N_PATIENTS), doubled])).tolist()
    return [
        {"case": _code(case), "task": task, "truth": value, "cluster": f"P{patient[case]:02d}",
         "size_band": size[case]}
        for case, diagnosis in enumerate(truth.tolist())
        for task, value in _truths(diagnosis).items()
    ]  # fmt: skip


def _truths(diagnosis: str) -> dict[str, str]:
    """What a diagnosis is in each task."""
    malignant = diagnosis in MALIGNANT
    return {
        "bm": "malignant" if malignant else "benign",
        "dx": diagnosis,
        "score": "5" if malignant else "1",
    }


def _reader_rows(
    name: str, level: str, arm: str, given: StrArray, looks: FloatArray, rng: Generator,
    period: str = "",
) -> list[Row]:  # fmt: skip
    """Three rows per case, one per task; rating, confidence and time stand with ``bm``.

    ``looks`` (n_cases,) is how much more suspicious a case looks to everybody than it should.
    """
    rows: list[Row] = []
    position = rng.permutation(N_CASES).tolist()
    for case, diagnosis in enumerate(given.tolist()):
        malignant = diagnosis in MALIGNANT
        side = (51, 99) if malignant else (1, 49)
        centre = (72 if malignant else 28) + looks[case]
        rating = round(float(np.clip(rng.normal(centre, 10), *side)))
        shared: Row = {"reader": name, "level": level, "arm": arm, "case": _code(case),
                       "period": period, "position": position[case] + 1, "repeat": 0}  # fmt: skip
        measured: Row = {"rating": rating}
        if name != "AI":
            measured["confidence"] = int(np.clip(round(abs(rating - 50) / 12) + 1, 1, 5))
            seconds = np.exp(rng.normal(3.6 if arm == "unaided" else 3.45, 0.35))
            measured["seconds"] = round(float(seconds), 1)
        score = str(int(np.clip(rating // 20 + 1, 1, 5)))
        called = "malignant" if malignant else "benign"
        rows.append({**shared, "task": "bm", "decision": called, **measured})
        rows.append({**shared, "task": "dx", "decision": diagnosis})
        rows.append({**shared, "task": "score", "decision": score})
    return rows


def _spoil(readings: list[Row]) -> None:
    """What happens in every study: answers not given, two boxes ticked, a case not assessable."""
    diagnoses = [row for row in readings if row["task"] == "dx" and row["reader"] == "J1"]
    for row in diagnoses[5:8]:
        row["decision"] = None
    diagnoses[20]["decision"] = "FNH;HEM"
    diagnoses[30]["decision"] = "cannot_assess"


def _marks(truth: StrArray, rng: Generator) -> Tables:
    """One or two lesions per malignant case, marked more surely with aid; stray marks anywhere."""
    lesions: list[Row] = []
    marks: list[Row] = []
    for case, diagnosis in enumerate(truth.tolist()):
        n_lesions = int(rng.integers(1, 3)) if diagnosis in MALIGNANT else 0
        names = [f"L{number + 1}" for number in range(n_lesions)]
        lesions += [{"case": _code(case), "lesion": name, "weight": None} for name in names]
        for reader, _, _ in READERS:
            for arm in ARMS:
                strength = 62 if arm == "aided" else 55
                found: list[str | None] = [name for name in names if rng.random() < 0.85]
                found += [None] * int(rng.poisson(0.4))
                for number, lesion in enumerate(found):
                    rating = float(rng.normal(strength if lesion else 40, 15))
                    marks.append({"reader": reader, "arm": arm, "case": _code(case),
                                  "mark": number + 1, "lesion": lesion,
                                  "rating": round(float(np.clip(rating, 1, 99)))})  # fmt: skip
    return {"marks": marks, "lesions": lesions}
