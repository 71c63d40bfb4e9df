"""Reading: the order, drafts in two windows, commits sent twice, washout, active time."""

from datetime import timedelta

import pytest

from readerstudy.models import Answer, Assignment, ReaderStudy, Reading, StudyState
from readerstudy.selectors.progress import status
from readerstudy.selectors.worklist import work_of
from readerstudy.services.ending import lock
from readerstudy.services.reading import (
    commit_reading,
    final_answers,
    open_reading,
    save_draft,
)
from readerstudy.services.timeline import record_events
from tests.integration.cast import Cast
from tests.integration.readerstudy.stage import ANSWERS, next_assignment, opened
from webapp.core import audit
from webapp.core.errors import Conflict, InvalidInput


def commit(
    cast: Cast, assignment: Assignment, name: str, answers: object = ANSWERS, key: str = "k"
) -> Reading:
    """Commit a reading of the cast's."""
    return commit_reading(
        assignment=assignment, answers=answers, key=key, user=cast[name], clock=cast.clock
    ).reading


def read_period(cast: Cast, study: ReaderStudy, name: str, n: int) -> None:
    """Read n cases, a minute each."""
    for _ in range(n):
        assignment = opened(cast, study, name)
        cast.clock.advance(timedelta(minutes=1))
        commit(cast, assignment, name)


def test_a_reading_goes_from_opening_to_answers(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    cast.clock.advance(timedelta(seconds=90))

    reading = commit(cast, assignment, "junior")

    assert final_answers(reading) == ANSWERS
    assert reading.active_seconds == 90
    study.refresh_from_db()
    assert study.state == StudyState.RUNNING
    actions = [event["action"] for event in audit.rows(audit.study_chain(study.pk))]
    assert actions[-2:] == ["reading.opened", "reading.committed"]
    assert audit.verify(audit.study_chain(study.pk)) is None


def test_only_the_next_case_opens(cast: Cast, study: ReaderStudy) -> None:
    reader = study.readers.get(user=cast["junior"])
    second = work_of(reader, cast.clock).assignments[1]

    with pytest.raises(Conflict) as refused:
        open_reading(assignment=second, user=cast["junior"], clock=cast.clock)

    assert refused.value.code == "not_next"


def test_an_open_reading_comes_first_and_opens_again(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")

    assert next_assignment(cast, study, "junior").pk == assignment.pk
    open_reading(assignment=assignment, user=cast["junior"], clock=cast.clock)
    assert Reading.objects.count() == 1


def test_two_windows_notice_each_other(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    save = {"assignment": assignment, "user": cast["junior"], "clock": cast.clock}

    assert save_draft(answers={"bm": "benign"}, revision=0, **save) == 1
    with pytest.raises(Conflict) as refused:
        save_draft(answers={"bm": "malignant"}, revision=0, **save)

    assert refused.value.code == "draft_changed"
    assert Reading.objects.get().draft.answers == {"bm": "benign"}


def test_a_commit_sent_twice_is_stored_once(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    commit(cast, assignment, "junior", key="same")
    stored, events = Answer.objects.count(), len(list(audit.rows(audit.study_chain(study.pk))))

    commit(cast, assignment, "junior", key="same")

    assert Answer.objects.count() == stored
    assert len(list(audit.rows(audit.study_chain(study.pk)))) == events


@pytest.mark.parametrize(
    ("key", "answers"), [("other", ANSWERS), ("same", {**ANSWERS, "bm": "benign"}), ("", ANSWERS)]
)
def test_a_committed_reading_never_changes(
    cast: Cast, study: ReaderStudy, key: str, answers: object
) -> None:
    assignment = opened(cast, study, "junior")
    reading = commit(cast, assignment, "junior", key="same")

    with pytest.raises(Conflict) as refused:
        commit(cast, assignment, "junior", answers, key=key)
    with pytest.raises(Conflict):
        open_reading(assignment=assignment, user=cast["junior"], clock=cast.clock)

    assert refused.value.code == "already_committed"
    assert final_answers(reading) == ANSWERS


def test_a_commit_after_a_lost_answer_is_answered_even_when_the_study_is_locked(
    cast: Cast, study: ReaderStudy
) -> None:
    assignment = opened(cast, study, "junior")
    commit(cast, assignment, "junior", key="same")
    lock(study=study, actor=cast["coordinator"], clock=cast.clock)

    assert commit(cast, assignment, "junior", key="same").state == "committed"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "bm"),
        ({**ANSWERS, "bm": "perhaps"}, "bm"),
        ({**ANSWERS, "malignancy": 101}, "malignancy"),
        ({**ANSWERS, "malignancy": True}, "malignancy"),
        ({**ANSWERS, "malignancy": float("nan")}, "malignancy"),
        ({**ANSWERS, "confidence": 4}, "confidence"),
        ({**ANSWERS, "colour": "red"}, "colour"),
        ({"bm": "cannot_assess"}, "reason"),
        ({**ANSWERS, "dx": ["HCC"]}, "dx"),
    ],
)
def test_impossible_answers_are_named_and_nothing_is_stored(
    cast: Cast, study: ReaderStudy, answers: dict[str, object], field: str
) -> None:
    assignment = opened(cast, study, "junior")

    with pytest.raises(InvalidInput) as refused:
        commit(cast, assignment, "junior", answers)

    assert field in refused.value.fields
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        ({"dx": "no_lesion"}, {"bm": "no_lesion", "dx": "no_lesion"}),
        (
            {**ANSWERS, "bm": "cannot_assess", "reason": "Motion"},
            {"bm": "cannot_assess", "dx": "cannot_assess", "reason": "Motion"},
        ),
    ],
)
def test_an_exception_answers_every_decision(
    cast: Cast, study: ReaderStudy, answers: object, stored: object
) -> None:
    assignment = opened(cast, study, "junior")

    assert final_answers(commit(cast, assignment, "junior", answers)) == stored


