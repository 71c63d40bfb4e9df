"""Reading: open, save, commit. Each reading belongs to one reader and goes forward only."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from readerstudy.models import (
    Answer,
    Assignment,
    Draft,
    Question,
    Reader,
    ReaderStudy,
    Reading,
    ReadingEvent,
    ReadingSession,
    ReadingState,
    StudyState,
)
from readerstudy.models.study import READABLE
from readerstudy.protocol import sha256_of
from readerstudy.protocol.check import REASON
from readerstudy.selectors import eligibility
from readerstudy.selectors.worklist import work_of
from readerstudy.services.answers import checked_commit, checked_draft
from readerstudy.services.common import locked_study, record
from readerstudy.services.timeline import OPENED, reading_seconds, reopen
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput

LONGEST_BREAK = timedelta(minutes=30)
"""A longer pause between two readings starts a new sitting."""
LONGEST_KEY = 80


@transaction.atomic
def open_reading(*, assignment: Assignment, user: User, clock: Clock) -> Reading:
    """Open the reader's next reading, or come back to it in the same or another window.

    Raises
    ------
    Conflict
        If reading has ended, this one is committed, another comes first, or none is due yet.
    """
    study = _readable_study(assignment)
    reading = Reading.objects.select_for_update().filter(pk=assignment.pk).first()
    if reading is not None:
        _insist_on_open(reading)
        reopen(reading, clock)
        _sitting(assignment.period.reader, clock)
        record(study, "reading.resumed", actor=user, clock=clock, target=reading)
        return reading
    _insist_on_turn(assignment, user, clock)
    now = clock.now()
    reading = Reading.objects.create(
        assignment=assignment,
        session=_sitting(assignment.period.reader, clock),
        state=ReadingState.OPEN,
        opened_at=now,
    )
    Draft.objects.create(reading=reading, saved_at=now)
    ReadingEvent.objects.create(reading=reading, kind=OPENED, at=now)
    ReaderStudy.objects.filter(pk=study.pk, state=StudyState.FROZEN).update(
        state=StudyState.RUNNING
    )
    data = {"position": assignment.position, "period": assignment.period.number}
    record(study, "reading.opened", actor=user, clock=clock, target=reading, data=data)
    return reading


@transaction.atomic
def save_draft(
    *, assignment: Assignment, answers: object, revision: int, user: User, clock: Clock
) -> int:
    """Keep answers as a draft and return its new revision; the same again changes nothing.

    Raises
    ------
    Conflict
        If another window has saved since `revision`, or the reading is not open.
    InvalidInput
        If a key is no question of the study.
    """
    study = _readable_study(assignment)
    reading = _open_reading(assignment)
    kept = checked_draft(_questions(study), answers)
    draft = Draft.objects.select_for_update().get(reading=reading)
    if (draft.revision, draft.answers) == (revision + 1, kept):
        return draft.revision  # the same request again, because its answer was lost
    if draft.revision != revision:
        raise Conflict(
            _("Another window has changed these answers. Reload to see them; nothing is lost."),
            code="draft_changed",
        )
    draft.answers, draft.revision, draft.saved_at = kept, revision + 1, clock.now()
    draft.save(update_fields=["answers", "revision", "saved_at"])
    _sitting(assignment.period.reader, clock)
    data = {"revision": draft.revision}
    record(study, "draft.saved", actor=user, clock=clock, target=reading, data=data)
    return draft.revision


@dataclass(frozen=True)
class Committed:
    """A committed reading; `again` when the same commit had come before."""

    reading: Reading
    again: bool


@transaction.atomic
def commit_reading(
    *, assignment: Assignment, answers: object, key: str, user: User, clock: Clock
) -> Committed:
    """Store the answers for good.

    Parameters
    ----------
    key
        The client's idempotency key: the same commit sent twice is stored once and answered
        alike, so that a lost answer can be asked for again.

    Raises
    ------
    Conflict
        If it is committed already with another key or other answers, or reading has ended.
    InvalidInput
        If an answer is missing or impossible, or the key is too long.
    """
    if len(key) > LONGEST_KEY:
        raise InvalidInput(_("An idempotency key has at most 80 characters."))
    study = locked_study(assignment.period.reader.study)
    reading = Reading.objects.select_for_update().filter(pk=assignment.pk).first()
    questions = _questions(study)
    complete = checked_commit(questions, answers)
    if reading is not None and reading.state == ReadingState.COMMITTED:
        if key and key == reading.idempotency_key and complete == final_answers(reading):
            return Committed(reading, again=True)
        _insist_on_open(reading)
    _insist_on_readable(study)
    reading = _open_reading(assignment)
    _store_answers(reading, questions, complete, clock)
    reading.state = ReadingState.COMMITTED
    reading.committed_at = clock.now()
    reading.idempotency_key = key
    reading.active_seconds = reading_seconds(reading)
    reading.save()
    _sitting(assignment.period.reader, clock)
    data = {"answers_sha256": sha256_of(complete), "active_seconds": reading.active_seconds}
    record(study, "reading.committed", actor=user, clock=clock, target=reading, data=data)
    return Committed(reading, again=False)


def final_answers(reading: Reading) -> dict[str, Any]:
    """Return a committed reading's answers, the latest revision of each, by question."""
    latest: dict[str, Any] = {}
    for answer in reading.answers.select_related("question").order_by("revision"):
        latest[answer.question.key if answer.question else REASON] = answer.value
    return latest


