"""From what ``clinical.csv`` and the image headers say to the values a system takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from inference.contracts import ClinicalValue, Exam, Notice


class Variable(Protocol):
    """A clinical variable as a system's specification names it."""

    @property
    def name(self) -> str:
        """Name in ``clinical.csv``."""

    @property
    def unit(self) -> str:
        """Unit of a number, empty for none."""

    @property
    def values(self) -> tuple[str, ...]:
        """Allowed words; empty for a number."""


@dataclass(frozen=True)
class ClinicalReading:
    """Clinical values of one examination.

    Parameters
    ----------
    numbers
        Of variables with a unit or without closed values.
    words
        Of variables with closed values, spelled as in the specification.
    missing
        Names of variables without a usable value, in the specification's order.
    warnings
        ``missing_clinical`` naming all of them, ``bad_clinical_value`` for each that is there and
        can't be used, ``unknown_clinical`` for rows that no variable is named after.
    """

    numbers: Mapping[str, float]
    words: Mapping[str, str]
    missing: tuple[str, ...]
    warnings: tuple[Notice, ...]


def read_variables(exam: Exam, variables: Sequence[Variable]) -> ClinicalReading:
    """Read a system's clinical variables; ``age`` and ``sex`` fall back to the image headers."""
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    warnings: list[Notice] = []
    for variable in variables:
        entry = exam.clinical.get(variable.name) or _from_header(exam, variable.name)
        if entry is None:
            continue
        found = _word(entry, variable) if variable.values else _number(entry, variable)
        if isinstance(found, Notice):
            warnings.append(found)
        elif isinstance(found, str):
            words[variable.name] = found
        else:
            numbers[variable.name] = found
    known = {variable.name for variable in variables}
    missing = tuple(v.name for v in variables if v.name not in numbers and v.name not in words)
    unknown = sorted(exam.clinical.keys() - known)
    if unknown:
        names = ", ".join(unknown)
        warnings.append(Notice("unknown_clinical", f"This system doesn't use {names}."))
    if missing:
        names = ", ".join(missing)
        warnings.append(Notice("missing_clinical", f"These clinical values are missing: {names}."))
    return ClinicalReading(numbers, words, missing, tuple(warnings))


def _from_header(exam: Exam, name: str) -> ClinicalValue | None:
    if name == "age" and exam.age_years is not None:
        return ClinicalValue(str(exam.age_years), "years")
    if name == "sex" and exam.sex is not None:
        return ClinicalValue(exam.sex)
    return None


def _word(entry: ClinicalValue, variable: Variable) -> str | Notice:
    for value in variable.values:
        if value.casefold() == entry.value.casefold():
            return value
    return Notice(
        "bad_clinical_value",
        f"The value of {variable.name} isn't one of {', '.join(variable.values)} and isn't used.",
    )


def _number(entry: ClinicalValue, variable: Variable) -> float | Notice:
    if entry.unit and entry.unit.casefold() != variable.unit.casefold():
        return Notice(
            "bad_clinical_value",
            f"The unit of {variable.name} is {entry.unit}; it is read in "
            f"{variable.unit or 'no unit'} and isn't used otherwise.",
        )
    try:
        number = float(entry.value)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        return Notice(
            "bad_clinical_value", f"The value of {variable.name} isn't a number and isn't used."
        )
    return number
