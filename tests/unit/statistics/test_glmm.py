"""The mixed logistic model: its likelihood by definition, statsmodels where there is no mixing.

Published figures of lme4 and glmmTMB are among the validation's.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize
from scipy.special import expit
from statsmodels.tools.numdiff import approx_hess

from readerstudy.statistics import InputError, run
from readerstudy.statistics.models.glmm import fit_glmm
from readerstudy.statistics.models.logistic import NoFit
from tests.unit.statistics.studies import draw, entry, plan, readings, reference

BOTH = ("benign", "malignant")


def crossed(seed=5, n_readers=5, n_cases=14):
    """Outcome, design, reader and case of readers x cases x two arms, a tenth left out."""
    rng = np.random.default_rng(seed)
    reader, case, arm = (a.ravel() for a in np.meshgrid(
        np.arange(n_readers), np.arange(n_cases), [0.0, 1.0], indexing="ij"))  # fmt: skip
    eta = 0.5 + 0.6 * arm + rng.normal(0, 0.8, n_readers)[reader] + rng.normal(0, 1, n_cases)[case]
    outcome = (rng.random(eta.size) < expit(eta)).astype(float)
    keep = rng.random(eta.size) < 0.9
    return (
        outcome[keep],
        np.column_stack([np.ones(keep.sum()), arm[keep]]),
        reader[keep],
        case[keep],
    )


def deviance(parameters, outcome, design, reader, case):
    """Laplace's approximation with explicit matrices: parameters are b, then both deviations."""
    columns = zip((reader, case), parameters[-2:], strict=True)
    effects = np.hstack([np.eye(groups.max() + 1)[groups] * sd for groups, sd in columns])

    def joint(modes):
        eta = design @ parameters[:-2] + effects @ modes
        return np.logaddexp(0, eta).sum() - outcome @ eta + modes @ modes / 2

    def slope(modes):
        return effects.T @ (expit(design @ parameters[:-2] + effects @ modes) - outcome) + modes

    found = optimize.minimize(joint, np.zeros(effects.shape[1]), jac=slope, method="BFGS",
                              options={"gtol": 1e-9})  # fmt: skip
    p = expit(design @ parameters[:-2] + effects @ found.x)
    curvature = effects.T @ (effects * (p * (1 - p))[:, None]) + np.eye(effects.shape[1])
    return 2 * found.fun + np.linalg.slogdet(curvature)[1]


def test_the_fit_maximises_the_approximated_likelihood():
    data = crossed()
    fit = fit_glmm(*data)
    best = np.array([*fit.coefficients, fit.sd_reader, fit.sd_case])
    assert fit.log_likelihood == pytest.approx(-deviance(best, *data) / 2, abs=1e-8)
    assert min(fit.sd_reader, fit.sd_case) > 0.1
    for index, step in [(i, s) for i in range(4) for s in (-0.01, 0.01)]:
        moved = best.copy()
        moved[index] += step
        assert deviance(moved, *data) > -2 * fit.log_likelihood
    curvature = approx_hess(best, deviance, epsilon=np.full(4, 1e-3), args=data) / 2
    expected = np.linalg.inv(curvature)[:2, :2]
    np.testing.assert_allclose(fit.covariance, expected, rtol=1e-3, atol=1e-5)


def test_without_groups_it_is_logistic_regression():
    outcome, design, reader, _case = crossed(6)
    nobody = np.zeros_like(reader)
    fit = fit_glmm(outcome, design, nobody, nobody)
    expected = sm.Logit(outcome, design).fit(disp=0, tol=1e-12)
    assert (fit.sd_reader, fit.sd_case) == (0, 0)
    assert fit.coefficients.tolist() == pytest.approx(expected.params.tolist(), abs=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(expected.bse, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(expected.llf, abs=1e-9)


def test_readers_and_cases_may_change_places():
    outcome, design, reader, case = crossed(7)
    one, other = fit_glmm(outcome, design, reader, case), fit_glmm(outcome, design, case, reader)
    assert one.coefficients == pytest.approx(other.coefficients, abs=1e-5)
    assert one.sd_case == pytest.approx(other.sd_reader, abs=1e-5)


def test_the_true_effects_are_found_again():
    rng = np.random.default_rng(8)
    reader, case, arm = (a.ravel() for a in np.meshgrid(
        np.arange(20), np.arange(200), [0.0, 1.0], indexing="ij"))  # fmt: skip
    eta = 1 + 0.5 * arm + rng.normal(0, 0.5, 20)[reader] + rng.normal(0, 1, 200)[case]
    outcome = (rng.random(eta.size) < expit(eta)).astype(float)
    fit = fit_glmm(outcome, np.column_stack([np.ones(eta.size), arm]), reader, case)
    se = np.sqrt(np.diag(fit.covariance))
    assert np.abs(fit.coefficients - [1, 0.5]).tolist() <= (3 * se).tolist()
    assert [fit.sd_reader, fit.sd_case] == pytest.approx([0.5, 1], rel=0.35)


def test_data_without_a_maximum_are_refused():
    outcome, design, reader, case = crossed(9)
    with pytest.raises(NoFit, match="collinear"):
        fit_glmm(outcome, np.column_stack([design, design[:, 1]]), reader, case)
    with pytest.raises(NoFit):
        fit_glmm(np.ones_like(outcome), design, reader, case)
    with pytest.raises(NoFit):
        fit_glmm((case % 2).astype(float), design, reader, case)


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(21)
    truth = draw(rng, BOTH, 40)
    rows = []
    for reader, level in (("R1", "junior"), ("R2", "senior"), ("R3", "senior")):
        for arm, skill in (("unaided", 0.65), ("aided", 0.85)):
            decisions = [t if rng.random() < skill else BOTH[t == "benign"] for t in truth]
            rows += readings(reader, decisions, arm=arm, level=[level] * 40)
    return rows, reference(truth)


def test_the_entry_has_the_form_of_gee_and_the_variances(study):
    found = entry(*study, {"type": "glmm", "factors": ["arm"], "reference": {"arm": "unaided"}})
    gee = entry(*study, {"type": "gee", "factors": ["arm"], "reference": {"arm": "unaided"}})
    assert [row["name"] for row in found["coefficients"]] == ["intercept", "arm[aided]"]
    assert set(found["odds_ratios"]) == set(gee["odds_ratios"])
    assert set(found["variances"]) == {"reader", "case"}
    assert found["odds_ratios"]["arm[aided]"]["estimate"] > 1
    assert (found["n"], found["n_readings"]) == (40, 240)
    turned = entry(*study, {"type": "glmm", "reference": {"arm": "aided"}})
    assert turned["coefficients"][1]["estimate"] == pytest.approx(
        -found["coefficients"][1]["estimate"], abs=1e-6
    )


def test_the_reader_is_no_factor_and_faults_have_places(study):
    with pytest.raises(InputError, match="plan:/analyses/0/factors/1"):
        run(*study, plan({"type": "glmm", "factors": ["arm", "reader"]}))
    perfect = [{**row, "decision": truth["truth"]} for row in study[0] for truth in study[1]
               if row["case"] == truth["case"]]  # fmt: skip
    assert entry(perfect, study[1], {"type": "glmm"})["error"]["code"] == "no_fit"
