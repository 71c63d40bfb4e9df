"""Adjusted p values against statsmodels, and the rules R's p.adjust leaves implicit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from readerstudy.statistics import run
from readerstudy.statistics.families import METHODS, adjust, members
from tests.unit.statistics.studies import draw, plan, readings, reference

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)
ORACLE = {"holm": "holm", "hochberg": "simes-hochberg", "bh": "fdr_bh", "bonferroni": "bonferroni"}


@settings(max_examples=50, deadline=None)
@given(p=P_VALUES, method=st.sampled_from(sorted(ORACLE)))
def test_adjusted_values_are_those_of_statsmodels(p, method):
    expected = multipletests(p, method=ORACLE[method])[1]
    assert adjust(p, method) == pytest.approx(expected.tolist(), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(p=P_VALUES, method=st.sampled_from(METHODS))
def test_adjusting_never_makes_a_p_value_smaller_nor_larger_than_one(p, method):
    for raw, adjusted in zip(p, adjust(p, method), strict=True):
        assert raw <= adjusted <= 1


def test_gatekeeping_stops_at_the_first_test_that_is_not_rejected():
    table = members(["a", "b", "c"], [0.01, 0.2, 0.001], "gatekeeping", 0.05)
    assert [m.p_adjusted for m in table] == [0.01, 0.2, 0.2]
    assert [m.reject for m in table] == [True, False, False]


def test_an_undefined_p_value_is_no_test_but_closes_the_gate():
    assert adjust([0.01, None, 0.02], "holm") == [0.02, None, 0.02]
    assert adjust([None, None], "bh") == [None, None]
    assert adjust([0.01, None, 0.02], "gatekeeping") == [0.01, None, 1.0]
    assert not members(["a"], [None], "holm", 0.05)[0].reject


def test_rejection_includes_the_level_itself():
    assert members(["a", "b"], [0.025, 0.9], "bonferroni", 0.05)[0].reject


def test_a_family_of_a_plan_follows_the_plan_and_reads_the_entries():
    rng = np.random.default_rng(5)
    truth = draw(rng, ("benign", "malignant"), 60)
    rows = [row for name in ("R1", "R2", "R3")
            for row in readings(name, draw(rng, ("benign", "malignant"), 60))]  # fmt: skip
    pairs = [("R1", "R2"), ("R1", "R3"), ("R1", "gone")]
    document = plan(*({"type": "mcnemar", "a": a, "b": b} for a, b in pairs))
    document["families"] = [{"id": "f", "members": ["a1", "a0", "a2"], "adjust": "holm"}]
    result = run(rows, reference(truth), document)
    family = result["families"]["f"]
    assert [m["id"] for m in family["members"]] == ["a1", "a0", "a2"]
    raw = [result["analyses"][name].get("p_value") for name in ("a1", "a0", "a2")]
    assert raw[2] is None
    assert [m["p_value"] for m in family["members"]] == raw
    assert [m["p_adjusted"] for m in family["members"]] == adjust(raw, "holm")
