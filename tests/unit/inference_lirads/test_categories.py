"""Both rule sets, cell by cell, with the gate, growth and gadoxetate rules."""

import math
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnusableInput
from inference.lirads import (
    CATEGORIES,
    RULE_SETS,
    Features,
    Prior,
    by_acr_v2018,
    by_paper,
    category_probabilities,
)

BARE = Features(size_mm=15, aphe=False, washout=False, capsule=False, at_risk=True)

# size, APHE, washout, capsule -> ACR v2018, paper (None: no column)
TABLE = [
    (9.9, False, False, False, "LR-3", "LR-3"),
    (19.9, False, True, False, "LR-3", "LR-3"),
    (19.9, False, False, True, "LR-3", "LR-3"),
    (15, False, True, True, "LR-4", "LR-4"),
    (20, False, False, False, "LR-3", "LR-3"),
    (20, False, True, False, "LR-4", "LR-4"),
    (45, False, True, True, "LR-4", "LR-4"),
    (9.9, True, False, False, "LR-3", "LR-3"),
    (9.9, True, False, True, "LR-4", "LR-4"),
    (9.9, True, True, True, "LR-4", "LR-4"),
    (10, True, False, False, "LR-3", None),
    (10, True, False, True, "LR-4", None),
    (10, True, True, False, "LR-5", None),
    (19.9, True, True, True, "LR-5", None),
    (20, True, False, False, "LR-4", "LR-4"),
    (20, True, False, True, "LR-5", "LR-5"),
    (20, True, True, False, "LR-5", "LR-5"),
    (45, True, True, True, "LR-5", "LR-5"),
]


@pytest.mark.parametrize(("size", "aphe", "washout", "capsule", "acr", "paper"), TABLE)
def test_tables(
    size: float, aphe: bool, washout: bool, capsule: bool, acr: str, paper: str | None
) -> None:
    features = Features(size, aphe, washout, capsule, at_risk=True)
    assert by_acr_v2018(features).category == acr
    assert by_paper(features).category == paper


def test_growth_counts_as_a_feature_within_six_months_only() -> None:
    lesion = replace(BARE, aphe=True)
    assert lesion.threshold_growth is None
    grown = replace(lesion, prior=Prior(size_mm=10, months=6))
    assert grown.threshold_growth is True
    assert by_acr_v2018(grown).category == "LR-5"
    for prior in (Prior(10, 6.1), Prior(10.1, 6)):
        slow = replace(lesion, prior=prior)
        assert slow.threshold_growth is False
        assert by_acr_v2018(slow).category == "LR-3"
    assert by_paper(grown).category is None


def test_gadoxetate_washout_counts_in_the_portal_venous_phase_only() -> None:
    late = replace(BARE, aphe=True, washout=True, gadoxetate=True)
    for portal_venous in (None, False):
        verdict = by_acr_v2018(replace(late, washout_portal_venous=portal_venous))
        assert verdict.category == "LR-3"
        assert "portal venous phase only" in verdict.reason
    early = by_acr_v2018(replace(late, washout_portal_venous=True))
    assert early.category == "LR-5"
    assert "gadoxetate" not in early.reason


def test_patients_not_at_risk_get_no_category() -> None:
    assert by_acr_v2018(replace(BARE, at_risk=False)).category is None
    unknown = by_acr_v2018(replace(BARE, at_risk=None))
    assert unknown.category == "LR-3"
    assert "nobody stated" in unknown.reason
    assert by_paper(replace(BARE, at_risk=False)).category == "LR-3"


def test_reasons_are_one_sentence_with_size_and_features() -> None:
    verdict = by_acr_v2018(replace(BARE, size_mm=28.4, aphe=True, washout=True, capsule=True))
    assert verdict.reason == "28 mm with APHE, washout and capsule: LR-5 in the table of v2018."
    assert by_paper(BARE).reason == "15 mm with no major feature: LR-3 in the paper's table."
    for rule, signs in product(RULE_SETS.values(), product((False, True), repeat=3)):
        reason = rule(Features(19.99, *signs, at_risk=True)).reason
        assert reason.endswith(".") and reason.count(". ") == 0 and "20 mm with" not in reason


@pytest.mark.parametrize("size", [0.0, -1.0, math.nan, math.inf])
def test_impossible_sizes_are_refused(size: float) -> None:
    with pytest.raises(UnusableInput, match="above 0"):
        replace(BARE, size_mm=size)
    with pytest.raises(UnusableInput):
        Prior(size_mm=size, months=3)


SHARE = st.floats(0, 1)


@settings(max_examples=50, deadline=None)
@given(size=st.floats(4, 60), aphe=SHARE, washout=SHARE, capsule=SHARE, gadoxetate=st.booleans())
def test_probabilities_sum_to_one_and_agree_with_the_table_at_the_corners(
    size: float, aphe: float, washout: float, capsule: float, gadoxetate: bool
) -> None:
    features = replace(BARE, size_mm=size, gadoxetate=gadoxetate)
    found = category_probabilities(features, aphe=aphe, washout=washout, capsule=capsule)
    assert tuple(found) == CATEGORIES
    assert math.isclose(sum(found.values()), 1, abs_tol=1e-12)
    signs = [value > 0.5 for value in (aphe, washout, capsule)]
    sure = category_probabilities(
        features, aphe=float(signs[0]), washout=float(signs[1]), capsule=float(signs[2])
    )
    certain = replace(
        features, aphe=signs[0], washout=signs[1], washout_portal_venous=signs[1], capsule=signs[2]
    )
    assert sure[by_acr_v2018(certain).category or ""] == 1.0
