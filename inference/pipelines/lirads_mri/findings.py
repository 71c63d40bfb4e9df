"""Features as findings, which people see and may change, and findings as features. No torch."""

from collections.abc import Iterable, Mapping

from inference.contracts import Finding
from inference.errors import UnusableInput
from inference.lirads import (
    ACR_V2018,
    PAPER,
    RULE_SETS,
    Features,
    Prior,
)

FEATURES = "features"
PATIENT = "patient"
FEATURE_PROBABILITIES = "feature probabilities"
CATEGORY_GROUPS = {ACR_V2018: "LI-RADS by ACR v2018", PAPER: "LI-RADS by the paper"}
CATEGORY = "category"
EXTRACELLULAR, GADOXETATE = "extracellular", "gadoxetate"
SIGNS = ("APHE", "washout", "washout_portal_venous", "capsule")


def describe(features: Features, reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return features, patient and the category of each rule set as findings.

    Parameters
    ----------
    features
        Of the lesion.
    reasons
        Where each value comes from, by the finding's name.
    """
    prior = features.prior
    rows = [
        (FEATURES, "size", round(features.size_mm, 1), "mm"),
        (FEATURES, "APHE", _word(features.aphe), ""),
        (FEATURES, "washout", _word(features.washout), ""),
        (FEATURES, "washout_portal_venous", _word(features.washout_portal_venous), ""),
        (FEATURES, "capsule", _word(features.capsule), ""),
        (FEATURES, "threshold_growth", _word(features.threshold_growth), ""),
        (PATIENT, "at_risk", _word(features.at_risk), ""),
        (PATIENT, "contrast_agent", GADOXETATE if features.gadoxetate else EXTRACELLULAR, ""),
        (PATIENT, "prior_size", None if prior is None else prior.size_mm, "mm"),
        (PATIENT, "prior_interval", None if prior is None else prior.months, "months"),
    ]
    found = [
        Finding(group, name, value, unit, reasons.get(name, ""))
        for group, name, value, unit in rows
    ]
    for name, rule in RULE_SETS.items():
        verdict = rule(features)
        found.append(Finding(CATEGORY_GROUPS[name], CATEGORY, verdict.category, "", verdict.reason))
    return tuple(found)


def read_features(values: Mapping[str, str]) -> Features:
    """Return the features that words state; "" is not stated.

    Parameters
    ----------
    values
        Words by the names of `describe`; what isn't named isn't stated.

    Raises
    ------
    UnusableInput
        ``bad_features`` naming the value that can't be used.
    """
    aphe, washout, portal_venous, capsule = (_yes_no(name, values) for name in SIGNS)
    if aphe is None or washout is None or capsule is None:
        raise UnusableInput("bad_features", "APHE, washout and capsule are each yes or no.")
    size = _number("size", values)
    if size is None:
        raise UnusableInput("bad_features", "A category needs the lesion's size in mm.")
    return Features(
        size_mm=size,
        aphe=aphe,
        washout=washout,
        capsule=capsule,
        at_risk=_yes_no("at_risk", values),
        prior=read_prior(values),
        gadoxetate=_agent(values) == GADOXETATE,
        washout_portal_venous=portal_venous,
    )


def read_prior(values: Mapping[str, str]) -> Prior | None:
    """Return the earlier measurement that words state; None unless both numbers are stated.

    Raises
    ------
    UnusableInput
        ``bad_features`` for impossible numbers.
    """
    size, months = _number("prior_size", values), _number("prior_interval", values)
    return None if size is None or months is None else Prior(size, months)


def words_of(findings: Iterable[Finding]) -> dict[str, str]:
    """Return the values of features and patient as words by name, "" for none."""
    return {
        finding.name: "" if finding.value is None else str(finding.value)
        for finding in findings
        if finding.group in (FEATURES, PATIENT)
    }


def _word(sign: bool | None) -> str | None:
    return None if sign is None else ("yes" if sign else "no")


def _yes_no(name: str, values: Mapping[str, str]) -> bool | None:
    word = values.get(name, "").strip().lower()
    if word not in ("yes", "no", ""):
        raise UnusableInput("bad_features", f"{name} is yes or no, found {word[:20]!r}.")
    return None if not word else word == "yes"


def _number(name: str, values: Mapping[str, str]) -> float | None:
    word = values.get(name, "").strip()
    try:
        return float(word) if word else None
    except ValueError as error:
        raise UnusableInput("bad_features", f"{name} is a number, found {word[:20]!r}.") from error


def _agent(values: Mapping[str, str]) -> str:
    word = values.get("contrast_agent", "").strip().lower() or EXTRACELLULAR
    if word not in (EXTRACELLULAR, GADOXETATE):
        raise UnusableInput(
            "bad_features",
            f"contrast_agent is {EXTRACELLULAR} or {GADOXETATE}, found {word[:20]!r}.",
        )
    return word
