"""ROC entries against scikit-learn, and what has no curve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from readerstudy.statistics.accuracy.roc import WeightedAuc, roc_curve
from tests.unit.statistics.studies import draw, entry, readings, reference

BOTH = ("benign", "malignant")
ROC = {"type": "roc"}
RATINGS = st.lists(st.integers(0, 8), min_size=4, max_size=30)


def study(rating, truth):
    return readings("R", rating=rating), reference(truth)


@pytest.fixture
def sample():
    rng = np.random.default_rng(12)
    truth = draw(rng, BOTH, 120)
    rating = [int(rng.integers(0, 70) + 25 * (t == "malignant")) for t in truth]
    return rating, truth


def test_area_curve_and_youden_are_those_of_scikit_learn(sample):
    rating, truth = sample
    found = entry(*study(rating, truth), ROC)
    positive = [t == "malignant" for t in truth]
    assert found["auc"]["estimate"] == pytest.approx(metrics.roc_auc_score(positive, rating))
    fpr, tpr, threshold = metrics.roc_curve(positive, rating, drop_intermediate=False)
    assert found["curve"]["fpr"] == pytest.approx(fpr.tolist())
    assert found["curve"]["tpr"] == pytest.approx(tpr.tolist())
    assert found["curve"]["threshold"] == [None, *threshold[1:].tolist()]
    best = int(np.argmax(tpr - fpr))
    assert found["youden"] == {
        "threshold": threshold[best],
        "sensitivity": pytest.approx(tpr[best]),
        "specificity": pytest.approx(1 - fpr[best]),
    }


def test_the_standard_error_is_delongs(sample):
    rating, truth = sample
    found = entry(*study(rating, truth), ROC)
    x = np.array([r for r, t in zip(rating, truth, strict=True) if t == "malignant"])
    y = np.array([r for r, t in zip(rating, truth, strict=True) if t == "benign"])
    kernel = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    expected = kernel.mean(axis=1).var(ddof=1) / len(x) + kernel.mean(axis=0).var(ddof=1) / len(y)
    assert found["se"] == pytest.approx(np.sqrt(expected), abs=1e-12)
    centre, half = found["auc"]["estimate"], 1.959963984540054 * found["se"]
    assert found["auc"]["ci_low"] == pytest.approx(centre - half)
    assert found["auc"]["ci_high"] == pytest.approx(centre + half)


def test_bootstrap_and_delong_agree_roughly(sample):
    rating, truth = sample
    delong = entry(*study(rating, truth), ROC)
    boot = entry(*study(rating, truth), {**ROC, "ci": "bootstrap"}, resamples=2000)
    assert boot["se"] == pytest.approx(delong["se"], rel=0.1)
    assert boot["auc"]["estimate"] == delong["auc"]["estimate"]
    assert boot["auc"]["ci_method"] == "bootstrap percentile"


def test_bca_corrects_the_percentile_interval(sample):
    rating, truth = sample
    plain = entry(*study(rating, truth), {**ROC, "ci": "bootstrap"}, resamples=4000)["auc"]
    found = entry(*study(rating, truth), {**ROC, "ci": "bca"}, resamples=4000)["auc"]
    assert found["ci_method"] == "bootstrap BCa"
    assert found["ci_low"] < plain["ci_low"] + 0.005
    assert found["ci_low"] < found["estimate"] < found["ci_high"] < 1


@settings(max_examples=40, deadline=None)
@given(data=st.data(), rating=RATINGS)
def test_a_weighted_area_is_the_area_of_the_repeated_cases(data, rating):
    n = len(rating)
    positive = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    rating = np.array(rating, dtype=float)
    found = WeightedAuc.prepare(rating, positive, np.arange(n))(times[None, :].astype(float))[0, 0]
    truth, score = np.repeat(positive, times), np.repeat(rating, times)
    if np.unique(truth).size < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(metrics.roc_auc_score(truth, score), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), rating=RATINGS)
def test_monotone_transforms_leave_the_area_alone_and_reversal_mirrors_it(data, rating):
    n = len(rating)
    positive = np.array([True, False, *data.draw(
        st.lists(st.booleans(), min_size=n - 2, max_size=n - 2))])  # fmt: skip
    rating = np.array(rating, dtype=float)

    def area(values):
        curve = roc_curve(values, positive)
        return np.trapezoid(curve.tpr, curve.fpr)

    assert area(np.exp(rating) + 3) == pytest.approx(area(rating))
    assert area(-rating) == pytest.approx(1 - area(rating))


def test_missing_ratings_are_left_out_and_counted(sample):
    rating, truth = sample
    rating[:10] = [None] * 10
    found = entry(*study(rating, truth), ROC)
    positive = [t == "malignant" for t in truth[10:]]
    assert (found["n"], found["n_missing"]) == (120, 10)
    assert found["auc"]["estimate"] == pytest.approx(metrics.roc_auc_score(positive, rating[10:]))


def test_operating_points_come_from_decisions_with_missing_ones_wrong():
    truth = ["malignant", "malignant", "benign", "benign"]
    rows = readings("R", ["malignant", None, "benign", "benign"], rating=[4, 3, 2, 1])
    rows += readings("S", rating=[1, 2, 3, 4], arm="aided")
    found = entry(rows, reference(truth), ROC)
    assert found["operating_points"] == [
        {"reader": "R", "arm": "unaided", "sensitivity": 0.5, "specificity": 1.0}
    ]
    assert "2 raters are pooled" in found["warnings"][0]
    grouped = entry(rows, reference(truth), {**ROC, "by": ["reader"]})
    assert [group["reader"] for group in grouped["groups"]] == ["R", "S"]


@pytest.mark.parametrize("ci", ["delong", "bootstrap"])
@pytest.mark.parametrize(("rating", "area"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0)])
def test_a_perfect_area_has_no_standard_error_interval_or_test(rating, area, ci):
    truth = ["benign", "benign", "malignant", "malignant"]
    found = entry(*study(rating, truth), {**ROC, "ci": ci})
    assert found["auc"]["estimate"] == area
    assert (found["auc"]["ci_low"], found["auc"]["ci_high"], found["se"]) == (None, None, None)
    assert f"exactly {area:g}" in found["warnings"][0]


def test_constant_ratings_are_the_diagonal():
    found = entry(*study([2] * 6, ["benign", "malignant"] * 3), ROC)
    assert (found["auc"]["estimate"], found["se"]) == (0.5, 0.0)
    assert found["curve"]["fpr"] == [0, 1]
    assert found["warnings"]


@pytest.mark.parametrize(
    ("rating", "truth", "word"),
    [
        ([1, 2], ["benign"] * 2, "positive"),
        ([1, 2], ["malignant"] * 2, "negative"),
        ([None, None], ["benign", "malignant"], "no rated case"),
    ],
)
def test_one_sided_or_unrated_data_have_no_curve(rating, truth, word):
    found = entry(*study(rating, truth), ROC)
    assert (found["auc"]["estimate"], found["se"], found["curve"]["fpr"]) == (None, None, [])
    assert word in found["warnings"][0]


def test_one_positive_case_gives_an_area_without_standard_error():
    found = entry(*study([1, 3, 2], ["benign", "benign", "malignant"]), ROC)
    assert found["auc"]["estimate"] == 0.5
    assert (found["auc"]["ci_low"], found["se"]) == (None, None)


def test_the_van_dyke_areas_per_reader(shared_data):
    # Iowa OR-DBM MRMC 2.51 on the same data prints these ten areas
    table = np.genfromtxt(
        shared_data / "statistics" / "vandyke_ratings.csv", delimiter=",", names=True
    )
    first = table[(table["treatment"] == 1) & (table["reader"] == 1)]
    truth = [BOTH[int(t)] for t in first["truth"]]
    rows = [
        {"reader": int(line["reader"]), "arm": int(line["treatment"]), "task": "t",
         "case": f"C{int(line['case']) - 1:03d}", "rating": line["rating"]}
        for line in table
    ]  # fmt: skip
    found = entry(rows, reference(truth), {**ROC, "by": ["arm", "reader"]})
    areas = {(g["arm"], g["reader"]): round(g["auc"]["estimate"], 8) for g in found["groups"]}
    means = [np.mean([areas[arm, str(r)] for r in range(1, 6)]) for arm in ("1", "2")]
    assert [round(mean, 8) for mean in means] == [0.89703704, 0.94083736]
