"""The clinical values that systems use: closed lists and numbers, so nothing can name a person."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inference.registry import catalogue
from inference.registry.spec import ClinicalVariable
from webapp.core.errors import InvalidInput
from webapp.imaging.models import Case
from webapp.imaging.selectors import image_kinds

OLDEST = 90
"""Ages above are written as this one: a higher age could point to a person."""
LARGEST = 1e7
_NUMBER = re.compile(r"\d{1,7}([.,]\d{1,4})?")


def variables_for(case: Case) -> dict[str, ClinicalVariable]:
    """Return the variables that systems for this case's images use, by name."""
    kinds = image_kinds(case)
    return {
        variable.name: variable
        for spec in catalogue()
        if spec.available and spec.modality == case.modality and spec.images in kinds
        for variable in spec.clinical_variables
    }


def label(variable: ClinicalVariable) -> str:
    """Return what people call a variable."""
    name = variable.label or variable.name.replace("_", " ")
    return name[:1].upper() + name[1:]


@dataclass(frozen=True)
class Field:
    """One variable with what is known of it.

    Parameters
    ----------
    value
        As entered; empty when missing.
    known
        What the images' headers say instead.
    """

    variable: ClinicalVariable
    label: str
    value: str
    known: str

    def to_json(self) -> dict[str, Any]:
        """Return the field as the API shows it."""
        variable = self.variable
        return {
            "name": variable.name,
            "label": self.label,
            "unit": variable.unit,
            "values": list(variable.values),
            "value": self.value or None,
        }


def fields_of(case: Case, typed: Mapping[str, str] | None = None) -> list[Field]:
    """Return every variable that may be entered for a case, with what is known of it.

    Values that a person has typed and that were refused stand in place of those kept.
    """
    held = {row.name: row.value for row in case.clinical_entries.all()} | dict(typed or {})
    known = _from_images(case)
    return [
        Field(variable, label(variable), held.get(name, ""), known.get(name, ""))
        for name, variable in variables_for(case).items()
    ]


def checked(case: Case, values: Mapping[str, str]) -> dict[str, str]:
    """Return values as they are kept; empty ones are left out.

    Raises
    ------
    InvalidInput
        With a sentence for each field that can't be taken.
    """
    known = variables_for(case)
    kept, faults = {}, {}
    for name, written in values.items():
        variable = known.get(name)
        if variable is None:
            raise InvalidInput(
                _("There is no clinical variable %(name)s for this case.") % {"name": name[:40]}
            )
        text = written.strip()
        if not text:
            continue
        try:
            kept[name] = _value(variable, text)
        except ValueError as fault:
            faults[name] = str(fault)
    if faults:
        raise InvalidInput(
            _("A clinical value can't be taken: %(fault)s")
            % {"fault": next(iter(faults.values()))},
            fields=faults,
        )
    return kept


def values_for_run(case: Case, wanted: Mapping[str, ClinicalVariable]) -> dict[str, dict[str, str]]:
    """Return a case's values of some variables as ``{name: {"value", "unit"}}``.

    Age and sex come from the images' headers where nobody has entered them.
    """
    found = _from_images(case) | {row.name: row.value for row in case.clinical_entries.all()}
    return {
        name: {"value": found[name], "unit": variable.unit}
        for name, variable in wanted.items()
        if name in found
    }


def _from_images(case: Case) -> dict[str, str]:
    known = {"age": case.age_years, "sex": case.sex}
    return {name: str(value) for name, value in known.items() if value not in (None, "")}


def _value(variable: ClinicalVariable, text: str) -> str:
    called = {"name": label(variable), "found": text[:20]}
    if variable.values:
        if text not in variable.values:
            allowed = {"values": ", ".join(variable.values)}
            raise ValueError(
                _("%(name)s is one of %(values)s, found %(found)s.") % (called | allowed)
            )
        return text
    if not _NUMBER.fullmatch(text):
        raise ValueError(_("%(name)s is a number of 0 or more, found %(found)s.") % called)
    number = float(text.replace(",", "."))
    if not math.isfinite(number) or number > LARGEST:
        raise ValueError(_("%(name)s is too large, found %(found)s.") % called)
    return f"{min(number, OLDEST) if variable.name == 'age' else number:g}"