def _store_answers(
    reading: Reading, questions: list[Question], complete: dict[str, Any], clock: Clock
) -> None:
    by_key = {question.key: question for question in questions}
    Answer.objects.bulk_create(
        Answer(reading=reading, question=by_key.get(key), value=value, at=clock.now())
        for key, value in complete.items()
    )


def _questions(study: ReaderStudy) -> list[Question]:
    return list(study.questions.order_by("number"))


def _readable_study(assignment: Assignment) -> ReaderStudy:
    """Lock the study's row, so that locking the study and reading exclude each other."""
    study = locked_study(assignment.period.reader.study)
    _insist_on_readable(study)
    return study


def _insist_on_readable(study: ReaderStudy) -> None:
    if study.state not in READABLE:
        raise Conflict(_("Reading in this study has ended."), code="reading_ended")


def _insist_on_open(reading: Reading) -> None:
    if reading.state == ReadingState.COMMITTED:
        raise Conflict(
            _("This reading is committed and can't be changed; go on with the next one."),
            code="already_committed",
        )


def _open_reading(assignment: Assignment) -> Reading:
    reading = Reading.objects.select_for_update().filter(pk=assignment.pk).first()
    if reading is None:
        raise Conflict(_("This reading has not been opened yet."), code="not_opened")
    _insist_on_open(reading)
    return reading


def _insist_on_turn(assignment: Assignment, user: User, clock: Clock) -> None:
    """Refuse what is not the reader's next case, or what they know from elsewhere."""
    coming = work_of(assignment.period.reader, clock).next
    if coming.key is None:
        raise Conflict(
            _("No case is due before %(date)s (UTC).") % {"date": f"{coming.due:%Y-%m-%d %H:%M}"},
            code="not_due",
        )
    if coming.key.pk != assignment.pk:
        raise Conflict(_("Another case comes first; open your worklist."), code="not_next")
    if eligibility.barred(user, [assignment.study_case.case_id]):
        raise Conflict(
            _("You know this case from outside the study and can't read it; tell the coordinator."),
            code="case_known",
        )


def _sitting(reader: Reader, clock: Clock) -> ReadingSession:
    """Return the reader's present sitting, a new one after a longer break."""
    now = clock.now()
    sitting = reader.sessions.order_by("-last_at").first()
    if sitting is None or now - sitting.last_at > LONGEST_BREAK:
        return ReadingSession.objects.create(reader=reader, started_at=now, last_at=now)
    ReadingSession.objects.filter(pk=sitting.pk).update(last_at=max(now, sitting.last_at))
    return sitting
