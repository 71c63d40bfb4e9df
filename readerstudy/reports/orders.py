"""The drawn reading plan as a table; pure."""

from collections.abc import Iterable

from readerstudy.design.schedule import PlannedPeriod
from readerstudy.protocol.canonical import sha256_of

COLUMNS = ("reader", "period", "arm", "position", "case")
OrderRow = dict[str, str]


def order_rows(periods: Iterable[PlannedPeriod]) -> list[OrderRow]:
    """Return one row per assignment, as ``orders.csv`` spells them."""
    return [
        {
            "reader": period.reader,
            "period": str(period.number),
            "arm": period.arm,
            "position": str(slot.position),
            "case": slot.case,
        }
        for period in periods
        for slot in period.slots
    ]


def orders_sha256(periods: Iterable[PlannedPeriod]) -> str:
    """Return the hash of a drawn plan, whatever order its readers stand in."""
    return rows_sha256(order_rows(periods))


def rows_sha256(rows: Iterable[OrderRow]) -> str:
    """Return the hash of the rows of an ``orders.csv``."""
    return sha256_of(sorted([row[column] for column in COLUMNS] for row in rows))
