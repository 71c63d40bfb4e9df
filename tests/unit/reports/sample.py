"""A small study with its protocol, plan and result, as the reports get them."""

from functools import cache
from typing import Any

import numpy as np

from readerstudy.protocol.template import six_lesion_template
from readerstudy.statistics import StudyShape, preset_plan, run

Json = dict[str, Any]

READERS = {"R1": ("junior", 3), "R2": ("middle", 9), "R3": ("senior", 18)}
SKILL = {"junior": 0.9, "middle": 1.3, "senior": 1.7, "ai": 1.6}
MALIGNANT = ("HCC", "ICC", "MET")
N_CASES = 48


@cache
def protocol() -> Json:
    """A frozen protocol: unaided, then aided after 28 days."""
    codes = _codes()
    template = six_lesion_template("Unaided and aided reading of focal liver lesions", 20240501)
    reference = []
    for code, truth in zip(codes, _truths(), strict=True):
        source = "pathology" if truth in MALIGNANT else "follow-up of 12 months"
        side = "malignant" if truth in MALIGNANT else "benign"
        reference += [
            {"case": code, "task": task, "truth": value, "source": source}
            for task, value in (("bm", side), ("dx", truth))
        ]
    arms = [dict(arm) for arm in template["arms"]]
    arms[1]["ai"] = {**arms[1]["ai"], "version": "1.0.0-demo", "weights_sha256": "ab" * 32}
    return {
        **template,
        "cases": [
            {"code": code, "case": f"case-{code}", "index_lesion": None,
             "strata": {"size_band": "1-3 cm" if number % 3 else "> 3 cm"}}
            for number, code in enumerate(codes)
        ],
        "reference": reference,
        "readers": [
            {"user": name, "level": level, "years": years}
            for name, (level, years) in READERS.items()
        ],
        "arms": arms,
        "algorithm": "reading-room/draw-1",
        "analysis_plan": plan(),
    }  # fmt: skip


@cache
def plan() -> Json:
    """The preset plan of that design."""
    template = six_lesion_template("", 0)
    shape = StudyShape(
        tasks=template["tasks"],
        arms=("unaided", "aided"),
        readers=tuple(READERS),
        rated_tasks=frozenset({"bm"}),
    )
    return preset_plan(shape, seed=20240501, resamples=100)


@cache
def result() -> Json:
    """What the preset plan gives."""
    return run(readings(), reference(), plan(), frozen=plan())


@cache
def readings() -> list[Json]:
    """Readings of three readers in two arms and of the AI; one was never made."""
    rng = np.random.default_rng(7)
    rows: list[Json] = []
    for reader, (level, _years) in READERS.items():
        for period, arm in enumerate(("unaided", "aided"), start=1):
            rows += _readings(rng, reader, level, arm, period)
    rows[5] |= {"decision": None, "rating": None, "confidence": None, "seconds": None}
    return rows + _readings(rng, "AI", "ai", "ai", None)


def reference() -> list[Json]:
    """The reference standard as rows."""
    strata = {case["code"]: case["strata"] for case in protocol()["cases"]}
    return [
        {"case": row["case"], "task": row["task"], "truth": row["truth"], **strata[row["case"]]}
        for row in protocol()["reference"]
    ]


def _codes() -> list[str]:
    return [f"C{number:03d}" for number in range(1, N_CASES + 1)]


def _truths() -> list[str]:
    diagnoses = ("HCC", "FNH", "MET", "CYST", "ICC", "HEM")
    return [diagnoses[number % 6] for number in range(N_CASES)]


def _readings(
    rng: np.random.Generator, reader: str, level: str, arm: str, period: int | None
) -> list[Json]:
    """One reading per case and task: a latent suspicion, cut at 50."""
    rows = []
    for position, (code, truth) in enumerate(zip(_codes(), _truths(), strict=True), start=1):
        shift = SKILL[level] + (0.5 if arm == "aided" else 0.0)
        latent = rng.normal(shift if truth in MALIGNANT else -shift, 1.5)
        rating = float(np.clip(50 + 20 * latent, 0, 100).round())
        right = rng.random() < 0.55 + 0.2 * shift / 2
        diagnosis = truth if right else str(rng.choice(["HCC", "ICC", "MET", "FNH", "HEM", "CYST"]))
        seconds = None if level == "ai" else float(np.exp(rng.normal(4.0, 0.4)).round(1))
        common = {
            "reader": reader, "level": level, "arm": arm, "period": period, "case": code,
            "position": None if level == "ai" else position, "repeat": 0,
            "confidence": None if level == "ai" else str(rng.integers(1, 6)), "seconds": seconds,
        }  # fmt: skip
        side = "malignant" if rating >= 50 else "benign"
        rows += [
            {**common, "task": "bm", "decision": side, "rating": rating},
            {**common, "task": "dx", "decision": diagnosis, "rating": None},
        ]
    return rows
