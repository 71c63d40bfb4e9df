"""From the question to the signature and beyond: states, races, what stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from inference.jobs.execution import run_job
from inference.jobs.models import InferenceJob
from tests.integration.cast import PASSWORD, Cast
from tests.integration.jobs.samples import computing, make_job, sample_output
from webapp.core import audit
from webapp.core.errors import Conflict, Forbidden, InvalidInput
from webapp.core.models import AuditEvent
from webapp.imaging.models import Case
from webapp.opinions import reports, selectors, services, signing
from webapp.opinions.models import Draft, OpinionRequest, OpinionState, Report
from webapp.opinions.rules import Opinion

WRITTEN = Opinion(findings="A 2 cm lesion.", impression="Likely HCC.", category="malignant")


@pytest.fixture
def claimed(cast: Cast, opinion: OpinionRequest) -> OpinionRequest:
    """The question, taken by the radiologist."""
    return services.claim(request=opinion, actor=cast["radiologist"], clock=cast.clock)


def sign(cast: Cast, request: OpinionRequest, written: Opinion = WRITTEN) -> Report:
    return reports.sign(
        request=request,
        opinion=written,
        password=PASSWORD,
        actor=cast["radiologist"],
        clock=cast.clock,
    )


def test_one_open_question_per_case(cast: Cast, case: Case, opinion: OpinionRequest) -> None:
    with pytest.raises(Conflict, match="already an open question"):
        services.request_opinion(
            case=case, question="And now?", urgent=True, actor=cast["clinician"], clock=cast.clock
        )


def test_empty_question_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(InvalidInput, match="Write what you would like to know"):
        services.request_opinion(
            case=case, question="  \n", urgent=False, actor=cast["clinician"], clock=cast.clock
        )


def test_of_two_radiologists_only_the_first_gets_it(cast: Cast, opinion: OpinionRequest) -> None:
    as_seen_by_both = OpinionRequest.objects.get(pk=opinion.pk)
    services.claim(request=opinion, actor=cast["radiologist"], clock=cast.clock)
    with pytest.raises(Conflict, match="A colleague has already taken"):
        services.claim(request=as_seen_by_both, actor=cast["colleague"], clock=cast.clock)
    again = services.claim(request=opinion, actor=cast["radiologist"], clock=cast.clock)
    assert again.claimed_by == cast["radiologist"]
    assert AuditEvent.objects.filter(action="opinion.claimed").count() == 1


def test_given_back_it_is_free_and_each_keeps_their_draft(
    cast: Cast, claimed: OpinionRequest
) -> None:
    radiologist, colleague = cast["radiologist"], cast["colleague"]
    services.save_draft(request=claimed, opinion=WRITTEN, actor=radiologist, clock=cast.clock)
    services.show_ai(request=claimed, actor=radiologist, clock=cast.clock)
    freed = services.release(request=claimed, actor=radiologist, clock=cast.clock)
    assert (freed.state, freed.claimed_by, freed.ai_job) == (OpinionState.REQUESTED, None, None)
    taken = services.claim(request=freed, actor=colleague, clock=cast.clock)
    assert selectors.draft_of(taken, colleague) is None
    kept = selectors.draft_of(taken, radiologist)
    assert kept is not None
    assert kept.findings == WRITTEN.findings


def test_draft_belongs_to_the_reader_and_is_replaced(cast: Cast, claimed: OpinionRequest) -> None:
    for findings in ("One", "Two"):
        services.save_draft(
            request=claimed,
            opinion=Opinion(findings, "", ""),
            actor=cast["radiologist"],
            clock=cast.clock,
        )
    assert Draft.objects.get().findings == "Two"
    with pytest.raises(Forbidden, match="A colleague is reading"):
        services.save_draft(
            request=claimed, opinion=WRITTEN, actor=cast["colleague"], clock=cast.clock
        )


def test_draft_before_taking_the_request_is_refused(cast: Cast, opinion: OpinionRequest) -> None:
    with pytest.raises(Conflict, match="Take the request first"):
        services.save_draft(
            request=opinion, opinion=WRITTEN, actor=cast["radiologist"], clock=cast.clock
        )


def test_looking_at_the_ai_is_recorded_once_with_what_was_written_before(
    cast: Cast, claimed: OpinionRequest, job: InferenceJob
) -> None:
    radiologist = cast["radiologist"]
    services.save_draft(request=claimed, opinion=WRITTEN, actor=radiologist, clock=cast.clock)
    for _ in range(2):
        services.show_ai(request=claimed, actor=radiologist, clock=cast.clock)
    event = AuditEvent.objects.get(action="opinion.ai_shown")
    assert event.data == {"job": str(job.pk), "findings_written_before": True}
    assert sign(cast, claimed).ai_seen is True


def test_signing_pins_the_run_that_was_seen_not_a_later_one(
    cast: Cast, case: Case, claimed: OpinionRequest, job: InferenceJob
) -> None:
    services.show_ai(request=claimed, actor=cast["radiologist"], clock=cast.clock)
    cast.clock.advance(timedelta(minutes=1))
    later = make_job(cast, case)
    run_job(
        job_id=later.pk,
        clock=cast.clock,
        machine_clock=cast.clock,
        compute=computing(sample_output()),
    )
    report = sign(cast, claimed)
    assert (report.ai_job, report.ai_seen) == (job, True)


def test_report_read_without_the_ai_says_so_and_still_pins_it(
    cast: Cast, claimed: OpinionRequest, job: InferenceJob
) -> None:
    report = sign(cast, claimed)
    assert (report.version, report.ai_job, report.ai_seen) == (1, job, False)
    claimed.refresh_from_db()
    assert claimed.state == OpinionState.SIGNED
    assert not Draft.objects.exists()
    assert signing.intact(Report.objects.get())
    event = AuditEvent.objects.get(action="opinion.signed")
    assert event.data["body_sha256"] == report.body_sha256
    assert audit.verify(audit.SITE) is None


def test_wrong_password_signs_nothing(cast: Cast, claimed: OpinionRequest) -> None:
    with pytest.raises(InvalidInput, match="password"):
        reports.sign(
            request=claimed,
            opinion=WRITTEN,
            password="not it",
            actor=cast["radiologist"],
            clock=cast.clock,
        )
    claimed.refresh_from_db()
    assert claimed.state == OpinionState.CLAIMED
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        (Opinion("", " ", "malignant"), {"findings", "impression"}),
        (Opinion("A", "B", ""), {"category"}),
        (Opinion("A", "B", "terrible"), {"category"}),
    ],
)
def test_incomplete_report_is_not_signed(
    cast: Cast, claimed: OpinionRequest, written: Opinion, fields: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        sign(cast, claimed, written)
    assert set(refused.value.fields) == fields
    assert not Report.objects.exists()


def test_second_signature_has_to_be_an_addendum(cast: Cast, claimed: OpinionRequest) -> None:
    with pytest.raises(Conflict, match="sign the report first"):
        add(cast, claimed, "Typing error")
    sign(cast, claimed)
    with pytest.raises(Conflict, match="write an addendum"):
        sign(cast, claimed)


def add(cast: Cast, request: OpinionRequest, reason: str) -> Report:
    return reports.add_addendum(
        request=request,
        opinion=Opinion("A 3 cm lesion.", "Likely HCC.", "malignant", reason),
        password=PASSWORD,
        actor=cast["radiologist"],
        clock=cast.clock,
    )


def test_addendum_keeps_the_first_version(cast: Cast, claimed: OpinionRequest) -> None:
    first = sign(cast, claimed)
    cast.clock.advance(timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        add(cast, claimed, " ")
    assert set(refused.value.fields) == {"reason"}
    add(cast, claimed, "Measured again")
    latest, earlier = selectors.versions(claimed)
    assert (latest.version, latest.reason) == (2, "Measured again")
    assert earlier.findings == first.findings == WRITTEN.findings
    assert earlier.body_sha256 == first.body_sha256
    assert signing.intact(latest)
    assert signing.intact(earlier)


@pytest.mark.parametrize(
    "change", ["UPDATE opinions_report SET findings='x'", "DELETE FROM opinions_report"]
)
def test_database_refuses_to_change_what_is_signed(
    cast: Cast, claimed: OpinionRequest, change: str
) -> None:
    sign(cast, claimed)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_changed_words_break_the_signature(cast: Cast, claimed: OpinionRequest) -> None:
    report = sign(cast, claimed)
    report.findings = "Nothing."
    assert not signing.intact(report)
