"""Agreement coefficients and standard errors against irrCAC (Gwet's own formulas), 12 digits."""

import numpy as np
import pandas as pd
import pytest
from irrCAC.raw import CAC

from readerstudy.statistics.agreement.counts import category_counts, weight_matrix
from readerstudy.statistics.agreement.fleiss import fleiss_kappa
from readerstudy.statistics.agreement.gwet import gwet_ac
from readerstudy.statistics.agreement.krippendorff import Coincidences

CATEGORIES = 4
THEIR_WEIGHTS = {"none": "identity", "linear": "linear", "quadratic": "quadratic"}
THEIR_LEVELS = {"nominal": "identity", "interval": "quadratic", "ratio": "ratio"}
EXACT = {"rel": 0, "abs": 1e-12}


def codes(seed, missing=0.0):
    """(n_cases, n_raters) codes of raters who agree more often than not; NaN is no decision."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, CATEGORIES, 40)
    drawn = np.where(rng.random((40, 5)) < 0.5, truth[:, None],
                     rng.integers(0, CATEGORIES, (40, 5))).astype(float)  # fmt: skip
    drawn[rng.random(drawn.shape) < missing] = np.nan
    return drawn


def theirs(values, weights):
    table = pd.DataFrame(values + 1)
    return CAC(table, weights=weights, categories=[1.0, 2.0, 3.0, 4.0], digits=15)


def counts_of(values):
    return category_counts(np.nan_to_num(values, nan=-1).astype(np.int64), CATEGORIES)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("weights", sorted(THEIR_WEIGHTS))
def test_ac1_and_ac2(seed, missing, weights):
    values = codes(seed, missing)
    found = gwet_ac(counts_of(values), weight_matrix(CATEGORIES, weights))
    expected = theirs(values, THEIR_WEIGHTS[weights]).gwet()["est"]
    assert found.coefficient == pytest.approx(expected["coefficient_value"], **EXACT)
    assert found.observed == pytest.approx(expected["pa"], **EXACT)
    assert found.se == pytest.approx(expected["se"], **EXACT)


@pytest.mark.parametrize("seed", range(5))
def test_fleiss_kappa_and_its_linearised_standard_error(seed):
    values = codes(seed)
    found = fleiss_kappa(counts_of(values))
    expected = theirs(values, "identity").fleiss()["est"]
    assert found.kappa == pytest.approx(expected["coefficient_value"], **EXACT)
    assert found.se == pytest.approx(expected["se"], **EXACT)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("level", sorted(THEIR_LEVELS))
def test_krippendorff_alpha(seed, level):
    values = codes(seed, missing=0.3)
    alpha = Coincidences.prepare(values + 1).alpha(np.ones((1, len(values))), level)
    expected = theirs(values, THEIR_LEVELS[level]).krippendorff()["est"]
    assert alpha.item() == pytest.approx(expected["coefficient_value"], **EXACT)
