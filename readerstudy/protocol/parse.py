"""From JSON to a checked protocol; every fault is found with its JSON path."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from readerstudy.protocol.check import faults_of
from readerstudy.protocol.schema import (
    ArmEntry,
    CaseEntry,
    Protocol,
    ProtocolFile,
    QuestionEntry,
    ReaderEntry,
    ReferenceEntry,
)
from readerstudy.statistics.errors import Problem
from readerstudy.statistics.options import parse_options
from readerstudy.statistics.tasks import parse_task
from webapp.core.errors import InvalidInput

Entry = TypeVar("Entry")
MOST_ENTRIES = 10_000


def parse_protocol(raw: object) -> Protocol:
    """Check a protocol given as parsed JSON.

    Raises
    ------
    InvalidInput
        Its sentence is the first fault's with its JSON path; ``fields`` holds all of them.
    """
    if not isinstance(raw, Mapping):
        raise _invalid([Problem("/", _("A protocol is one JSON object."))])
    problems: list[Problem] = []
    head = parse_options(ProtocolFile, raw, "", problems)
    if head is None:
        raise _invalid(problems)
    tasks = {
        name: parse_task(name, item, f"/tasks/{name}", problems)
        for name, item in head.tasks.items()
    }
    protocol = Protocol(
        title=head.title,
        seed=head.seed,
        pilot=head.pilot,
        washout_days=head.washout_days,
        cases=_entries(CaseEntry, raw, "cases", problems),
        reference=_entries(ReferenceEntry, raw, "reference", problems),
        tasks={name: task for name, task in tasks.items() if task is not None},
        questions=_entries(QuestionEntry, raw, "questions", problems),
        readers=_entries(ReaderEntry, raw, "readers", problems),
        arms=_entries(ArmEntry, raw, "arms", problems),
        design=head.design,
        analysis_plan=head.analysis_plan,
        algorithm=head.algorithm,
    )
    if not problems:
        problems += faults_of(protocol)
    if problems:
        raise _invalid(problems)
    return protocol


def _entries(
    kind: type[Entry], raw: Mapping[str, Any], key: str, problems: list[Problem]
) -> tuple[Entry, ...]:
    """Read one of the protocol's lists."""
    items = raw.get(key, [])
    if not isinstance(items, list) or len(items) > MOST_ENTRIES:
        limit = {"limit": MOST_ENTRIES}
        problems.append(
            Problem(f"/{key}", _("A list of at most %(limit)d objects is needed.") % limit)
        )
        return ()
    entries: list[Entry] = []
    for index, item in enumerate(items):
        at = f"/{key}/{index}"
        if not isinstance(item, Mapping):
            problems.append(Problem(at, _("An object is needed.")))
            continue
        entry = parse_options(kind, item, at, problems)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def _invalid(problems: list[Problem]) -> InvalidInput:
    places = [problem.place.removeprefix("plan:") or "/" for problem in problems]
    message = f"{places[0]}: {problems[0].sentence}"
    if len(problems) > 1:
        message += " " + _("(and %(more)d more faults)") % {"more": len(problems) - 1}
    fields = {place: fault.sentence for place, fault in zip(places, problems, strict=True)}
    return InvalidInput(message, code="invalid_protocol", fields=fields)
