"""Features that a person changes, and the categories that follow."""

from collections.abc import Sequence

import pytest

from inference.contracts import Finding
from inference.errors import UnusableInput
from inference.lirads import Features, Prior
from inference.pipelines.lirads_mri.findings import describe, read_features, words_of
from inference.pipelines.lirads_mri.revise import EDITED, revise

FEATURES = Features(24.3, aphe=True, washout=True, capsule=False, at_risk=True)
SCORE = Finding("feature probabilities", "APHE", 0.9, "probability")


def _found() -> tuple[Finding, ...]:
    return (*describe(FEATURES, {"APHE": "Score 0.90 in the arterial phase."}), SCORE)


def _value(findings: Sequence[Finding], name: str, group: str = "") -> object:
    return next(f.value for f in findings if f.name == name and f.group.endswith(group))


def test_features_survive_the_way_through_findings() -> None:
    stated = Features(
        24.3,
        aphe=False,
        washout=True,
        capsule=True,
        at_risk=False,
        prior=Prior(15, 5),
        gadoxetate=True,
        washout_portal_venous=True,
    )
    for features in (FEATURES, stated):
        assert read_features(words_of(describe(features, {}))) == features


def test_an_edit_moves_both_categories_and_says_who_changed_it() -> None:
    before = _found()
    assert _value(before, "category", "v2018") == "LR-5"
    after = revise(before, {"washout": "no"})
    assert [_value(after, "category", group) for group in ("v2018", "paper")] == ["LR-4", "LR-4"]
    reasons = {f.name: f.reason for f in after if f.group == "features"}
    assert reasons["washout"] == EDITED
    assert reasons["APHE"] == "Score 0.90 in the arterial phase."
    assert after[-1] is SCORE
    assert revise(after, {"washout": "yes", "washout_portal_venous": ""})[-1] is SCORE


def test_no_edit_changes_nothing() -> None:
    assert revise(_found(), {}) == _found()


def test_washout_follows_its_portal_venous_part() -> None:
    none = revise(_found(), {"washout": "no"})
    assert _value(none, "washout_portal_venous") == "no"
    early = revise(none, {"washout_portal_venous": "yes", "contrast_agent": "gadoxetate"})
    assert _value(early, "washout") == "yes"
    assert _value(early, "category", "v2018") == "LR-5"


def test_growth_and_risk_can_be_stated_afterwards() -> None:
    small = revise(_found(), {"size": "15", "washout": "no"})
    assert _value(small, "category", "v2018") == "LR-3"
    grown = revise(small, {"prior_size": "9", "prior_interval": "4"})
    assert _value(grown, "threshold_growth") == "yes"
    assert _value(grown, "category", "v2018") == "LR-5"
    assert _value(revise(small, {"at_risk": "no"}), "category", "v2018") is None


@pytest.mark.parametrize(
    "edits",
    [
        {"size": "large"},
        {"size": ""},
        {"size": "-3"},
        {"APHE": "perhaps"},
        {"APHE": ""},
        {"contrast_agent": "gold"},
        {"threshold_growth": "yes"},
        {"colour": "red"},
        {"prior_size": "0", "prior_interval": "4"},
    ],
)
def test_unusable_edits_are_refused_in_one_sentence(edits: dict[str, str]) -> None:
    with pytest.raises(UnusableInput) as caught:
        revise(_found(), edits)
    assert caught.value.code == "bad_features"
    assert caught.value.message.endswith(".")


def test_a_result_without_features_cannot_be_revised() -> None:
    with pytest.raises(UnusableInput, match="no features"):
        revise([SCORE], {"APHE": "yes"})
