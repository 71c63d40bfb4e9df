"""What is needed to repeat the analysis: software, seals, seed, and what every column means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.reports import codebook
from readerstudy.reports.document.blocks import Block, Grid, Paragraph, Section
from readerstudy.statistics.plan import parse_plan
from readerstudy.statistics.software import versions

Json = Mapping[str, Any]


def record_sections(
    protocol: Json, plan: Json, result: Json | None, protocol_sha256: str
) -> list[Section]:
    """Return session information and the data dictionary."""
    return [
        Section(_("Session information"), _session(plan, result, protocol_sha256), 1),
        Section(_("Data dictionary"), _dictionary(protocol), 1),
    ]


def _session(plan: Json, result: Json | None, protocol_sha256: str) -> tuple[Block, ...]:
    software = dict(versions() if result is None else result["software"])
    rows = [
        (_("Software"), ", ".join(f"{name} {number}" for name, number in software.items())),
        (_("Random generator"), f"numpy PCG64, seed {plan.get('seed', 0)}"),
        (_("Protocol (SHA-256)"), protocol_sha256),
        (_("Plan (SHA-256)"), parse_plan(plan).sha256 if result is None else result["plan_sha256"]),
    ]
    if result is not None:
        rows += [
            (_("Readings (SHA-256)"), result["readings_sha256"]),
            (_("Reference standard (SHA-256)"), result["reference_sha256"]),
        ]
    command = _("The export of the study repeats every number: %(command)s") % {
        "command": "python -m readerstudy.statistics --readings readings.csv --reference "
        "reference.csv --plan plan.json --output again.json"
    }
    return Grid("", (_("What"), _("Value")), tuple(rows)), Paragraph(command)


def _dictionary(protocol: Json) -> tuple[Block, ...]:
    names = sorted({name for case in protocol["cases"] for name in case.get("strata", {})})
    columns = (*codebook.READINGS, *codebook.REFERENCE, *codebook.strata(names))
    rows = tuple((c.file, c.column, c.meaning, c.unit, c.values) for c in columns)
    heads = (_("File"), _("Column"), _("Meaning"), _("Unit"), _("Values"))
    return (Grid("", heads, rows),)
