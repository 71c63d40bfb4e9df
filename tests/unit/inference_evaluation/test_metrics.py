"""Metrics against scikit-learn and by hand, intervals by case."""

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from inference.contracts import Box
from inference.evaluation.bootstrap import intervals
from inference.evaluation.metrics import (
    auc,
    confusion_matrix,
    confusion_metrics,
    detection_counts,
    detection_metrics,
    macro_auc,
)


@pytest.fixture
def cohort() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    truth = rng.integers(4, size=80)
    scores = rng.random((80, 4)).round(1) + np.eye(4)[truth] * 0.3
    return truth, scores / scores.sum(axis=1, keepdims=True)


def test_areas_agree_with_scikit_learn_ties_included(cohort) -> None:
    truth, scores = cohort
    assert auc(truth == 1, scores[:, 1].round(1)) == pytest.approx(
        reference.roc_auc_score(truth == 1, scores[:, 1].round(1))
    )
    assert macro_auc(truth, scores) == pytest.approx(
        reference.roc_auc_score(truth, scores, multi_class="ovr", average="macro")
    )


def test_confusion_metrics_agree_with_scikit_learn(cohort) -> None:
    truth, scores = cohort
    decision = scores.argmax(axis=1)
    counts = confusion_matrix(truth, decision, 4)
    assert (counts == reference.confusion_matrix(truth, decision)).all()
    found = confusion_metrics(counts)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(truth, decision))
    for name in ("recall", "precision", "f1"):
        function = getattr(reference, f"{name}_score")
        assert found[name] == pytest.approx(function(truth, decision, average="macro"))


def test_missing_classes_give_no_number() -> None:
    assert math.isnan(auc(np.array([True, True]), np.array([0.1, 0.2])))
    assert math.isnan(confusion_metrics(np.zeros((2, 2), int))["accuracy"])
    assert math.isnan(macro_auc(np.array([], int), np.zeros((0, 3))))


def test_each_lesion_is_hit_once() -> None:
    truth = [Box(0, 0, 0, 10, 10, 10), Box(50, 0, 0, 10, 10, 10)]
    found = [Box(1, 0, 0, 10, 10, 10), Box(-1, 0, 0, 10, 10, 10), Box(90, 0, 0, 4, 4, 4)]
    assert detection_counts(found, truth, 0.1) == (1, 2, 1)
    assert detection_counts(found, truth, 0.9) == (0, 3, 2)
    assert detection_metrics(np.array([1, 2, 1])) == pytest.approx(
        {"f1": 0.4, "recall": 0.5, "precision": 1 / 3}
    )


def test_intervals_draw_cases_not_rows() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=30), 10)  # ten equal rows per case
    cases = [f"case{n // 10}" for n in range(300)]
    (found,) = intervals(cases, lambda rows: {"mean": values[rows].mean()}).values()
    width = found["ci_high"] - found["ci_low"]
    by_case = 2 * 1.96 * values[::10].std(ddof=1) / np.sqrt(30)
    assert width == pytest.approx(by_case, rel=0.15)
    assert found["estimate"] == pytest.approx(values.mean())
    assert intervals(cases, lambda rows: {"mean": values[rows].mean()})["mean"] == found


def test_what_cannot_be_computed_is_none() -> None:
    found = intervals(["a", "b"], lambda rows: {"x": math.nan}, draws=10)
    assert found["x"] == {"estimate": None, "ci_low": None, "ci_high": None}
