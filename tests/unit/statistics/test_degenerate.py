"""Every analysis type on every kind of poor data: an entry, never a traceback or a silent gap."""

import json

import pytest

from readerstudy.statistics import run
from readerstudy.statistics.registry import analysis_types
from tests.unit.statistics.studies import BINARY, plan, readings, reference

ONE, TWO = {"reader": "A", "arm": "x"}, {"reader": "B", "arm": "x"}
OTHER = {"reader": "A", "arm": "y"}
PAIR = {"a": ONE, "b": TWO}
ANALYSES = {
    "diagnostic": {"by": ["reader", "arm"]}, "mcnemar": PAIR, "cochran_q": {"select": {"arm": "x"}},
    "bowker": PAIR, "stuart_maxwell": PAIR, "cohen_kappa": {**PAIR, "weights": "linear"},
    "fleiss_kappa": {"select": {"arm": "x"}}, "krippendorff_alpha": {"select": {"arm": "x"}},
    "gwet_ac1": {"select": {"arm": "x"}}, "icc": {"select": {"arm": "x"}},
    "limits_of_agreement": {"arms": ["x", "y"]},
    "roc": {"select": ONE}, "delong": PAIR, "mrmc_or": {"arms": ["x", "y"]},
    "mrmc_ustat": {"arms": ["x", "y"]}, "froc": {"arms": ["x", "y"]},
    "ai_vs_readers": {"ai": {"reader": "AI"}, "readers": {"reader": ["A", "B"], "arm": "x"}},
    "mann_whitney": {"ai": {"reader": "AI"}, "readers": {"arm": "x"}},
    "non_inferiority": {"margin": 0.1, "of": {"type": "mcnemar", **PAIR}}, "gee": {}, "glmm": {},
    "time": {"a": ONE, "b": OTHER}, "confidence": {"a": ONE, "b": OTHER, "test": "mixed"},
    "comparison_matrix": {"ai": {"reader": "AI"}, "readers": {"arm": "x"}, "rule": "majority"},
    "reliance": {"before": ONE, "after": OTHER, "ai": {"reader": "AI"}},
    "calibration": {"select": ONE}, "decision_curve": {"select": ONE},
    "subgroup": {"by": "arm", "of": {"type": "diagnostic"}},
    "prevalence": {"select": ONE, "size": 2, "repeats": 1}, "period_effect": {"arms": ["x", "y"]},
    "power": {"method": "or_hillis", "readers": 1, "cases": 1,
              "roe_metz": {"mu": 1, "delta": 0, "var_r": 0, "var_c": 0, "var_tr": 0, "var_tc": 0,
                           "var_rc": 0, "var_e": 1}},
}  # fmt: skip
BY_DESIGN = {"statistic", "df2", "odds_ratio", "threshold"}
"""Keys that may be null without anything being wrong (exact tests, the first threshold)."""

LONE = (("A", "x"),)
FEW = (("A", "x"), ("A", "y"), ("B", "x"), ("B", "y"), ("AI", "ai"))


def study(truth, decisions, ratings, raters=FEW):
    rows = []
    for index, (reader, arm) in enumerate(raters):
        shift = index % 2
        rows += readings(
            reader, decisions[shift], arm=arm, n=len(truth), rating=ratings[shift],
            seconds=ratings[shift], confidence=ratings[shift], period=[str(shift)] * len(truth),
        )  # fmt: skip
    return rows, reference(truth)


