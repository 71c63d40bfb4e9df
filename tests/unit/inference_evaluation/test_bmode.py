"""DCNN-US's tables: curves by hand, nomogram against the regression, strata and ablation."""

from dataclasses import replace

import numpy as np
import pytest

from inference.contracts import Box
from inference.evaluation.bmode_summary import LOOKS, CaseResult, nomogram, summarise
from inference.evaluation.curves import THRESHOLDS, calibration, decision_curve, hosmer_lemeshow
from inference.evaluation.metrics import auc
from inference.io.cohort import TruthRow
from inference.pipelines.bmode_dcnn.clinic import VARIABLES, Clinic
from inference.pipelines.bmode_dcnn.configuration import MODELS
from inference.training.logistic import Logistic, sigmoid

TRUTH = np.array([True, True, False, False])
SCORES = np.array([0.9, 0.4, 0.6, 0.1])


def clinic() -> Clinic:
    coefficients = np.array([4.0, 1.0, 2.0, 1.5, 0.3, 0.8, -0.2])
    model = Logistic(coefficients, -5.0, np.full(7, 0.5), np.full(7, 0.3))
    return Clinic(model, dict.fromkeys(MODELS, 0.5))


def results(n: int = 40) -> list[CaseResult]:
    rng = np.random.default_rng(4)
    found = []
    for number in range(n):
        malignant = number % 2 == 0
        base = 1.0 if malignant else -1.0
        outcomes = {
            model: float(sigmoid(np.array(base * strength + rng.normal())))
            for model, strength in zip(MODELS, (0.3, 1.0, 3.0), strict=True)
        }
        row = TruthRow(
            case=f"case-{number}",
            lesion=1,
            truth="malignant" if malignant else "benign",
            malignant=malignant,
            size_mm=30,
            box_mm=Box(0, 0, 0, 1, 1, 1),
            phases=(),
            strata={"size_band": "2.1-5 cm" if number % 3 else ">5 cm", "background": "normal"},
        )
        shares = {"normal": 0.6, "steatosis": 0.3, "fibrosis": 0.1}
        found.append(CaseResult(row, outcomes, outcomes["L"], shares, (float(rng.random()),)))
    return found


def test_decision_curve_by_hand() -> None:
    curve = decision_curve(TRUTH, {"model": SCORES})
    at = THRESHOLDS.index(0.5)
    assert curve["net_benefit"]["model"][at] == pytest.approx((1 - 1 * 0.5 / 0.5) / 4)
    assert curve["net_benefit"]["all"][0] == pytest.approx((2 - 2 * 0.02 / 0.98) / 4)
    assert set(curve["net_benefit"]["none"]) == {0.0}
    assert THRESHOLDS[0] == 0.02 and THRESHOLDS[-1] < 1


def test_calibration_and_hosmer_lemeshow_by_hand() -> None:
    groups = calibration(TRUTH, SCORES, 2)
    assert [g["predicted"] for g in groups["groups"]] == pytest.approx([0.25, 0.75])
    assert [g["observed"] for g in groups["groups"]] == [0.5, 0.5]
    assert groups["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    found = hosmer_lemeshow(TRUTH, SCORES, 2)
    expected = 2 * (0.5**2 / 0.5 + 0.5**2 / 1.5)
    assert found["hosmer_lemeshow"] == pytest.approx(expected)
    assert 0 < found["hosmer_lemeshow_p"] < 1


def test_true_probabilities_are_well_calibrated() -> None:
    rng = np.random.default_rng(8)
    scores = rng.random(4000)
    assert hosmer_lemeshow(rng.random(4000) < scores, scores)["hosmer_lemeshow_p"] > 0.01
    worse = hosmer_lemeshow(rng.random(4000) < scores**2, scores)
    assert worse["hosmer_lemeshow_p"] < 1e-6


def test_points_of_the_nomogram_give_the_regressions_log_odds() -> None:
    own = clinic()
    table = nomogram(own)
    row = np.array([0.7, 1, 0, 1, 6.1, 1, 1])
    points = 0.0
    for name, value in zip(VARIABLES, row, strict=True):
        axis = table["variables"][name]
        span = axis["most_points_at"] - axis["zero_points_at"]
        points += axis["points"] * (value - axis["zero_points_at"]) / span
    log_odds = table["intercept"] + table["log_odds_per_point"] * points
    assert log_odds == pytest.approx(own.model.log_odds(row[None])[0])
    assert max(axis["points"] for axis in table["variables"].values()) == pytest.approx(100)


def test_the_fullest_model_is_the_headline_and_the_order_is_tested() -> None:
    summary = summarise(results(), clinic(), draws=50)
    assert summary["model"] == "LBC"
    ablation = summary["ablations"]["models"]
    assert set(ablation) == {*MODELS, "LBC minus L", "LBC minus LB", "LB minus L"}
    assert ablation["LBC minus L"]["macro_auc"]["ci_low"] > 0
    areas = [ablation[model]["macro_auc"]["estimate"] for model in MODELS]
    assert areas == sorted(areas)
    assert summary["ablations"]["intensity"][LOOKS]["macro_auc"]["estimate"] >= 0.5
    assert summary["ablations"]["outline"]["outlined minus boxed"]["macro_auc"]["estimate"] == 0
    assert set(summary["by_stratum"]["size_band"]) == {"2.1-5 cm", ">5 cm"}
    assert summary["metrics"]["background_accuracy"]["estimate"] == 1
    assert {"youden_sensitivity", "youden_specificity", "youden_ppv"} <= set(summary["metrics"])
    assert set(summary["decision_curve"]["net_benefit"]) == {*MODELS, "all", "none"}
    assert "models over seeds" not in summary["ablations"]
    tests = summary["delong"]
    assert set(tests["models"]) == {"LB minus L", "LBC minus L", "LBC minus LB"}
    gain = ablation["LBC minus L"]["macro_auc"]["estimate"]
    assert tests["models"]["LBC minus L"]["difference"] == pytest.approx(gain)
    assert tests["models"]["LBC minus L"]["p"] < 0.05
    assert set(tests["size_band"]) == {">5 cm minus 2.1-5 cm"} and tests["weights"] == {}


def test_metrics_are_averaged_over_seeds() -> None:
    cases = [
        replace(case, others=({name: 1 - value for name, value in case.outcomes.items()},))
        for case in results()
    ]
    summary = summarise(cases, clinic(), draws=20)
    seeds = summary["ablations"]["models over seeds"]
    # A second seed that says the opposite of the first: both areas' mean is a half.
    assert [seeds[model]["macro_auc"]["estimate"] for model in MODELS] == [0.5] * 3
    assert seeds["LBC minus LB"]["macro_auc"]["estimate"] == pytest.approx(0)
    first, second = _areas_of_seeds(cases)
    difference = summary["delong"]["weights"]["2 minus 1"]["difference"]
    assert first > 0.5 and difference == pytest.approx(second - first)


def test_a_case_without_clinical_values_lowers_the_headline() -> None:
    cases = results(12)
    short = {name: cases[0].outcomes[name] for name in ("L", "LB")}
    cases[0] = CaseResult(cases[0].row, short, 0.5, {}, (0.5,))
    assert summarise(cases, clinic(), draws=20)["model"] == "LB"


def _areas_of_seeds(cases: list[CaseResult]) -> tuple[float, float]:
    truth = np.array([case.row.malignant for case in cases])
    scores = np.array([(case.outcomes["LBC"], case.others[0]["LBC"]) for case in cases])
    return auc(truth, scores[:, 0]), auc(truth, scores[:, 1])
