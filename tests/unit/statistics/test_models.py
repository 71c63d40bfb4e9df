"""Regression numerics and the entries built on them, against statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from readerstudy.statistics import InputError, run
from readerstudy.statistics.accuracy.calibration import equal_width_bins, hosmer_lemeshow
from readerstudy.statistics.models.logistic import NoFit, fit_logistic
from readerstudy.statistics.models.mixed import fit_crossed
from tests.unit.statistics.studies import NOMINAL, draw, entry, plan, readings, reference

BOTH = ("benign", "malignant")


@pytest.fixture(scope="module")
def study():
    """Three readers in two arms on 60 cases of two sizes."""
    rng = np.random.default_rng(21)
    truth, size = draw(rng, BOTH, 60), draw(rng, ("small", "large"), 60)
    rows = []
    for reader, level in (("R1", "junior"), ("R2", "senior"), ("R3", "senior")):
        for arm, skill in (("unaided", 0.65), ("aided", 0.85)):
            decisions = [t if rng.random() < skill else BOTH[t == "benign"] for t in truth]
            rows += readings(reader, decisions, arm=arm, level=[level] * 60)
    return rows, reference(truth, size=size)


def flat(study):
    rows, truth = study
    known = {row["case"]: row for row in truth}
    frame = pd.DataFrame(rows)
    frame["size"] = [known[case]["size"] for case in frame["case"]]
    frame["truth"] = [known[case]["truth"] for case in frame["case"]]
    frame["right"] = (frame["decision"] == frame["truth"]).astype(int)
    return frame


@pytest.mark.parametrize("metric", ["accuracy", "sensitivity", "specificity"])
def test_gee_is_that_of_statsmodels(study, metric):
    analysis = {"type": "gee", "metric": metric, "factors": ["arm", "level", "size"],
                "reference": {"arm": "unaided", "level": "junior", "size": "small"}}  # fmt: skip
    found = entry(*study, analysis)
    frame = flat(study)
    if metric != "accuracy":
        frame = frame[frame["truth"] == BOTH[metric == "sensitivity"]]
    formula = "right ~ C(arm, Treatment('unaided')) + level + C(size, Treatment('small'))"
    model = smf.gee(formula, "case", frame, family=sm.families.Binomial(),
                    cov_struct=sm.cov_struct.Independence())  # fmt: skip
    expected = model.fit(ctol=1e-12, maxiter=200)
    names = ["intercept", "arm[aided]", "level[senior]", "size[large]"]
    order = ["Intercept", "C(arm, Treatment('unaided'))[T.aided]", "level[T.senior]",
             "C(size, Treatment('small'))[T.large]"]  # fmt: skip
    rows = {row["name"]: row for row in found["coefficients"]}
    assert list(rows) == names
    for name, theirs in zip(names, order, strict=True):
        assert rows[name]["estimate"] == pytest.approx(expected.params[theirs], abs=1e-9)
        assert rows[name]["se"] == pytest.approx(expected.bse[theirs], abs=1e-9)
        assert rows[name]["p_value"] == pytest.approx(expected.pvalues[theirs], abs=1e-9)
        limits = expected.conf_int().loc[theirs]
        assert [rows[name]["ci_low"], rows[name]["ci_high"]] == pytest.approx(list(limits))
    odds = found["odds_ratios"]["arm[aided]"]
    assert odds["estimate"] == pytest.approx(np.exp(rows["arm[aided]"]["estimate"]))
    assert odds["ci_low"] == pytest.approx(np.exp(rows["arm[aided]"]["ci_low"]))


def test_gee_that_cannot_be_fitted_is_an_error_entry(study):
    rows, truth = study
    perfect = readings("R4", [row["truth"] for row in truth], arm="ideal")
    found = entry(rows + perfect, truth, {"type": "gee"})
    assert found["error"]["code"] == "no_fit"
    doubled = {"type": "gee", "factors": ["reader", "level"]}
    assert entry(rows, truth, doubled)["error"]["code"] == "no_fit"
    unknown = {"type": "gee", "reference": {"arm": "nowhere"}}
    assert entry(rows, truth, unknown)["error"]["path"] == "/analyses/0/reference/arm"
    stratum = {"type": "gee", "factors": ["colour"]}
    assert entry(rows, truth, stratum)["error"]["code"] == "unknown_stratum"
    with pytest.raises(InputError, match="plan:/analyses/0/reference/level"):
        run(rows, truth, plan({"type": "gee", "reference": {"level": "junior"}}))
    with pytest.raises(InputError, match="plan:/analyses/0/metric"):
        run(rows, truth, plan({"type": "gee", "metric": "sensitivity"}, task=NOMINAL))


def test_logistic_fit_reports_separation_and_collinearity():
    x = np.column_stack([np.ones(6), np.arange(6.0)])
    with pytest.raises(NoFit, match="separated"):
        fit_logistic(x, np.array([0.0, 0, 0, 1, 1, 1]))
    with pytest.raises(NoFit, match="collinear"):
        fit_logistic(np.column_stack([x, x[:, 1]]), np.array([0.0, 1, 0, 1, 0, 1]))


def test_the_mixed_model_is_that_of_statsmodels():
    rng = np.random.default_rng(4)
    n_readers, n_cases = 6, 25
    reader, case, arm = (a.ravel() for a in np.meshgrid(
        np.arange(n_readers), np.arange(n_cases), [0.0, 1.0], indexing="ij"))  # fmt: skip
    value = 3 + 0.3 * arm + rng.normal(0, 0.5, n_readers)[reader]
    value += rng.normal(0, 0.4, n_cases)[case] + rng.normal(0, 0.3, reader.size)
    keep = rng.random(reader.size) < 0.9
    value, arm, reader, case = (column[keep] for column in (value, arm, reader, case))
    ours = fit_crossed(value, np.column_stack([np.ones(value.size), arm]), reader, case)
    frame = pd.DataFrame({"y": value, "arm": arm, "reader": reader, "case": case, "all": 1})
    parts = {"reader": "0 + C(reader)", "case": "0 + C(case)"}
    theirs = sm.MixedLM.from_formula("y ~ arm", groups="all", vc_formula=parts, data=frame).fit(
        reml=True, method="lbfgs"
    )
    assert ours.coefficients.tolist() == pytest.approx(theirs.fe_params.tolist(), rel=1e-4)
    assert np.sqrt(np.diag(ours.covariance)).tolist() == pytest.approx(
        theirs.bse_fe.tolist(), rel=1e-3
    )
    case_variance, reader_variance = theirs.vcomp
    assert ours.var_reader == pytest.approx(reader_variance, rel=1e-2)
    assert ours.var_case == pytest.approx(case_variance, rel=1e-2)
    assert ours.var_residual == pytest.approx(theirs.scale, rel=1e-3)


@pytest.fixture(scope="module")
def rated():
    rng = np.random.default_rng(2)
    p = rng.uniform(0.02, 0.98, 300)
    truth = [BOTH[int(rng.random() < q**1.3)] for q in p]
    return p, truth


def test_probabilities_too_extreme_for_a_fit_are_warned_of():
    found = entry(
        readings("R", rating=[1e-300, 0.9]),
        reference(["benign", "malignant"]),
        {"type": "calibration"},
    )
    assert found["intercept"] is found["slope"] is found["calibration_in_the_large"] is None
    assert any(text.startswith("Intercept and slope are undefined") for text in found["warnings"])


def test_calibration_is_that_of_scikit_learn_and_statsmodels(rated):
    p, truth = rated
    positive = np.array([t == "malignant" for t in truth])
    found = entry(readings("R", rating=p.tolist()), reference(truth), {"type": "calibration"})
    assert found["brier"] == pytest.approx(brier_score_loss(positive, p))
    observed, predicted = calibration_curve(positive, p, n_bins=10)
    used = [row for row in found["bins"] if row["n"]]
    assert [row["mean_predicted"] for row in used] == pytest.approx(predicted.tolist())
    assert [row["observed"] for row in used] == pytest.approx(observed.tolist())
    weights = np.array([row["n"] for row in used])
    assert found["ece"] == pytest.approx((weights * abs(predicted - observed)).sum() / 300)
    logits = np.log(p / (1 - p))
    fit = sm.Logit(positive, sm.add_constant(logits)).fit(disp=0, tol=1e-12)
    assert [found["intercept"], found["slope"]] == pytest.approx(list(fit.params), abs=1e-8)
    offset = sm.GLM(positive.astype(float), np.ones(300), family=sm.families.Binomial(),
                    offset=logits).fit(tol=1e-12)  # fmt: skip
    assert found["calibration_in_the_large"] == pytest.approx(offset.params[0], abs=1e-8)


def test_hosmer_lemeshow_counts_deciles_by_hand():
    p = np.arange(1, 101) / 101
    positive = np.arange(100) % 3 == 0
    found = hosmer_lemeshow(p, positive)
    groups = [(p[i : i + 10].sum(), positive[i : i + 10].sum()) for i in range(0, 100, 10)]
    expected = sum((o - e) ** 2 / e + (o - e) ** 2 / (10 - e) for e, o in groups)
    assert (found.statistic, found.df) == (pytest.approx(expected), 8)
    assert hosmer_lemeshow(np.array([0.5, 0.5]), np.array([True, False])).statistic is None


def test_a_probability_on_an_edge_belongs_to_the_lower_bin():
    bins = equal_width_bins(np.array([0.0, 0.5, 0.50001, 1.0]), np.array([False] * 4), 2)
    assert [entry.n for entry in bins] == [2, 2]


def test_ratings_are_read_as_percentages_or_refused():
    truth = reference(["benign", "malignant"] * 10)
    ten = [*range(5, 100, 5), 99]
    percent = entry(readings("R", rating=ten), truth, {"type": "calibration"})
    share = entry(readings("R", rating=[t / 100 for t in ten]), truth, {"type": "calibration"})
    assert "percentages" in percent["warnings"][0]
    assert percent["brier"] == pytest.approx(share["brier"])
    for rating in (-1, 101):
        found = entry(readings("R", rating=[rating, *ten[1:]]), truth, {"type": "calibration"})
        assert found["error"]["code"] == "not_a_probability"
    none = entry(readings("R", n=20), truth, {"type": "decision_curve"})
    assert none["error"]["code"] == "no_rating"


@pytest.mark.parametrize(
    ("rating", "truth", "word"),
    [
        ([0.0, 0.4, 0.6, 1.0], ["benign", "malignant"] * 2, "exactly 0 or 1"),
        ([0.1, 0.4, 0.6, 0.9], ["benign"] * 4, "same truth"),
        ([0.1, 0.2, 0.8, 0.9], ["benign", "benign", "malignant", "malignant"], "separated"),
        ([0.5] * 4, ["benign", "malignant"] * 2, "collinear"),
    ],
)
def test_calibration_without_a_slope_says_why(rating, truth, word):
    found = entry(readings("R", rating=rating), reference(truth), {"type": "calibration"})
    assert found["slope"] is None
    assert any(word in text for text in found["warnings"])
    assert 0 <= found["ece"] <= 1


def test_net_benefit_follows_vickers_and_elkin(rated):
    p, truth = rated
    positive = np.array([t == "malignant" for t in truth])
    analysis = {"type": "decision_curve", "thresholds": [0.2, 0.5]}
    found = entry(readings("R", rating=p.tolist()), reference(truth), analysis)["net_benefit"]
    for index, t in enumerate((0.2, 0.5)):
        called, odds = p >= t, t / (1 - t)
        expected = ((called & positive).sum() - odds * (called & ~positive).sum()) / 300
        assert found["model"][index] == pytest.approx(expected)
        treat_all = positive.mean() - odds * (1 - positive.mean())
        assert found["treat_all"][index] == pytest.approx(treat_all)
    assert found["treat_none"] == [0, 0]
