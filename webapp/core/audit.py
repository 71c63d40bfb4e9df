"""The audit trail: append-only, chained by hash, verifiable without the database.

An event is written inside the transaction of the change it reports. Each chain (``site``, or
one per reader study) counts without gaps; its head row is locked while a link is added, so two
processes can't add the same link.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models, transaction

from webapp.core.clock import Clock
from webapp.core.models import AuditEvent, AuditHead

SITE = "site"


def study_chain(study_id: object) -> str:
    """Name the chain of one reader study."""
    return f"study:{study_id}"


def record(
    *,
    chain: str,
    actor: models.Model | None,
    action: str,
    target: models.Model | None,
    data: Mapping[str, Any],
    clock: Clock,
) -> AuditEvent:
    """Append one event to a chain.

    Parameters
    ----------
    chain : str
        ``"site"`` or ``study_chain(study.id)``.
    actor : User or None
        Who did it; None for the system itself.
    action : str
        Verb in the past with its room, e.g. ``"reading.committed"``.
    target : Model or None
        What it was done to.
    data : mapping
        JSON-able details. Never names, file names or pixel data.
    clock : Clock
        Tells the event's time.

    Raises
    ------
    TransactionManagementError
        If called outside a transaction: an event must stand or fall with its change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record needs the caller's transaction")
    AuditHead.objects.get_or_create(chain=chain)
    head = AuditHead.objects.select_for_update().get(chain=chain)
    event = AuditEvent(
        chain=chain,
        sequence=head.sequence + 1,
        at=clock.now().astimezone(UTC),
        actor_id=getattr(actor, "pk", None),
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        data=json.loads(json.dumps(dict(data), default=str)),
        previous_hash=head.hash,
    )
    event.hash = digest(as_row(event))
    event.save(force_insert=True)
    AuditHead.objects.filter(chain=chain).update(sequence=event.sequence, hash=event.hash)
    return event


def as_row(event: AuditEvent) -> dict[str, Any]:
    """Return an event as the JSON object that is hashed and exported (``events.jsonl``)."""
    return {
        "chain": event.chain,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": str(event.actor_id) if event.actor_id else None,
        "action": event.action,
        "target_type": event.target_type,
        "target_id": event.target_id,
        "data": event.data,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row's canonical JSON, its own ``hash`` left out."""
    content = {key: value for key, value in row.items() if key != "hash"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def rows(chain: str) -> Iterator[dict[str, Any]]:
    """Yield a chain's events in order, as exported."""
    for event in AuditEvent.objects.filter(chain=chain).order_by("sequence").iterator():
        yield as_row(event)


def first_break(events: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the sequence number where a chain stops being intact, None when it is whole.

    Needs no database: works on the lines of an exported ``events.jsonl`` alike.
    """
    previous, expected = "", 1
    for row in events:
        whole = (
            row["sequence"] == expected
            and row["previous_hash"] == previous
            and row["hash"] == digest(row)
        )
        if not whole:
            return expected
        previous, expected = str(row["hash"]), expected + 1
    return None


def verify(chain: str) -> int | None:
    """Return where a stored chain is broken; its head row catches a cut-off end."""
    events = list(rows(chain))
    broken = first_break(events)
    if broken is not None:
        return broken
    head = AuditHead.objects.filter(chain=chain).first()
    last = len(events)
    return None if head is None or head.sequence == last else last + 1


def happened_between(chain: str, start: datetime, end: datetime) -> models.QuerySet[AuditEvent]:
    """Return a chain's events of a period, for the study dashboard."""
    return AuditEvent.objects.filter(chain=chain, at__gte=start, at__lt=end)
