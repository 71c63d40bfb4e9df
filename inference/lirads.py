"""LI-RADS categories from imaging features, by two rule sets. Pure: no images, no torch.

The paper's Table 3 (doi:10.3389/fonc.2023.1153241, section 2.5.3), and the diagnostic table of
CT/MRI LI-RADS v2018 (American College of Radiology), limited to what its major features decide:
LR-1, LR-2, LR-M, LR-TIV, ancillary features and the tie-breaking rules need a reader.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product

from inference.errors import UnusableInput

CATEGORIES = ("LR-3", "LR-4", "LR-5")
ACR_V2018, PAPER = "acr_v2018", "paper"
GROWTH_RATIO, GROWTH_MONTHS = 1.5, 6.0
"""Threshold growth of v2018: half as large again, within six months."""


@dataclass(frozen=True)
class Prior:
    """The same observation on an earlier examination: its size and how long ago."""

    size_mm: float
    months: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.size_mm) and math.isfinite(self.months)):
            raise UnusableInput("bad_features", "Earlier size and interval are finite numbers.")
        if self.size_mm <= 0 or self.months <= 0:
            raise UnusableInput(
                "bad_features",
                f"Earlier size and interval lie above 0, found {self.size_mm:g} mm and "
                f"{self.months:g} months.",
            )


@dataclass(frozen=True)
class Features:
    """What decides a category.

    Parameters
    ----------
    size_mm
        Largest diameter.
    aphe
        Nonrim hyperenhancement in the arterial phase.
    washout
        Nonperipheral washout in the portal venous or the delayed phase.
    capsule
        Enhancing capsule in the portal venous or the delayed phase.
    at_risk
        Whether the patient is at risk of hepatocellular carcinoma (cirrhosis, chronic hepatitis
        B, carcinoma now or before); None when nobody said.
    prior
        An earlier measurement, None without one.
    gadoxetate
        Whether the contrast agent was gadoxetate: washout then counts in the portal venous phase
        only (v2018).
    washout_portal_venous
        Whether washout is seen in the portal venous phase; None when nobody said. Read with
        gadoxetate only.

    Raises
    ------
    UnusableInput
        ``bad_features`` if the size isn't a number above 0.
    """

    size_mm: float
    aphe: bool
    washout: bool
    capsule: bool
    at_risk: bool | None = None
    prior: Prior | None = None
    gadoxetate: bool = False
    washout_portal_venous: bool | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.size_mm) or self.size_mm <= 0:
            raise UnusableInput(
                "bad_features", f"A lesion's size is a number above 0 mm, found {self.size_mm:g}."
            )

    @property
    def threshold_growth(self) -> bool | None:
        """Whether the size grew by half within six months; None without an earlier one."""
        if self.prior is None:
            return None
        grown = self.size_mm >= GROWTH_RATIO * self.prior.size_mm
        return grown and self.prior.months <= GROWTH_MONTHS

    @property
    def counted_washout(self) -> bool:
        """Washout as v2018 counts it: with gadoxetate in the portal venous phase only."""
        if self.gadoxetate:
            return self.washout and self.washout_portal_venous is True
        return self.washout


@dataclass(frozen=True)
class Verdict:
    """A category, or None where the rules give none, and one sentence why."""

    category: str | None
    reason: str


def by_paper(features: Features) -> Verdict:
    """Apply the paper's Table 3; with APHE it has no column for 10 to 19 mm."""
    more = _named(washout=features.washout, capsule=features.capsule)
    words = _words(features, more)
    size, count = features.size_mm, len(more)
    if features.aphe and 10 <= size < 20:
        return Verdict(None, f"{words}: the paper's table has no column for 10 to 19 mm with APHE.")
    if features.aphe:
        row = ("LR-3", "LR-4", "LR-4") if size < 10 else ("LR-4", "LR-5", "LR-5")
    else:
        row = ("LR-3", "LR-3", "LR-4") if size < 20 else ("LR-3", "LR-4", "LR-4")
    return Verdict(row[count], f"{words}: {row[count]} in the paper's table.")


def by_acr_v2018(features: Features) -> Verdict:
    """Apply the diagnostic table of LI-RADS v2018 to patients at risk."""
    if features.at_risk is False:
        return Verdict(None, "LI-RADS applies to patients at risk only, and this one isn't.")
    more = _named(
        washout=features.counted_washout,
        capsule=features.capsule,
        growth=features.threshold_growth is True,
    )
    category = _acr_table(features.size_mm, features.aphe, more)
    reason = f"{_words(features, more)}: {category} in the table of v2018"
    if features.washout and not features.counted_washout:
        reason += "; with gadoxetate washout counts in the portal venous phase only"
    if features.at_risk is None:
        reason += "; this holds only if the patient is at risk, which nobody stated"
    return Verdict(category, f"{reason}.")


RULE_SETS: Mapping[str, Callable[[Features], Verdict]] = {
    ACR_V2018: by_acr_v2018,
    PAPER: by_paper,
}
"""Both rule sets, the default first."""


def category_probabilities(
    features: Features, *, aphe: float, washout: float, capsule: float
) -> dict[str, float]:
    """Carry probabilities of the features through the table of v2018.

    The three features are taken as independent given the images, so that a category has the
    summed probability of the eight combinations that lead to it. Size, growth and contrast agent
    are taken as they are; the patient as at risk.

    Parameters
    ----------
    features
        Size, prior and agent; its three signs aren't read.
    aphe, washout, capsule
        Probabilities in [0, 1]; with gadoxetate `washout` is that of the portal venous phase.

    Returns
    -------
    dict
        Probability of each of `CATEGORIES`, sum 1.
    """
    found = dict.fromkeys(CATEGORIES, 0.0)
    for signs in product((False, True), repeat=3):
        weight = 1.0
        for sign, probability in zip(signs, (aphe, washout, capsule), strict=True):
            weight *= probability if sign else 1 - probability
        case = replace(
            features,
            aphe=signs[0],
            washout=signs[1],
            washout_portal_venous=signs[1],
            capsule=signs[2],
            at_risk=True,
        )
        category = by_acr_v2018(case).category
        assert category is not None
        found[category] += weight
    return found


def _acr_table(size_mm: float, aphe: bool, more: tuple[str, ...]) -> str:
    count = min(len(more), 2)
    if not aphe:
        return (("LR-3", "LR-3", "LR-4") if size_mm < 20 else ("LR-3", "LR-4", "LR-4"))[count]
    if size_mm < 10:
        return ("LR-3", "LR-4", "LR-4")[count]
    if size_mm >= 20:
        return ("LR-4", "LR-5", "LR-5")[count]
    # 10 to 19 mm with one more feature: a capsule alone makes LR-4, washout or growth LR-5.
    return ("LR-3", "LR-4" if more == ("capsule",) else "LR-5", "LR-5")[count]


def _named(**present: bool) -> tuple[str, ...]:
    return tuple(name for name, there in present.items() if there)


def _words(features: Features, more: tuple[str, ...]) -> str:
    """Say size and features in words: ``28 mm with APHE, washout and capsule``."""
    names = [*(("APHE",) if features.aphe else ()), *more]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    # Rounding down keeps 19.6 mm below the limit of 20 in words as in the table.
    return f"{math.floor(features.size_mm)} mm with {listed or 'no major feature'}"
