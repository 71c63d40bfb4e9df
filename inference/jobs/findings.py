"""Findings of a result as people read them: grouped, in words, with a changed value beside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Json = Mapping[str, Any]
PROBABILITY = "probability"


@dataclass(frozen=True)
class FindingRow:
    """One line of a group's table.

    Parameters
    ----------
    value
        The model's value in words, with its unit.
    changed
        What a person's edits make of it, empty where that is the same.
    """

    name: str
    value: str
    changed: str
    reason: str


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one group in the order of the result."""

    name: str
    rows: list[FindingRow]

    @property
    def changed(self) -> bool:
        """Whether a person's edits change anything here."""
        return any(row.changed for row in self.rows)


def grouped(result: Json) -> list[FindingGroup]:
    """Return the findings of a result of `inference.jobs.results.result_json`."""
    revised = _by_name((result.get("revision") or {}).get("findings", []))
    groups: dict[str, list[FindingRow]] = {}
    for finding in result.get("findings", []):
        other = revised.get((finding["group"], finding["name"]), finding)
        value, changed = words(finding), words(other)
        row = FindingRow(
            finding["name"].replace("_", " "),
            value,
            "" if changed == value else changed,
            other["reason"],
        )
        groups.setdefault(finding["group"], []).append(row)
    return [FindingGroup(name[:1].upper() + name[1:], rows) for name, rows in groups.items()]


def words(finding: Json) -> str:
    """Return a finding's value with its unit; a dash for none."""
    value, unit = finding["value"], finding["unit"]
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    if unit == PROBABILITY:
        return f"{value:.3f}"
    return f"{value:.4g} {unit}".strip()


def _by_name(findings: Iterable[Json]) -> dict[tuple[str, str], Json]:
    return {(finding["group"], finding["name"]): finding for finding in findings}
