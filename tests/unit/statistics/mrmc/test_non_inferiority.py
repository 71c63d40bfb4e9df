"""Non-inferiority of mrmc_or and mcnemar: the p value and the interval say the same."""

import numpy as np
import pytest
from scipy import stats

from readerstudy import statistics
from readerstudy.statistics import InputError

from .conftest import random_study
from .rows import TASK, entry, reading_rows, reference_rows

RATINGS, POSITIVE = random_study(61, n_readers=4, n_cases=60)
READINGS, REFERENCE = reading_rows(RATINGS, decide_at=1), reference_rows(POSITIVE)
OR = {"type": "mrmc_or", "arms": ["A0", "A1"]}
SIDES = {"a": {"reader": "R0", "arm": "A0"}, "b": {"reader": "R1", "arm": "A0"}}
MCNEMAR = {"type": "mcnemar", **SIDES}


def run(of, margin):
    return entry(READINGS, REFERENCE, "non_inferiority", of=of, margin=margin)


@pytest.mark.parametrize("inference", ["RRRC", "FRRC", "RRFC"])
def test_p_value_of_mrmc_or(inference):
    inner = entry(READINGS, REFERENCE, "mrmc_or", arms=["A0", "A1"], inference=inference)
    found = run(OR | {"inference": inference}, 0.05)
    t = (inner["difference"]["estimate"] + 0.05) / inner["se"]
    law = stats.norm if inner["df2"] is None else stats.t(inner["df2"])
    assert found["difference"] == inner["difference"]
    assert found["p_value"] == pytest.approx(law.sf(t), rel=1e-12)
    assert (found["n"], found["margin"]) == (60, 0.05)


@pytest.mark.parametrize("of", [OR, MCNEMAR], ids=["mrmc_or", "mcnemar"])
@pytest.mark.parametrize("away", [-1e-6, 1e-6])
def test_p_is_half_alpha_where_the_interval_touches_the_margin(of, away):
    low = run(of, 0.5)["difference"]["ci_low"]
    assert low < 0
    found = run(of, -low + away)
    assert found["p_value"] == pytest.approx(0.025, abs=1e-4)
    assert found["non_inferior"] is (found["p_value"] < 0.025) is (away > 0)
    assert found["superior"] is False


def test_p_value_falls_with_the_margin():
    values = [run(MCNEMAR, margin)["p_value"] for margin in np.linspace(0, 0.9, 10)]
    assert values == sorted(values, reverse=True)
    difference = run(MCNEMAR, 0)["difference"]["estimate"]
    if difference < 0:
        assert run(MCNEMAR, -difference)["p_value"] == pytest.approx(0.5, abs=1e-6)


def test_a_clear_winner_is_superior():
    ratings = RATINGS.copy()
    ratings[0] = POSITIVE * 9.0 + np.random.default_rng(0).normal(size=60)
    rows = reading_rows(ratings, decide_at=4.5)
    found = entry(rows, REFERENCE, "non_inferiority", of=OR | {"metric": "accuracy"}, margin=0.1)
    assert (found["non_inferior"], found["superior"]) == (True, True)
    assert found["p_value"] < 1e-4


def test_without_an_interval_nothing_follows():
    rows = reading_rows(RATINGS[:, :1], decide_at=1)
    found = entry(rows, REFERENCE, "non_inferiority", of=OR, margin=0.1)
    assert (found["non_inferior"], found["superior"], found["p_value"]) == (None, None, None)
    assert "no interval" in found["warnings"][-1]


@pytest.mark.parametrize(
    ("of", "place"),
    [
        ("roc", "/of/type"),
        ({"type": "delong", **SIDES}, "/of/type"),
        (OR | {"covariance": "magic"}, "/of/covariance"),
        (7, "/of"),
    ],
)
def test_faulty_inner_analyses_are_named(of, place):
    with pytest.raises(InputError, match=f"/analyses/0{place}: "):
        run(of, 0.1)
    with pytest.raises(InputError, match="/analyses/0/margin: "):
        run(OR, -0.1)


def test_of_may_be_an_id_whose_task_is_taken():
    plan = {
        "schema": "analysis-plan/1",
        "tasks": {"bm": TASK},
        "analyses": [
            {"id": "primary", "task": "bm", **OR},
            {"id": "ni", "type": "non_inferiority", "of": "primary", "margin": 0.05},
            {"id": "other", "type": "non_inferiority", "of": {**OR, "task": "x"},
             "task": "bm", "margin": 0.05},
        ],
    }  # fmt: skip
    with pytest.raises(InputError, match="/analyses/2/of/task: The task differs"):
        statistics.run(READINGS, REFERENCE, plan)
    del plan["analyses"][2]
    entries = statistics.run(READINGS, REFERENCE, plan)["analyses"]
    assert entries["ni"]["difference"] == entries["primary"]["difference"]
