"""The mixed model of times with columns it is adjusted for, against statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from readerstudy.statistics import InputError, run
from tests.unit.statistics.studies import entry, plan, readings, reference

SIDES = {"a": {"arm": "aided"}, "b": {"arm": "unaided"}}
ADJUSTED = {"type": "time", **SIDES, "test": "mixed", "adjust": ["size", "position"],
            "interact": ["size"]}  # fmt: skip
N = 40


@pytest.fixture(scope="module")
def study():
    """Large lesions take longer unaided; everybody gets faster along the list."""
    rng = np.random.default_rng(14)
    large = np.arange(N) % 2 == 1
    slow = rng.normal(0, 0.2, N)
    rows = []
    for reader in ("R1", "R2", "R3", "R4"):
        own = rng.normal(0, 0.2)
        for arm, effect in (("aided", -0.2), ("unaided", 0.0)):
            position = rng.permutation(N) + 1
            log = 3 + own + slow + effect + 0.3 * large * (arm == "unaided") - 0.005 * position
            seconds = np.exp(log + rng.normal(0, 0.2, N))
            rows += readings(reader, arm=arm, seconds=seconds.tolist(), position=position.tolist())
    return rows, reference(["benign"] * N, size=np.where(large, "large", "small").tolist())


def test_adjusted_coefficients_are_those_of_statsmodels(study):
    rows, truth = study
    found = entry(rows, truth, ADJUSTED)
    frame = pd.DataFrame(rows)
    frame["large"] = [float(int(case[1:]) % 2) for case in frame["case"]]
    frame["a"] = (frame["arm"] == "aided").astype(float)
    frame["y"], frame["all"] = np.log(frame["seconds"]), 1
    parts = {"reader": "0 + C(reader)", "case": "0 + C(case)"}
    theirs = sm.MixedLM.from_formula(
        "y ~ a * large + position", groups="all", vc_formula=parts, data=frame
    ).fit(reml=True, method="lbfgs")
    names = {"intercept": "Intercept", "side[a]": "a", "size[large]": "large",
             "side[a]:size[large]": "a:large", "position": "position"}  # fmt: skip
    rows_by_name = {row["name"]: row for row in found["coefficients"]}
    assert set(rows_by_name) == set(names)
    for ours, name in names.items():
        expected = theirs.fe_params[name]
        assert rows_by_name[ours]["estimate"] == pytest.approx(expected, rel=1e-3, abs=1e-5)
        assert rows_by_name[ours]["se"] == pytest.approx(theirs.bse_fe[name], rel=1e-2)
    assert found["ratio"]["estimate"] == pytest.approx(np.exp(theirs.fe_params["a"]), rel=1e-3)


def test_readings_without_position_are_left_out_and_counted(study):
    rows, truth = [dict(row) for row in study[0]], study[1]
    rows[3]["position"] = rows[9]["position"] = None
    found = entry(rows, truth, ADJUSTED)
    assert "Left out for want of a position: 2 readings." in found["warnings"]
    without = [row for row in rows if row["position"]]
    assert entry(without, truth, ADJUSTED)["coefficients"] == found["coefficients"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"test": "wilcoxon"}, "adjust"),
        ({"adjust": ["reader"], "interact": []}, "adjust/0"),
        ({"interact": ["level"]}, "interact/0"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(study, change, place):
    options = {**ADJUSTED, **change}
    options = {key: value for key, value in options.items() if value != []}
    with pytest.raises(InputError, match=f"plan:/analyses/0/{place}"):
        run(*study, plan(options))


def test_columns_that_add_up_to_others_are_an_error_entry(study):
    found = entry(*study, {**ADJUSTED, "adjust": ["arm"], "interact": ["arm"]})
    assert found["error"]["code"] == "too_few_readings"
    found = entry(*study, {**ADJUSTED, "adjust": ["colour"], "interact": ["colour"]})
    assert found["error"]["code"] == "unknown_stratum"