B, M = "benign", "malignant"
NONE4 = [None] * 4
STUDIES = {
    "one case": study([M], ([M], [B]), ([1], [2])),
    "one case, one reader": study([M], ([M], [M]), ([1], [1]), LONE),
    "one reader": study([M, B, M, B], ([M, B, B, B], [M] * 4), ([4, 1, 2, 3], [1] * 4), LONE),
    "two cases": study([M, B], ([M, B], [B, M]), ([2, 1], [1, 2])),
    "one truth": study([B] * 4, ([B, M, B, M], [B] * 4), ([1, 2, 3, 4], [4, 3, 2, 1])),
    "constant": study([M, B, M, B], ([M] * 4, [M] * 4), ([5] * 4, [5] * 4)),
    "perfect": study([M, B, M, B], ([M, B, M, B],) * 2, ([9, 1, 8, 2], [9, 1, 8, 2])),
    "always wrong": study([M, B, M, B], ([B, M, B, M],) * 2, ([1, 9, 2, 8], [1, 9, 2, 8])),
    "no answer": study([M, B, M, B], (NONE4, NONE4), (NONE4, NONE4)),
    "one side only": study([M, B, M, B], ([M, B, M, B], NONE4), ([4, 3, 2, 1], NONE4)),
    "contradictions": study([M, B, M, B], (["benign;malignant"] * 4,) * 2, ([0] * 4, [0] * 4)),
    "special words": study([M, B, "no_lesion", B], (["no_lesion"] * 4, ["cannot_assess"] * 4),
                           ([0, 1, 0, 1], [1, 0, 1, 0])),
    "negative and huge": study([M, B, M, B], ([M, B, B, M], [B, B, M, M]),
                               ([-1e300, 1e300, 1e-300, 0], [1e300, -1e300, 0, 1])),
    "no truth": study([None] * 4, ([M, B, M, B], [M, M, B, B]), ([1, 2, 3, 4], [4, 3, 2, 1])),
    "no readings": ([], reference([M, B])),
}  # fmt: skip


def nulls(value, key=""):
    """Keys of the figures that are null."""
    if isinstance(value, dict):
        return {found for name, item in value.items() for found in nulls(item, name)}
    if isinstance(value, list):
        return {found for item in value for found in nulls(item, key)}
    return {key} if value is None else set()


def warned(entry):
    """Whether an entry or one of its groups gives a reason."""
    groups = entry.get("groups", [])
    parts = groups.values() if isinstance(groups, dict) else groups
    return bool(entry["warnings"]) or any("error" in part or part["warnings"] for part in parts)


def test_every_analysis_type_is_tried():
    assert set(ANALYSES) == set(analysis_types())


@pytest.mark.parametrize("kind", sorted(ANALYSES))
@pytest.mark.parametrize("name", sorted(STUDIES))
def test_poor_data_end_in_an_entry(name, kind):
    rows, truth = STUDIES[name]
    result = run(rows, truth, plan({"type": kind, **ANALYSES[kind]}, task=BINARY, resamples=20))
    json.dumps(result, allow_nan=False)
    entry = result["analyses"]["a0"]
    assert {"type", "n", "n_missing", "warnings"} <= set(entry)
    if "error" in entry:
        assert set(entry["error"]) == {"code", "message", "path"}
        assert entry["error"]["message"].endswith(".")
        assert entry["error"]["path"].startswith("/analyses/0")
    else:
        assert not (nulls(entry) - BY_DESIGN) or warned(entry)


BLANK = study([M, B, M, B], (NONE4, NONE4), (NONE4, NONE4))
NOMINAL_TASK = {"kind": "nominal", "categories": ["benign", "malignant", "other"]}


@pytest.mark.parametrize("ci", ["wilson", "bootstrap", "bca"])
@pytest.mark.parametrize("task", [BINARY, NOMINAL_TASK])
def test_nothing_left_to_resample(task, ci):
    analysis = {"type": "diagnostic", "select": ONE, "missing": "exclude", "ci": ci}
    found = run(*BLANK, plan(analysis, task=task, resamples=20))["analyses"]["a0"]
    assert found["accuracy"]["estimate"] is None
    assert found["warnings"]


@pytest.mark.filterwarnings("error")
def test_a_figure_undefined_without_any_one_case_has_percentile_limits():
    rows, truth = study([M, B], ([M, B], [M, B]), ([1, 2], [1, 2]), LONE)
    analysis = {"type": "diagnostic", "select": ONE, "ci": "bca"}
    found = run(rows, truth, plan(analysis, task=BINARY, resamples=20))["analyses"]["a0"]
    json.dumps(found, allow_nan=False)
    assert found["mcc"]["estimate"] == 1


@pytest.mark.parametrize("form", ["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"])
def test_cases_of_the_same_mean_end_in_a_warning(form):
    rows, truth = study([M, B, M], ([M] * 3, [M] * 3), ([1, 2, 3], [3, 2, 1]))
    analysis = {"type": "icc", "form": form, "select": {"reader": "A"}}
    found = run(rows, truth, plan(analysis, task=BINARY))["analyses"]["a0"]
    assert found["n_complete"] == 3
    assert not (nulls(found) - BY_DESIGN) or found["warnings"]
