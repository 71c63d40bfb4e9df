"""The full report of a large reader study beside scikit-learn and statsmodels."""

import time
import tracemalloc
from typing import Any

import numpy as np

from readerstudy.statistics import run
from readerstudy.statistics.resampling import stream
from tests.benchmarks import statistics_baseline as baseline
from tests.benchmarks.statistics_baseline import Answers

ARMS, READERS, CASES, RESAMPLES, SEED = ("unaided", "aided"), 20, 500, 1000, 1
NAMES = tuple(f"R{reader:02d}" for reader in range(READERS))
WORDS = np.array(["benign", "malignant"])
Entries = dict[str, Any]


def rows() -> list[dict[str, Any]]:
    """Return the measured rows: time against the baseline, and peak memory."""
    answers = simulate()
    plan, readings, reference = plan_of(), readings_of(answers), reference_of(answers)
    small = {**plan, "analyses": plan["analyses"][:1], "resamples": 2}
    run(readings[:200], reference, small)  # imports and caches are no part of the report
    start = time.perf_counter()
    found = run(readings, reference, plan)["analyses"]
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    expected = baseline_numbers(answers)
    baseline_seconds = time.perf_counter() - start
    equal = all(
        np.allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        for ours, theirs in zip(our_numbers(found), expected, strict=True)
    )
    peak = peak_mib(readings, reference, plan)
    report = f"full report, 2 x {READERS} x {CASES}, {RESAMPLES} resamples"
    return [
        {"name": report, "ours": seconds, "baseline": baseline_seconds, "unit": "s",
         "ratio": baseline_seconds / seconds, "target": 50, "equal": equal},
        {"name": f"{report}, budget", "ours": seconds, "baseline": 10.0, "unit": "s",
         "ratio": 10.0 / seconds, "target": 1, "equal": equal},
        {"name": f"{report}, peak memory", "ours": peak, "baseline": 256.0, "unit": "MiB",
         "ratio": 256.0 / peak, "target": 1, "equal": equal},
    ]  # fmt: skip


def simulate() -> Answers:
    """Ratings 0-100 that aid makes better, decisions from 60 on."""
    rng = np.random.default_rng(SEED)
    truth = (rng.random(CASES) < 0.5).astype(int)
    skill = np.array([1.0, 1.4])[:, None, None] + rng.normal(0, 0.2, (2, READERS, 1))
    latent = rng.normal(0, 0.6, CASES) + rng.normal(0, 0.8, (2, READERS, CASES)) + skill * truth
    rating = np.clip(np.round(50 + 15 * latent), 0, 100).astype(int)
    return Answers(truth, rating, (rating >= 60).astype(int))


def plan_of() -> Entries:
    """Every analysis of the report."""
    arms = {"arms": ["aided", "unaided"]}
    groups = {"by": ["reader", "arm"]}
    analyses: list[Entries] = [
        {"id": "accuracy", "type": "diagnostic", **groups},
        {"id": "roc", "type": "roc", **groups},
        {"id": "or", "type": "mrmc_or", **arms},
        {"id": "u", "type": "mrmc_ustat", **arms},
    ]
    analyses += [
        {"id": f"fleiss {arm}", "type": "fleiss_kappa", "select": {"arm": arm}} for arm in ARMS
    ]
    for name in NAMES:
        sides = {
            side: {"reader": name, "arm": arm} for side, arm in zip("ab", ARMS[::-1], strict=True)
        }
        analyses += [
            {"id": f"{kind} {name}", "type": kind, **sides}
            for kind in ("mcnemar", "cohen_kappa", "delong")
        ]
    task = {"kind": "binary", "categories": WORDS.tolist(), "positive": ["malignant"]}
    return {
        "schema": "analysis-plan/1", "seed": SEED, "resamples": RESAMPLES, "tasks": {"t": task},
        "analyses": [{"task": "t", **analysis} for analysis in analyses],
    }  # fmt: skip


def readings_of(answers: Answers) -> list[Entries]:
    """Rows of readings.csv, reader by reader, arm by arm."""
    return [
        {"reader": name, "arm": ARMS[arm], "case": f"C{case:04d}", "task": "t",
         "decision": WORDS[answers.decision[arm, reader, case]],
         "rating": answers.rating[arm, reader, case]}
        for reader, name in enumerate(NAMES) for arm in range(2) for case in range(CASES)
    ]  # fmt: skip


def reference_of(answers: Answers) -> list[Entries]:
    """Rows of reference.csv."""
    return [
        {"case": f"C{case:04d}", "task": "t", "truth": WORDS[truth]}
        for case, truth in enumerate(answers.truth)
    ]


def baseline_numbers(answers: Answers) -> list[list[float]]:
    """The baseline's figures, part by part; its bootstrap uses our streams."""
    streams = stream(SEED, "accuracy").spawn(2 * READERS)
    return [
        baseline.diagnostic(answers, list(streams), RESAMPLES),
        baseline.paired(answers),
        baseline.roc(answers),
        baseline.delong(answers),
        baseline.obuchowski_rockette(answers),
        baseline.u_statistic(answers),
    ]


def our_numbers(found: Entries) -> list[list[float]]:
    """Our figures in the order of the baseline."""
    accuracy = [
        group[name][key]
        for group in found["accuracy"]["groups"]
        for name in ("accuracy", "sensitivity", "f1", "youden", "mcc")
        for key in ("estimate", "ci_low", "ci_high")
    ]
    paired = []
    for name in NAMES:
        kappa = found[f"cohen_kappa {name}"]["kappa"]
        paired += [found[f"mcnemar {name}"]["p_value"], kappa["estimate"], kappa["ci_low"],
                   kappa["ci_high"]]  # fmt: skip
    paired += [found[f"fleiss {arm}"]["kappa"]["estimate"] for arm in ARMS]
    roc = []
    for group in found["roc"]["groups"]:
        roc += [group["auc"]["estimate"], group["se"], *group["curve"]["fpr"],
                *group["curve"]["tpr"]]  # fmt: skip
    delong = []
    for name in NAMES:
        entry = found[f"delong {name}"]
        delong += [entry["difference"]["estimate"], entry["z"], entry["p_value"]]
    test, u = found["or"], found["u"]
    return [
        accuracy, paired, roc, delong,
        [test["statistic"], test["df2"], test["p_value"]],
        [u["difference"]["estimate"], u["components"]["var_difference"]],
    ]  # fmt: skip


def peak_mib(readings: list[Entries], reference: list[Entries], plan: Entries) -> float:
    """Largest memory that the report allocates beyond its input."""
    tracemalloc.start()
    run(readings, reference, plan)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20
