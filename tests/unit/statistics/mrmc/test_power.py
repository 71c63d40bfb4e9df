"""Power: formulas written out, limits, and agreement of the three methods."""

import numpy as np
import pytest
from scipy import stats

from readerstudy.statistics.mrmc.covariances import jackknife_covariance
from readerstudy.statistics.mrmc.obuchowski_rockette import (
    Covariances,
    Inference,
    average_covariances,
    mean_squares,
    variance_components,
)
from readerstudy.statistics.mrmc.power import (
    hillis_obuchowski_power,
    simulated_power,
    ustat_power,
)
from readerstudy.statistics.mrmc.roe_metz import (
    RoeMetz,
    exact_moments,
    obuchowski_rockette_parameters,
)
from readerstudy.statistics.mrmc.two_sample import auc_metric

ERROR = Covariances(8e-4, 3.5e-4, 3.4e-4, 2.4e-4)


def power(effect=0.05, inference=Inference.RRRC, **changes):
    options = {"var_tr": 2e-4, "error": ERROR, "case_ratio": 1.0, "n_readers": 6, "alpha": 0.05}
    return hillis_obuchowski_power(effect, inference=inference, **(options | changes))


def test_van_dyke_pilot(van_dyke):
    """Hillis, Obuchowski & Berbaum 2011 evaluated step by step from the pilot's components.

    The same steps as RJafroc's ``SsPowerGivenJK(dataset02, FOM = "Wilcoxon", effectSize = 0.05,
    J = 6, K = 251, method = "OR")``.
    """
    metric = auc_metric(*van_dyke())
    error = average_covariances(jackknife_covariance(metric), 2, 5)
    _, var_tr = variance_components(mean_squares(metric.values), error, 2)
    ratio, shared = 114 / 251, error.cov2 - error.cov3
    denominator = var_tr + ratio * (error.var - error.cov1 + 5 * shared)
    df2 = denominator**2 / ((var_tr + ratio * (error.var - error.cov1 - shared)) ** 2 / 5)
    expected = stats.ncf.sf(stats.f.ppf(0.95, 1, df2), 1, df2, 3 * 0.05**2 / denominator)
    found = power(var_tr=var_tr, error=error, case_ratio=ratio)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("inference", list(Inference))
def test_more_readers_cases_and_effect_give_more_power(inference):
    grid = [power(0.03, inference, n_readers=r, case_ratio=1 / c) for r, c in [(4, 1), (8, 1)]]
    grid += [power(0.03, inference, n_readers=8, case_ratio=1 / 2)]
    grid += [power(0.05, inference, n_readers=8, case_ratio=1 / 2)]
    assert grid == sorted(grid)
    assert power(0.0, inference) == 0.05
    assert power(0.9, inference) == pytest.approx(1.0)
    assert power(-0.05, inference) == power(0.05, inference)


def test_undefined_power():
    assert power(n_readers=1) is None
    assert power(inference=Inference.FRRC, n_readers=1) > 0.05
    assert power(var_tr=-1.0, error=Covariances(0.0, 0.0, 0.0, 0.0)) is None
    assert (
        ustat_power(
            0.1, difference_moments=np.zeros(8), n_readers=3, n_positive=5, n_negative=5, alpha=0.05
        )
        is None
    )


def test_three_methods_agree_where_the_normal_law_is_good():
    model = RoeMetz(1.2, 0.35, 0.01, 0.3, 0.01, 0.1, 0.2, 0.4)
    size = {"n_readers": 10, "n_positive": 40, "n_negative": 40}
    effect = model.aucs[1] - model.aucs[0]
    var_tr, error = obuchowski_rockette_parameters(model, 40, 40)
    by_or = power(effect, var_tr=var_tr, error=error, n_readers=10)
    moments = (
        exact_moments(model, same_arm=True, arms=(0, 0))
        + exact_moments(model, same_arm=True, arms=(1, 1))
        - 2 * exact_moments(model, same_arm=False, arms=(0, 1))
    )
    by_moments = ustat_power(effect, difference_moments=moments, alpha=0.05, **size)
    simulated = simulated_power(
        model, alpha=0.05, simulations=200, rng=np.random.default_rng(1), **size
    )
    assert by_or == pytest.approx(by_moments, abs=0.05)
    assert simulated == pytest.approx(by_or, abs=4 * np.sqrt(by_or * (1 - by_or) / 200))
