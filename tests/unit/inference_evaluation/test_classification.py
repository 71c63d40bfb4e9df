"""The shared table of classifiers: scikit-learn, strata, differences over the same draws."""

import numpy as np
import pytest
from sklearn import metrics as reference

from inference.contracts import Box
from inference.evaluation.classification import Scored, compare, summary
from inference.io.cohort import TruthRow

N = 60


def scored(noise: float, seed: int = 3) -> Scored:
    rng = np.random.default_rng(seed)
    truth = np.arange(N) % 2
    high = np.clip(truth + rng.normal(0, noise, N), -1, 2) / 3 + 1 / 3
    rows = tuple(
        TruthRow(
            case=f"phantom-{n // 2}",
            lesion=n % 2 + 1,
            truth=("HCC", "ICC")[truth[n]],
            malignant=True,
            size_mm=20.0,
            box_mm=Box(0, 0, 0, 1, 1, 1),
            phases=("arterial",),
            strata={"size_band": "1-3 cm" if n < 20 else "3-5 cm"},
        )
        for n in range(N)
    )
    return Scored(("HCC", "ICC"), rows, np.stack([1 - high, high], axis=1), positive="HCC")


def test_metrics_agree_with_scikit_learn() -> None:
    own = scored(0.8)
    found = own.metrics(np.arange(N))
    decision = own.probabilities.argmax(axis=1)
    assert found["accuracy"] == reference.accuracy_score(own.truth, decision)
    assert found["sensitivity"] == reference.recall_score(own.truth, decision, pos_label=0)
    assert found["specificity"] == reference.recall_score(own.truth, decision, pos_label=1)
    assert found["ppv"] == reference.precision_score(own.truth, decision, pos_label=0)
    assert found["npv"] == reference.precision_score(own.truth, decision, pos_label=1)
    assert found["macro_auc"] == pytest.approx((found["auc_HCC"] + found["auc_ICC"]) / 2)
    assert found["auc_ICC"] == pytest.approx(
        reference.roc_auc_score(own.truth, own.probabilities[:, 1])
    )


def test_the_summary_has_the_contracts_form() -> None:
    answer = summary("fourphase_ct", scored(0.8), draws=50)
    assert (answer["n_cases"], answer["n_lesions"]) == (N // 2, N)
    assert np.sum(answer["confusion"]["counts"]) == N
    for value in answer["metrics"].values():
        assert value["ci_low"] <= value["estimate"] <= value["ci_high"]
    bands = answer["by_stratum"]["size_band"]
    assert {name: band["n_lesions"] for name, band in bands.items()} == {"1-3 cm": 20, "3-5 cm": 40}


def test_differences_use_the_same_draws_of_cases() -> None:
    own = scored(0.8)
    table = compare({"all": own, "same": own, "worse": scored(2.5, seed=4)}, "all", draws=50)
    assert table["all minus same"]["accuracy"] == {"estimate": 0, "ci_low": 0, "ci_high": 0}
    gain = table["all minus worse"]["macro_auc"]
    assert gain["estimate"] == pytest.approx(
        table["all"]["macro_auc"]["estimate"] - table["worse"]["macro_auc"]["estimate"]
    )


def test_seeds_of_a_variant_count_by_the_mean_of_their_metrics() -> None:
    one, other = scored(0.8), scored(2.5, seed=4)
    table = compare({"best": one, "seeds": [one, other]}, "best", draws=20)
    expected = np.mean([run.metrics(np.arange(N))["macro_auc"] for run in (one, other)])
    assert table["seeds"]["macro_auc"]["estimate"] == pytest.approx(expected)


def test_other_lesions_cant_be_compared() -> None:
    own = scored(0.8)
    with pytest.raises(ValueError, match="same lesions"):
        compare({"all": own, "part": Scored(own.classes, own.rows[::-1], own.probabilities)}, "all")