def test_the_second_period_waits_for_each_case(cast: Cast, study: ReaderStudy) -> None:
    reader = study.readers.get(user=cast["junior"])
    read_period(cast, study, "junior", 4)
    first_commit = min(Reading.objects.values_list("committed_at", flat=True))
    work = work_of(reader, cast.clock)

    assert work.next.key is None
    assert work.next.due == first_commit + timedelta(hours=28 * 24)
    with pytest.raises(Conflict) as refused:
        open_reading(assignment=work.assignments[4], user=cast["junior"], clock=cast.clock)
    assert refused.value.code == "not_due"

    cast.clock.advance(work.next.due - cast.clock.now() - timedelta(seconds=1))
    assert work_of(reader, cast.clock).next.key is None
    cast.clock.advance(timedelta(seconds=1))
    due = work_of(reader, cast.clock).next.key
    assert due is not None
    assert due.period.number == 2
    earliest = Reading.objects.get(committed_at=first_commit).assignment.study_case
    assert due.study_case == earliest


def test_the_status_shows_who_waits_until_when(cast: Cast, study: ReaderStudy) -> None:
    read_period(cast, study, "junior", 4)
    first_commit = min(Reading.objects.values_list("committed_at", flat=True))

    shown = status(study, cast.clock)

    assert shown["readers"][0] == {
        "reader": "R01", "period": 1, "arm": "unaided", "done": 4, "total": 4, "next_due": None,
    }  # fmt: skip
    assert shown["readers"][1] == {
        "reader": "R01",
        "period": 2,
        "arm": "aided",
        "done": 0,
        "total": 4,
        "next_due": (first_commit + timedelta(days=28)).isoformat(),
    }
    assert shown["readers"][3]["next_due"] is None  # R02 may read at once


def test_nothing_is_read_after_the_lock(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    lock(study=study, actor=cast["coordinator"], clock=cast.clock)

    with pytest.raises(Conflict, match="ended"):
        commit(cast, assignment, "junior")
    with pytest.raises(Conflict, match="ended"):
        save_draft(
            assignment=assignment, answers={}, revision=0, user=cast["junior"], clock=cast.clock
        )


def test_what_is_known_from_elsewhere_is_not_read(cast: Cast, study: ReaderStudy) -> None:
    assignment = next_assignment(cast, study, "junior")
    case = assignment.study_case.case
    case.owner = cast["junior"]
    case.save()

    with pytest.raises(Conflict) as refused:
        open_reading(assignment=assignment, user=cast["junior"], clock=cast.clock)

    assert refused.value.code == "case_known"


def test_time_away_and_between_windows_does_not_count(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    on = {"assignment": assignment, "user": cast["junior"], "clock": cast.clock}
    cast.clock.advance(timedelta(seconds=40))
    events = [{"kind": "blur", "at_ms": 10_000}, {"kind": "focus", "at_ms": 40_000}]
    assert record_events(events=events, **on) == 2
    cast.clock.advance(timedelta(days=1))
    open_reading(**on)
    cast.clock.advance(timedelta(seconds=5))

    reading = commit(cast, assignment, "junior")

    assert reading.active_seconds == 15


@pytest.mark.parametrize(
    "events",
    [
        None,
        {"kind": "blur"},
        ["blur"],
        [{"kind": "sneeze", "at_ms": 1}],
        [{"kind": "blur", "at_ms": -1}],
        [{"kind": "blur", "at_ms": float("nan")}],
        [{"kind": "blur"}],
        [{"kind": ["blur"], "at_ms": 1}],
        [{"kind": "alive", "at_ms": 1}] * 1001,
    ],
)
def test_malformed_events_are_refused(cast: Cast, study: ReaderStudy, events: object) -> None:
    assignment = opened(cast, study, "junior")

    with pytest.raises(InvalidInput):
        record_events(assignment=assignment, events=events, user=cast["junior"], clock=cast.clock)


def test_answers_can_neither_be_changed_nor_removed(cast: Cast, study: ReaderStudy) -> None:
    from django.db import DatabaseError, transaction

    commit(cast, opened(cast, study, "junior"), "junior")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Answer.objects.update(value="benign")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Answer.objects.all().delete()
