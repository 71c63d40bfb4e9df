"""What happened during a reading, and how long somebody was reading."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from readerstudy.models import Assignment, Reading, ReadingEvent, ReadingState
from readerstudy.services.common import record
from readerstudy.timing import STARTS, STOPS, BrowserEvent, Stretch, active_seconds
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput

OPENED, LEFT = "opened", "left"
"""Events of the server: a page was opened; the last sign of life of the page before it."""
BROWSER_KINDS = (
    *STOPS, *STARTS, "alive", "images_loaded", "first_interaction", "overlay_on", "overlay_off",
)  # fmt: skip
MOST_EVENTS = 1000


@transaction.atomic
def record_events(*, assignment: Assignment, events: object, user: User, clock: Clock) -> int:
    """Store what the browser reports and return how many events that was.

    Raises
    ------
    InvalidInput
        If an event is malformed or of an unknown kind.
    Conflict
        If the reading is not open.
    """
    rows = [_event(item) for item in _listed(events)]
    reading = Reading.objects.filter(pk=assignment.pk, state=ReadingState.OPEN).first()
    if reading is None:
        raise Conflict(_("This reading is not open."), code="not_open")
    ReadingEvent.objects.bulk_create(
        ReadingEvent(reading=reading, kind=kind, at=clock.now(), browser_ms=at_ms)
        for kind, at_ms in rows
    )
    study = assignment.period.reader.study
    data = {"events": len(rows)}
    record(study, "reading.events", actor=user, clock=clock, target=reading, data=data)
    return len(rows)


def reopen(reading: Reading, clock: Clock) -> None:
    """Note that a reading is shown again: the time since the last sign of life doesn't count."""
    seen = [event.at for event in reading.events.all()] + [reading.draft.saved_at]
    ReadingEvent.objects.create(reading=reading, kind=LEFT, at=max(seen))
    ReadingEvent.objects.create(reading=reading, kind=OPENED, at=clock.now())


def reading_seconds(reading: Reading) -> float:
    """Return the active seconds of a reading that is being committed."""
    assert reading.committed_at is not None
    events = list(reading.events.all())
    opened = sorted(event.at for event in events if event.kind == OPENED)
    left = sorted(event.at for event in events if event.kind == LEFT)
    browser = [
        BrowserEvent(event.kind, event.browser_ms, event.at)
        for event in events
        if event.browser_ms is not None
    ]
    ends = [*left, reading.committed_at]
    following: list[datetime | None] = [*opened[1:], None]
    stretches = [
        Stretch(
            start,
            max(start, end),
            [e for e in browser if start <= e.received and (after is None or e.received < after)],
        )
        for start, end, after in zip(opened, ends, following, strict=True)
    ]
    return active_seconds(stretches)


def _listed(events: object) -> list[Any]:
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise InvalidInput(
            _("A list of at most %(most)d events is needed.") % {"most": MOST_EVENTS}
        )
    return events


def _event(item: object) -> tuple[str, int]:
    kind, at_ms = (
        (item.get("kind"), item.get("at_ms")) if isinstance(item, Mapping) else (None, None)
    )
    if kind not in BROWSER_KINDS:
        raise InvalidInput(_("The kind of an event is one of: %s.") % ", ".join(BROWSER_KINDS))
    if isinstance(at_ms, bool) or not isinstance(at_ms, int | float) or not 0 <= at_ms < 2**53:
        raise InvalidInput(_("An event needs at_ms, a number of milliseconds."))
    return str(kind), round(at_ms)
