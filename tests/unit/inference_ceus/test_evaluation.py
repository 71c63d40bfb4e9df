"""Model-DCB's tables: the paper's metrics by hand, its comparisons and experiments."""

import numpy as np
import pytest

from inference.contracts import Box
from inference.errors import UnusableInput
from inference.evaluation.ceus_dcb import evaluate
from inference.evaluation.ceus_experiments import moved_outline, prevalence, robustness
from inference.evaluation.ceus_summary import LesionResult, mcnemar, scored_by, summarise
from inference.io.cohort import TruthRow
from inference.pipelines.ceus_dcb.configuration import CLASSES, DISEASES, MODELS
from tests.unit.inference_ceus.builders import outline


def lesion(number: int, truth: str, says: str, plain: str | None = None) -> LesionResult:
    """A lesion of which Model-DCB says one class and Model-D another."""

    def sure(code: str) -> np.ndarray:
        return np.array([0.75 if own == code else 0.05 for own in CLASSES])

    models = {name: sure(says) for name in MODELS}
    models["model_d"] = sure(plain or says)
    row = TruthRow(
        case=f"c{number}",
        lesion=1,
        truth=truth,
        malignant=truth in ("HCC", "HM", "ICC"),
        size_mm=20,
        box_mm=Box(9, 9, 1, 5, 5, 1),
        phases=(),
        strata={"sex": "F" if number % 2 else "M", "Hep": "positive" if truth == "HCC" else ""},
    )
    diseases = sure(says)[:5]
    return LesionResult(row, models, "model_dcb", diseases / diseases.sum(), diseases, np.ones(4))


@pytest.fixture(scope="module")
def results() -> list[LesionResult]:
    right = [lesion(n, code, code, "HM") for n, code in enumerate(CLASSES)]
    return [*right, lesion(6, "HCC", "HM"), lesion(7, "OT", "OT", "OT")]


def test_macro_metrics_are_the_papers(results) -> None:
    metrics = summarise(results, draws=30)["metrics"]
    assert metrics["accuracy"]["estimate"] == pytest.approx(7 / 8)
    assert metrics["recall"]["estimate"] == pytest.approx((0.5 + 5) / 6)
    assert metrics["macro_specificity"]["estimate"] == pytest.approx((5 + 6 / 7) / 6)
    assert metrics["macro_npv"]["estimate"] == pytest.approx((5 + 6 / 7) / 6)
    assert metrics["accuracy_HCC"]["estimate"] == pytest.approx(7 / 8)
    assert metrics["accuracy_HA"]["estimate"] == 1
    assert metrics["macro_auc"]["ci_low"] <= metrics["macro_auc"]["estimate"]
    assert metrics["module_biomarker_auc_Hep"]["estimate"] is None  # only positives known


def test_models_are_compared_on_the_same_lesions(results) -> None:
    ablations = summarise(results, draws=30)["ablations"]
    gain = ablations["models"]["model_dcb minus model_d"]["accuracy"]
    assert gain["estimate"] == pytest.approx(5 / 8) and gain["ci_low"] <= 5 / 8
    assert ablations["models"]["model_dcb minus model_db"]["accuracy"]["estimate"] == 0
    test = ablations["mcnemar"]["model_dcb against model_d"]
    assert (test["only_first"], test["only_second"]) == (5, 0)
    assert test["p"] == pytest.approx(2 * 0.5**5)
    assert ablations["strategy"]["distributed minus direct"]["accuracy"]["estimate"] == 0
    assert set(ablations["prevalence"]) == {"1:9", "5:5", "9:1"}


def test_mcnemar_without_discordance_is_one(results) -> None:
    scored = scored_by(results, "model_db")
    assert mcnemar(scored, scored)["p"] == 1


def test_prevalence_weighs_malignant_and_benign_accuracy(results) -> None:
    found = prevalence(scored_by(results, None))
    ward, checkup = (found[name]["accuracy"]["estimate"] for name in ("9:1", "1:9"))
    assert checkup == pytest.approx(0.1 * 0.75 + 0.9, abs=0.02)
    assert ward == pytest.approx(0.9 * 0.75 + 0.1, abs=0.02)
    assert prevalence(scored_by(results[:3], None)) == {}


def test_robustness_counts_repeats_and_kept_decisions(results) -> None:
    disturbed = [[one, lesion(n, one.row.truth, "HH")] for n, one in enumerate(results)]
    found = robustness(results, disturbed)
    assert found["repeats"] == 2 and found["accuracy_undisturbed"] == pytest.approx(7 / 8)
    assert found["accuracy"]["estimate"] == pytest.approx((7 / 8 + 1 / 8) / 2)
    assert found["same_decision"] == pytest.approx((8 + 1) / 16)


def test_disturbed_outlines_stay_near_and_keep_their_form() -> None:
    rng = np.random.default_rng(1)
    drawn = np.array(outline().lesion)
    extents = []
    for _ in range(40):
        moved = np.array(moved_outline(outline(), rng).lesion)
        extents.append(np.ptp(moved, axis=0) / np.ptp(drawn, axis=0))
        assert np.abs(moved.mean(axis=0) - drawn.mean(axis=0)).max() <= 0.15 * 24 + 1e-6
    assert 0.79 < np.min(extents) < 0.9 and 1.1 < np.max(extents) < 1.21


def test_strategies_leave_out_other_type(results) -> None:
    only = [result for result in results if result.row.truth in DISEASES]
    assert len(only) == 6
    alone = summarise(only, draws=5)["ablations"]["strategy"]
    assert alone["direct"]["accuracy"]["estimate"] == pytest.approx(5 / 6)


def test_repeats_is_a_number(tmp_path) -> None:
    with pytest.raises(UnusableInput, match="whole number"):
        evaluate(
            tmp_path,
            weights=None,
            configuration="demo",
            device="cpu",
            progress=lambda share, step: None,
            repeats="many",
        )
