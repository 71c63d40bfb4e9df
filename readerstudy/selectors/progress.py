"""How far readers have come; never how right they are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from readerstudy.models import Assignment, Reader, ReaderStudy, ReadingState
from readerstudy.selectors.worklist import assignments_of, reading_state, waiting
from webapp.core.clock import Clock

Json = dict[str, Any]


def status(study: ReaderStudy, clock: Clock) -> Json:
    """Return a study's state and one row per reader and period, as in the contract."""
    return {
        "state": study.state,
        "protocol_sha256": study.protocol_sha256 or None,
        "readers": [
            row for reader in study.readers.order_by("number") for row in _periods(reader, clock)
        ],
    }


def _periods(reader: Reader, clock: Clock) -> Iterator[Json]:
    """Yield one row per period; `next_due` is null when a case can be read, or none is left."""
    assignments = list(assignments_of(reader))
    dues = {item.key.pk: item.due for item in waiting(assignments, reader.study.washout_days)}
    for number in sorted({item.period.number for item in assignments}):
        period = [item for item in assignments if item.period.number == number]
        yield {
            "reader": reader.pseudonym,
            "period": number,
            "arm": period[0].period.arm.key,
            "done": sum(reading_state(item) == ReadingState.COMMITTED for item in period),
            "total": len(period),
            "next_due": _next_due(period, dues, clock.now()),
        }


def _next_due(
    period: list[Assignment], dues: dict[Any, datetime | None], now: datetime
) -> str | None:
    dates = [dues[item.pk] for item in period if item.pk in dues]
    future = [date for date in dates if date is not None and date > now]
    return min(future).isoformat() if future and len(future) == len(dates) else None


def order_table(study: ReaderStudy) -> list[Json]:
    """Return the drawn plan, one row per assignment, as ``orders.csv`` has it."""
    return [
        {
            "reader": reader.pseudonym,
            "period": item.period.number,
            "arm": item.period.arm.key,
            "position": item.position,
            "case": item.study_case.code,
        }
        for reader in study.readers.order_by("number")
        for item in assignments_of(reader)
    ]
