"""Module-Clinic: clinical values as numbers, and which of them correlate with a class.

Paper: "Selected clinical information in Module-Clinic": a variable is kept when its correlation
with at least one class is above .2 in absolute value.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Exam, Notice
from inference.pipelines.ceus_dcb.configuration import CLINICAL
from inference.preprocessing.clinical import read_variables
from inference.registry.systems import CEUS_DCB

Floats = NDArray[np.float64]

LEAST_CORRELATION = 0.2
LOGARITHMIC = frozenset({"AFP", "CEA", "CA19-9", "CA125", "ALT", "AST"})
"""Taken as log10: a few patients have values a thousand times the others'."""
LEAST_VALUE = 1e-3
_ONE = frozenset({"yes", "M"})


@dataclass(frozen=True, eq=False)
class Patient:
    """Clinical values of one examination.

    Parameters
    ----------
    values
        (variables,) in the order of `CLINICAL`, NaN where missing; yes and male are 1.
    shown
        The same as people wrote them, for those that are there.
    missing
        Names of the others.
    warnings
        What reading them had to say.
    """

    values: Floats
    shown: dict[str, str]
    missing: tuple[str, ...]
    warnings: tuple[Notice, ...]


def read_patient(exam: Exam) -> Patient:
    """Read an examination's clinical values."""
    reading = read_variables(exam, CEUS_DCB.clinical_variables)
    values = np.full(len(CLINICAL), np.nan)
    shown: dict[str, str] = {}
    for column, variable in enumerate(CEUS_DCB.clinical_variables):
        if variable.name in reading.words:
            word = reading.words[variable.name]
            values[column] = float(word in _ONE)
            shown[variable.name] = word
        elif variable.name in reading.numbers:
            number = reading.numbers[variable.name]
            values[column] = _number(variable.name, number)
            shown[variable.name] = f"{number:g} {variable.unit}".strip()
    return Patient(values, shown, reading.missing, reading.warnings)


def correlations(values: Floats, classes: NDArray[np.int64], n_classes: int) -> Floats:
    """Return the correlation of each variable with each class against the rest.

    Parameters
    ----------
    values
        (n, variables), NaN where missing; a pair is left out where the variable is.
    classes
        (n,) class indices.

    Returns
    -------
    ndarray
        (variables, n_classes), 0 where either doesn't vary.
    """
    found = np.zeros((values.shape[1], n_classes))
    for column, own in enumerate(values.T):
        known = ~np.isnan(own)
        for label in range(n_classes):
            is_class = (classes[known] == label).astype(float)
            if known.any() and own[known].std() > 0 and is_class.std() > 0:
                found[column, label] = np.corrcoef(own[known], is_class)[0, 1]
    return found


def selected(table: Floats) -> NDArray[np.bool_]:
    """Return which variables correlate enough with at least one class, from `correlations`."""
    chosen: NDArray[np.bool_] = np.abs(table).max(axis=1) > LEAST_CORRELATION
    return chosen


def _number(name: str, value: float) -> float:
    return float(np.log10(max(value, LEAST_VALUE))) if name in LOGARITHMIC else value
