"""What coordinators watch: how far each study, reader and period has come, never how right."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count

from readerstudy.models import Reader, ReaderStudy, Reading, ReadingState
from readerstudy.selectors.progress import status
from readerstudy.selectors.studies import studies_visible_to
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.models import AuditEvent

LATEST_EVENTS = 30


@dataclass(frozen=True)
class PeriodProgress:
    """Committed and planned readings of one period over all readers."""

    number: int
    done: int
    total: int


@dataclass(frozen=True)
class StudyRow:
    """One line of the list of studies."""

    study: ReaderStudy
    n_cases: int
    n_readers: int
    periods: tuple[PeriodProgress, ...]
    next_due: datetime | None


@dataclass(frozen=True)
class ReaderRow:
    """One reader's line of the dashboard; `periods` are rows of the contract's status."""

    reader: Reader
    periods: tuple[dict[str, Any], ...]
    last_at: datetime | None
    median_seconds: float | None


def studies_overview(user: User, clock: Clock) -> list[StudyRow]:
    """Return the studies a person works on, newest first."""
    studies = studies_visible_to(user).annotate(
        n_cases=Count("cases", distinct=True), n_readers=Count("readers", distinct=True)
    )
    rows = []
    for study in studies.order_by("-created_at"):
        readers = [] if study.is_draft else status(study, clock)["readers"]
        dues = [datetime.fromisoformat(row["next_due"]) for row in readers if row["next_due"]]
        rows.append(
            StudyRow(
                study, study.n_cases, study.n_readers, _by_period(readers), min(dues, default=None)
            )
        )
    return rows


def reader_rows(study: ReaderStudy, clock: Clock) -> list[ReaderRow]:
    """Return one row per reader for the dashboard."""
    progress = status(study, clock)["readers"]
    rows = []
    for reader in study.readers.select_related("user").order_by("number"):
        own = tuple(
            row | {"next_due": _moment(row["next_due"])}
            for row in progress
            if row["reader"] == reader.pseudonym
        )
        sitting = reader.sessions.order_by("-last_at").first()
        done = Reading.objects.filter(
            assignment__period__reader=reader, state=ReadingState.COMMITTED
        )
        seconds = [value for value in done.values_list("active_seconds", flat=True) if value]
        rows.append(
            ReaderRow(
                reader,
                own,
                None if sitting is None else sitting.last_at,
                median(seconds) if seconds else None,
            )
        )
    return rows


def latest_events(study: ReaderStudy) -> list[AuditEvent]:
    """Return the last events of a study's chain, newest first."""
    chain = AuditEvent.objects.filter(chain=audit.study_chain(study.pk))
    return list(chain.select_related("actor").order_by("-sequence")[:LATEST_EVENTS])


def _by_period(readers: list[dict[str, Any]]) -> tuple[PeriodProgress, ...]:
    numbers = sorted({row["period"] for row in readers})
    return tuple(
        PeriodProgress(
            number,
            sum(row["done"] for row in readers if row["period"] == number),
            sum(row["total"] for row in readers if row["period"] == number),
        )
        for number in numbers
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
