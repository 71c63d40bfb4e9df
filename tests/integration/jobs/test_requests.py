"""Asking for a run: what is queued, what is refused, what a second click does."""

import pytest
from django.test import TestCase

import inference.registry
from inference.contracts import LesionInput
from inference.errors import InferenceError
from inference.jobs import services
from inference.jobs.models import InferenceJob, JobState
from inference.jobs.tasks import run_inference
from inference.registry import catalogue
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import NOT_BUILT
from tests.integration.jobs.samples import make_case, make_job
from webapp.core.errors import Conflict, InvalidInput
from webapp.core.models import AuditEvent
from webapp.imaging.models import Case

BOX = LesionInput((1.0, 2.0, 3.0), (10.0, 10.0, 10.0))


def test_request_queues_one_job_and_writes_one_event(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    assert (job.state, job.progress, job.requested_by) == ("queued", 0.0, cast["clinician"])
    events = AuditEvent.objects.filter(action="inference.requested", target_id=str(job.pk))
    assert events.count() == 1


def test_job_is_sent_only_after_commit(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(run_inference, "apply_async", lambda kwargs, **_: sent.append(kwargs))
    with TestCase.captureOnCommitCallbacks(execute=False) as callbacks:
        job = make_job(cast, case)
    assert sent == []
    for callback in callbacks:
        callback()
    assert sent == [{"job_id": str(job.pk)}]


def test_second_click_finds_the_unfinished_job(cast: Cast, case: Case) -> None:
    first, second = make_job(cast, case), make_job(cast, case)
    assert first == second
    assert InferenceJob.objects.count() == 1


def test_other_lesions_or_a_finished_job_make_a_new_one(cast: Cast, case: Case) -> None:
    first = make_job(cast, case)
    drawn = services.request_inference(
        case=case, system="lilnet_ct", lesions=[BOX], actor=None, clock=cast.clock
    )
    assert drawn != first
    assert drawn.lesions == [{"centre_mm": [1.0, 2.0, 3.0], "size_mm": [10.0, 10.0, 10.0]}]
    InferenceJob.objects.filter(pk=first.pk).update(state=JobState.DONE)
    assert make_job(cast, case) not in (first, drawn)


def test_unknown_and_unbuilt_systems_are_refused(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.registry, "SYSTEMS", (*catalogue(), NOT_BUILT))
    for system in ("nonsense", "not_built_yet"):
        with pytest.raises(InferenceError, match=system):
            make_job(cast, case, system=system)
    assert InferenceJob.objects.count() == 0


def test_wrong_modality_is_refused_in_one_sentence(cast: Cast) -> None:
    case = make_case(cast["clinician"], cast.clock, code="RR-000002", modality="MR")
    with pytest.raises(InvalidInput, match=r"reads CT, but this case is MR"):
        make_job(cast, case)


def test_switched_off_system_takes_no_new_jobs(cast: Cast, case: Case) -> None:
    services.set_system_enabled(
        system="lilnet_ct", enabled=False, actor=cast["admin"], clock=cast.clock
    )
    with pytest.raises(Conflict, match="switched off"):
        make_job(cast, case)
    services.set_system_enabled(
        system="lilnet_ct", enabled=True, actor=cast["admin"], clock=cast.clock
    )
    assert make_job(cast, case).state == JobState.QUEUED


def test_only_a_failed_job_can_be_retried(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    with pytest.raises(Conflict, match="already under way"):
        services.retry_job(job=job, actor=cast["clinician"], clock=cast.clock)
    InferenceJob.objects.filter(pk=job.pk).update(state=JobState.DONE)
    job.refresh_from_db()
    with pytest.raises(Conflict, match="Only a failed run"):
        services.retry_job(job=job, actor=cast["clinician"], clock=cast.clock)


def test_retry_starts_a_failed_job_from_the_beginning(cast: Cast, case: Case) -> None:
    job = make_job(cast, case)
    InferenceJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, progress=0.7, attempts=3, error_code="x", error_message="y"
    )
    job.refresh_from_db()
    again = services.retry_job(job=job, actor=cast["clinician"], clock=cast.clock)
    assert (again.pk, again.state, again.progress, again.attempts) == (job.pk, "queued", 0.0, 0)
    assert (again.error_code, again.error_message) == ("", "")
