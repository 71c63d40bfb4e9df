"""A kind of analysis as a table: its columns are data, one line per entry or part of an entry."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from readerstudy.reports.tables.wording import DASH, Entry, adjustment, p_value, words

Text = Promise | str

MOST_ALIKE = 3
"""Warnings of so many groups are told one by one."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


@dataclass(frozen=True)
class ResultTable:
    """One table of results; the first column names the row, the others are numbers.

    ``kind`` and ``analyses`` are type and ids of the analyses it is about; a second table about
    them has no ids.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    kind: str = ""
    analyses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjusted:
    """Adjusted p value of a member of a family, and by which method."""

    method: str
    p_value: float | None


@dataclass(frozen=True)
class Line:
    """What one row is about: the figures of an entry or of a part of it.

    ``whole`` is the complete entry, ``adjusted`` its place in a family.
    """

    label: str
    figures: Entry
    whole: Entry
    adjusted: Adjusted | None = None


@dataclass(frozen=True)
class Column:
    """A heading and its cells."""

    head: Text
    cell: Callable[[Line], str]


@dataclass(frozen=True)
class Sheet:
    """Table of one kind of analysis; in its texts stand ``%(task)s`` and ``%(level)s``.

    Attributes
    ----------
    first
        Heading of the first column.
    parts
        Splits an entry into what its rows are about: pairs of label and figures.
    """

    title: Text
    first: Text
    columns: tuple[Column, ...]
    parts: Callable[[Entry], Iterable[tuple[str, Entry]]] = lambda entry: [("", entry)]


def fill(
    sheet: Sheet,
    task: str,
    entries: Mapping[str, Entry],
    adjusted: Mapping[str, Adjusted],
    alpha: float,
) -> ResultTable:
    """Fill a sheet with the entries of one kind and task."""
    known = {"task": task or _("no task"), "level": f"{100 * (1 - alpha):g}%"}
    lines = [
        Line(_label(name, task, part, len(entries)), figures, entry, adjusted.get(name))
        for name, entry in entries.items()
        for part, figures in sheet.parts(entry)
    ]
    return ResultTable(
        title=str(sheet.title) % known,
        columns=(str(sheet.first), *(str(column.head) % known for column in sheet.columns)),
        rows=tuple(
            (line.label, *(column.cell(line) for column in sheet.columns)) for line in lines
        ),
        notes=notes(entries),
        kind=next(iter(entries.values()))["type"],
        analyses=tuple(entries),
    )


def by_group(entry: Entry) -> list[tuple[str, Entry]]:
    """Parts of a grouped entry by reader, arm and so on; an entry without groups is one part."""
    if "groups" not in entry:
        return [("", entry)]
    return [(group_name(group), group) for group in entry["groups"]]


def group_name(group: Entry) -> str:
    """Name a group by its keys, which stand before its counts."""
    keys = ("reader", "level", "arm", "period", "repeat")
    return " · ".join(str(group[key]) for key in keys if group.get(key) not in (None, ""))


def get(key: str, write: Callable[[Any], str]) -> Callable[[Line], str]:
    """Return what writes one figure of a line."""
    return lambda line: write(line.figures.get(key))


def adjusted_p(line: Line) -> str:
    """Write the adjusted p value of a line with its method."""
    if line.adjusted is None:
        return DASH
    return f"{p_value(line.adjusted.p_value)} ({adjustment(line.adjusted.method)})"


def notes(entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """Return the warnings of entries and of their groups, each once; many alike become one."""
    return told_once(located for entry in entries.values() for located in _located(entry))


Located = tuple[str, str]
"""Where a warning belongs, groups joined by colons, empty for all of it; and what it says."""


def told_once(found: Iterable[Located]) -> tuple[str, ...]:
    """Join warnings of more than `MOST_ALIKE` groups that differ in their first number alone."""
    alike: dict[tuple[str, ...], list[Located]] = {}
    for where, note in dict.fromkeys(found):
        alike.setdefault(tuple(_NUMBER.split(note, maxsplit=1)), []).append((where, note))
    told: list[str] = []
    for around, members in alike.items():
        if len(members) <= MOST_ALIKE:
            told += [_told(*member) for member in members]
            continue
        amounts = [int(number[0]) for _, note in members if (number := _NUMBER.search(note))]
        low, high = (min(amounts), max(amounts)) if amounts else (0, 0)
        span = str(low) if low == high else f"{low}–{high}"
        sentence = span.join(around) if amounts else around[0]
        told.append(_("%(note)s (in %(count)d groups)") % {"note": sentence, "count": len(members)})
    return tuple(told)


def _located(entry: Entry) -> list[Located]:
    groups: Any = entry.get("groups", ())
    named: Sequence[tuple[str, Entry]] = (
        list(groups.items())
        if isinstance(groups, Mapping)
        else [(group_name(group), group) for group in groups]
    )
    own = [("", note) for note in entry["warnings"]]
    below = [
        (f"{name}: {where}" if where else name, note)
        for name, group in named
        for where, note in _located(group)
    ]
    return own + below


def _told(where: str, note: str) -> str:
    return f"{where}: {note}" if where else note


def _label(name: str, task: str, part: str, n_entries: int) -> str:
    own = words(name.removeprefix(f"{task}_"))
    if not part:
        return own
    return f"{own} · {part}" if n_entries > 1 else part
