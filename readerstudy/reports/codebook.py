"""The export's tables as CSV, and what their columns mean; pure."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One line of the codebook: where, what, in which unit, with which values."""

    file: str
    column: str
    meaning: str
    unit: str = ""
    values: str = ""


# Columns of readings and reference stand in the order of readerstudy.statistics, whose result
# names the hash of just these bytes.
READINGS = (
    Column("readings.csv", "reader", "pseudonym of the reader; AI for the system"),
    Column("readings.csv", "arm", "condition of reading", values="as in the protocol; ai"),
    Column("readings.csv", "case", "case of the study"),
    Column("readings.csv", "task", "what is decided", values="as in the protocol"),
    Column("readings.csv", "level", "experience of the reader", values="as in the protocol; ai"),
    Column("readings.csv", "period", "study period", values="1, 2, ...; empty for AI"),
    Column("readings.csv", "position", "place in the drawn order", values="1, 2, ..."),
    Column("readings.csv", "repeat", "hidden repeat", values="0 = first reading"),
    Column(
        "readings.csv",
        "decision",
        "category decided on",
        values="categories of the task; no_lesion; cannot_assess; empty = not read",
    ),
    Column("readings.csv", "rating", "suspicion, larger is more suspicious", unit="as asked"),
    Column("readings.csv", "confidence", "confidence in the decision", unit="as asked"),
    Column("readings.csv", "seconds", "active reading time", unit="s"),
)
REFERENCE = (
    Column("reference.csv", "case", "case of the study"),
    Column("reference.csv", "task", "what is decided", values="as in the protocol"),
    Column("reference.csv", "truth", "reference standard", values="categories of the task"),
    Column("reference.csv", "cluster", "exam; cases of one exam belong together"),
)
ORDERS = (
    Column("orders.csv", "reader", "pseudonym of the reader"),
    Column("orders.csv", "period", "study period", values="1, 2, ..."),
    Column("orders.csv", "arm", "condition of reading", values="as in the protocol"),
    Column("orders.csv", "position", "place in the drawn order", values="1, 2, ..."),
    Column("orders.csv", "case", "case of the study"),
)
INTERVALS = (
    Column("intervals.csv", "reader", "pseudonym of the reader"),
    Column("intervals.csv", "case", "case of the study"),
    Column("intervals.csv", "from_period", "study period of the earlier reading"),
    Column("intervals.csv", "to_period", "study period of the later reading"),
    Column("intervals.csv", "days", "from commit to opening", unit="24 h"),
    Column("intervals.csv", "short", "less than the washout", values="0, 1"),
)
ANSWERS = (
    Column("answers.csv", "reading", "key of the reading; target_id in events.jsonl"),
    Column("answers.csv", "reader", "pseudonym of the reader"),
    Column("answers.csv", "period", "study period", values="1, 2, ..."),
    Column("answers.csv", "case", "case of the study"),
    Column("answers.csv", "question", "id of the question in the protocol; reason"),
    Column("answers.csv", "revision", "1 = as committed", values="1, 2, ..."),
    Column("answers.csv", "value", "answer as JSON"),
    Column("answers.csv", "at", "time of the answer", unit="UTC, ISO 8601"),
)
READERS = (
    Column("readers.csv", "reader", "pseudonym of the reader"),
    Column("readers.csv", "user", "e-mail address: the key to the pseudonyms, keep it apart"),
)


def strata(names: Iterable[str]) -> tuple[Column, ...]:
    """Return the codebook lines of a study's strata."""
    return tuple(Column("reference.csv", name, "stratum of the case") for name in names)


def codebook(columns: Iterable[Column]) -> bytes:
    """Return the data dictionary: one line per column of every table."""
    own = [Column("codebook.csv", field.name, "") for field in fields(Column)]
    return as_csv(own, (vars(column) for column in columns))


def as_csv(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """Return rows as CSV in UTF-8, None as an empty cell."""
    names = [column.column for column in columns]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row.get(name)) for name in names} for row in rows)
    return buffer.getvalue().encode()


def read_csv(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a table that :func:`as_csv` wrote."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_json(value: Any) -> bytes:
    """Return a value as JSON for people and programs: indented, keys sorted."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _cell(value: Any) -> Any:
    return "" if value is None else value
