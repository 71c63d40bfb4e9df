"""Findings after a person has changed features: both categories follow. No torch."""

from collections.abc import Mapping, Sequence

from inference.contracts import Finding
from inference.errors import UnusableInput
from inference.pipelines.lirads_mri.findings import (
    CATEGORY_GROUPS,
    FEATURES,
    PATIENT,
    describe,
    read_features,
    words_of,
)
from inference.pipelines.lirads_mri.redraw import MEASURED

DERIVED = frozenset({"threshold_growth"})
EDITED = "Changed by a person."
NOTHING: Mapping[str, str] = {}


def revise(
    findings: Sequence[Finding], edits: Mapping[str, str], measured: Mapping[str, str] = NOTHING
) -> tuple[Finding, ...]:
    """Return all findings with edited features and the categories that follow from them.

    Washout in the portal venous phase is washout: setting the first to yes sets the second, and
    clearing the second clears the first, unless both were edited.

    Parameters
    ----------
    findings
        Of a prediction of this system.
    edits
        New values by a finding's name (size, APHE, washout, washout_portal_venous, capsule,
        at_risk, contrast_agent, prior_size, prior_interval): "yes", "no", a number, or "" for
        not stated.
    measured
        New values by name that `redraw.measured` found on an outline drawn by a person; an edit
        of the same finding goes before.

    Raises
    ------
    UnusableInput
        ``bad_features`` for an unknown name or a value that can't be used; ``no_features`` if
        the findings hold no features.
    """
    before = words_of(findings)
    if not before:
        raise UnusableInput("no_features", "This result has no features, so none can be changed.")
    edits = {**measured, **edits}
    unknown = sorted(edits.keys() - (before.keys() - DERIVED))
    if unknown:
        raise UnusableInput("bad_features", f"{unknown[0][:40]!r} isn't a feature to change.")
    edits = _washout_follows(edits)
    changed = {name for name, word in edits.items() if word.strip() != before[name]}
    own = [finding for finding in findings if finding.group in (FEATURES, PATIENT)]
    reasons = {finding.name: finding.reason for finding in own}
    reasons |= {n: MEASURED if edits[n] == measured.get(n) else EDITED for n in changed}
    described = describe(read_features({**before, **edits}), reasons)
    replaced = {FEATURES, PATIENT, *CATEGORY_GROUPS.values()}
    return (*described, *(finding for finding in findings if finding.group not in replaced))


def _washout_follows(edits: Mapping[str, str]) -> dict[str, str]:
    early, either = edits.get("washout_portal_venous"), edits.get("washout")
    implied = {}
    if either is None and early is not None and early.strip().lower() == "yes":
        implied["washout"] = "yes"
    if early is None and either is not None and either.strip().lower() == "no":
        implied["washout_portal_venous"] = "no"
    return {**edits, **implied}
