"""Components of a pilot study as a plan gives them: those an earlier analysis has reported."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from readerstudy.statistics.selection import PlanFault, shown

from .auc import FloatArray
from .obuchowski_rockette import Covariances

ERROR_KEYS = ("Var", "Cov1", "Cov2", "Cov3")
REPORTED_KEYS = ("MS_T", "MS_R", "MS_TR", "Var_R", "var_a", "var_b", "var_difference")
"""Reported along with the others; accepted, not used."""
MOMENT_KEYS = ("a", "b", "ab")


@dataclass(frozen=True)
class Pilot:
    """Components of mrmc_or or of mrmc_ustat; None where they are not given.

    Attributes
    ----------
    var_tr, error
        Arm-by-reader variance and error (co)variances.
    cases
        Cases of the pilot study, which the error (co)variances belong to.
    moments
        (8,) moments M1 to M8 of the difference of the arms.
    """

    var_tr: float | None
    error: Covariances | None
    cases: int | None
    moments: FloatArray | None

    @classmethod
    def parse(cls, value: object, at: str) -> "Pilot":
        """From plan JSON.

        Raises
        ------
        PlanFault
            With the JSON path of what is unknown, no number, or missing.
        """
        if not isinstance(value, Mapping):
            raise PlanFault(at, f"An object is needed, found {shown(value)}.")
        known = ("Var_TR", *ERROR_KEYS, *REPORTED_KEYS, "cases", "moments")
        for key in value:
            if key not in known:
                raise PlanFault(f"{at}/{key}", f'"{key}" is unknown; known are {", ".join(known)}.')
        error = None
        if any(key in value for key in ERROR_KEYS):
            error = Covariances(*(_number(value, key, at) for key in ERROR_KEYS))
        cases = round(_number(value, "cases", at)) if "cases" in value else None
        if cases is not None and cases < 1:
            raise PlanFault(f"{at}/cases", f"At least 1 case is needed, found {cases}.")
        return cls(
            var_tr=None if error is None else _number(value, "Var_TR", at),
            error=error,
            cases=cases,
            moments=_moments(value["moments"], f"{at}/moments") if "moments" in value else None,
        )


def _number(value: Mapping[str, object], key: str, at: str) -> float:
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise PlanFault(f"{at}/{key}", f"A number is needed, found {shown(found)}.")
    return float(found)


def _moments(value: object, at: str) -> FloatArray:
    """Moments of the difference, from those of both arms and of their product."""
    if not isinstance(value, Mapping):
        raise PlanFault(at, f"An object of a, b and ab is needed, found {shown(value)}.")
    a, b, ab = (_eight(value.get(key), f"{at}/{key}") for key in MOMENT_KEYS)
    return a + b - 2 * ab


def _eight(value: object, at: str) -> FloatArray:
    if not isinstance(value, list) or len(value) != 8:
        raise PlanFault(at, f"A list of 8 moments is needed, found {shown(value)}.")
    numbered = {str(index): item for index, item in enumerate(value)}
    return np.array([_number(numbered, key, at) for key in numbered])
