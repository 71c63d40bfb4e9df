"""The audit trail can be appended to and nothing else."""

import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from webapp.core import audit
from webapp.core.clock import MovableClock
from webapp.core.models import AuditEvent, AuditHead

pytestmark = pytest.mark.django_db
CLOCK = MovableClock(datetime(2026, 1, 5, 8, tzinfo=UTC))


def append(chain: str = "site", **data: object) -> AuditEvent:
    with transaction.atomic():
        return audit.record(
            chain=chain, actor=None, action="test.done", target=None, data=data, clock=CLOCK
        )


def without_triggers(statement: str) -> None:
    """Do what somebody with the database's own rights could do."""
    suffix = " ON core_auditevent" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER core_auditevent_no_{verb}{suffix}")
        cursor.execute(statement)


def test_chains_count_separately_and_link() -> None:
    first, second, other = append(), append(), append("study:x")
    assert (first.sequence, second.sequence, other.sequence) == (1, 2, 1)
    assert second.previous_hash == first.hash
    assert audit.verify("site") is None
    assert audit.verify("study:x") is None


@pytest.mark.parametrize(
    "change", ["UPDATE core_auditevent SET action='x'", "DELETE FROM core_auditevent"]
)
def test_database_refuses_to_rewrite_history(change: str) -> None:
    append()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE core_auditevent SET action='forged' WHERE sequence=2", 2),
        ("DELETE FROM core_auditevent WHERE sequence=2", 2),
        ("DELETE FROM core_auditevent WHERE sequence=3", 3),
    ],
)
def test_verify_finds_the_first_broken_link(change: str, broken_at: int) -> None:
    for value in range(3):
        append(value=value)
    without_triggers(change)
    assert audit.verify("site") == broken_at


def test_exported_lines_verify_without_the_database() -> None:
    for value in range(3):
        append(value=value, text="Größe")
    lines = [json.dumps(row) for row in audit.rows("site")]
    assert audit.first_break(map(json.loads, lines)) is None
    forged = [json.loads(line) for line in lines]
    forged[1]["data"]["value"] = 7
    assert audit.first_break(forged) == 2


@pytest.mark.django_db(transaction=True)
def test_an_event_stands_or_falls_with_its_change() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        append()
        raise RuntimeError
    assert not AuditEvent.objects.exists()
    assert not AuditHead.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(chain="site", actor=None, action="x", target=None, data={}, clock=CLOCK)
