"""Invented patients of the ultrasound cine: class, clinical table and biomarkers that go together.

Which variables differ between the classes, and in which direction, follows Ding et al. 2025
(doi:10.1016/j.jhep.2025.01.011): figure 3C names them, the discussion says why. Its text prints no
means; the numbers are textbook values with wide overlap, so that no variable settles a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from inference.contracts import ClinicalValue

CLASSES = ("HCC", "HM", "ICC", "HH", "HA", "OT")
MALIGNANT = frozenset({"HCC", "HM", "ICC"})
BIOMARKERS = ("Hep", "GPC3", "CK7", "CK19")


class _Number(NamedTuple):
    """How a laboratory value is distributed; a logarithmic one has mean and spread of log10."""

    unit: str
    usual: float
    spread: float
    logarithmic: bool
    by_class: Mapping[str, float]


_NUMBERS: dict[str, _Number] = {
    "AFP": _Number("ng/mL", 0.6, 0.55, True, {"HCC": 1.2}),
    "CEA": _Number("ng/mL", 0.4, 0.35, True, {"HM": 0.7, "ICC": 0.5}),
    "CA19-9": _Number("U/mL", 1.1, 0.5, True, {"ICC": 1.5, "HM": 1.3}),
    "CA125": _Number("U/mL", 1.15, 0.3, True, {"ICC": 1.35, "HM": 1.3, "HA": 1.25}),
    "ALB": _Number("g/L", 42, 4.5, False, {"HCC": 40, "HA": 38}),
    "ALT": _Number("U/L", 1.35, 0.25, True, {"HCC": 1.45, "HA": 1.5}),
    "AST": _Number("U/L", 1.35, 0.22, True, {"HCC": 1.47, "HA": 1.47}),
    "PLT": _Number("10^9/L", 215, 60, False, {"HCC": 175, "HA": 245}),
    "TP": _Number("g/L", 71, 6, False, {"HA": 67}),
    "WBC": _Number("10^9/L", 6.2, 1.8, False, {"HA": 8.2}),
}
_AGES: dict[str, float] = {"HM": 59, "ICC": 59, "HH": 50, "OT": 48}
_MEN: dict[str, float] = {"HCC": 0.78, "HH": 0.45, "OT": 0.42}
_HISTORY: dict[str, tuple[float, Mapping[str, float]]] = {
    "viral_hepatitis": (0.3, {"HCC": 0.72, "ICC": 0.42}),
    "malignancy_history": (0.22, {"HM": 0.68, "HCC": 0.32}),
    "cirrhosis": (0.15, {"HCC": 0.5, "ICC": 0.22}),
    "fatty_liver": (0.25, {"HCC": 0.12, "OT": 0.4}),
}
_POSITIVE: dict[str, tuple[float, Mapping[str, float]]] = {
    "Hep": (0.04, {"HCC": 0.82, "OT": 0.35}),
    "GPC3": (0.05, {"HCC": 0.72, "HM": 0.12}),
    "CK7": (0.15, {"ICC": 0.85, "HM": 0.35}),
    "CK19": (0.1, {"ICC": 0.8, "HM": 0.5, "HCC": 0.15}),
}
_STAINED, _STAINED_BENIGN = 0.85, 0.35
_LEFT_OUT = 0.04


@dataclass(frozen=True, eq=False)
class PhantomPatient:
    """An invented patient.

    Parameters
    ----------
    class_code
        What the lesion is.
    age_years, sex
        As in the image headers.
    clinical
        Rows of ``clinical.csv``; some values are missing, as in life.
    history
        The four histories, also those that ``clinical`` leaves out.
    biomarkers
        Whether each is expressed, also where nobody stained for it.
    stained
        Biomarkers that the reference standard knows.
    """

    class_code: str
    age_years: int
    sex: str
    clinical: Mapping[str, ClinicalValue]
    history: Mapping[str, bool]
    biomarkers: Mapping[str, bool]
    stained: frozenset[str]

    def strata(self) -> dict[str, str]:
        """Return the patient's columns of ``truth.csv``; a biomarker nobody knows is empty."""
        band = "<50" if self.age_years < 50 else "50-60" if self.age_years <= 60 else ">60"
        words = {name: "yes" if value else "no" for name, value in self.history.items()}
        known = {
            name: ("positive" if value else "negative") if name in self.stained else ""
            for name, value in self.biomarkers.items()
        }
        return {"sex": self.sex, "age_band": band, **words, **known}


def draw_patient(rng: np.random.Generator, class_code: str) -> PhantomPatient:
    """Draw a patient with a lesion of a class."""
    age = int(np.clip(rng.normal(_AGES.get(class_code, 56), 11), 18, 88))
    sex = "M" if rng.random() < _MEN.get(class_code, 0.58) else "F"
    history = {
        name: bool(rng.random() < odds.get(class_code, usual))
        for name, (usual, odds) in _HISTORY.items()
    }
    clinical = {"age": ClinicalValue(str(age), "years"), "sex": ClinicalValue(sex)}
    clinical |= {name: _laboratory(rng, class_code, row) for name, row in _NUMBERS.items()}
    clinical |= {name: ClinicalValue("yes" if value else "no") for name, value in history.items()}
    kept = {
        name: value
        for name, value in clinical.items()
        if rng.random() >= _LEFT_OUT or name in ("age", "sex")
    }
    biomarkers = {
        name: bool(rng.random() < odds.get(class_code, usual))
        for name, (usual, odds) in _POSITIVE.items()
    }
    share = _STAINED_BENIGN if class_code in ("HH", "HA") else _STAINED
    stained = frozenset(name for name in BIOMARKERS if rng.random() < share)
    return PhantomPatient(class_code, age, sex, kept, history, biomarkers, stained)


def _laboratory(rng: np.random.Generator, class_code: str, row: _Number) -> ClinicalValue:
    value = rng.normal(row.by_class.get(class_code, row.usual), row.spread)
    if row.logarithmic:
        value = 10**value
    return ClinicalValue(f"{max(value, 0.3):.3g}", row.unit)
