"""Dead workers and lost messages: every unfinished job is found again."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from inference.jobs import lease, recovery
from inference.jobs.models import InferenceJob, JobState
from tests.integration.cast import Cast
from tests.integration.jobs.samples import make_job
from webapp.imaging.models import Case


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Jobs sent again, instead of a broker."""
    jobs: list[UUID] = []
    monkeypatch.setattr(recovery, "send", lambda job_id, now: jobs.append(job_id))
    return jobs


@pytest.fixture
def job(cast: Cast, case: Case) -> InferenceJob:
    """A queued job."""
    return make_job(cast, case)


def dead_process() -> str:
    """Return the holder name of a process of this host that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        name = lease.process_name(process.pid)
        process.communicate(b"\n")
    return name


def tend(cast: Cast) -> None:
    recovery.tend(clock=cast.clock, machine_clock=cast.clock)


def test_own_process_lives_and_an_ended_one_does_not() -> None:
    assert lease.lives(lease.own_name()) is True
    assert lease.lives(dead_process()) is False
    assert lease.lives("other-host/1:2") is None


def test_reused_process_number_is_another_holder() -> None:
    host, _, rest = lease.own_name().rpartition("/")
    assert rest.startswith(f"{os.getpid()}:")
    assert lease.lives(f"{host}/{os.getpid()}:1") is False


def test_starting_worker_sends_all_that_nobody_holds(
    cast: Cast, job: InferenceJob, sent: list[UUID]
) -> None:
    lease.claim(job.pk, dead_process(), cast.clock.now())
    recovery.resend_unfinished(clock=cast.clock, machine_clock=cast.clock)
    job.refresh_from_db()
    assert (job.state, sent) == (JobState.QUEUED, [job.pk])


def test_living_holder_keeps_its_job_however_long_it_takes(
    cast: Cast, job: InferenceJob, sent: list[UUID]
) -> None:
    lease.claim(job.pk, lease.own_name(), cast.clock.now())
    cast.clock.advance(3 * lease.LEASE)
    tend(cast)
    job.refresh_from_db()
    assert (job.state, sent) == (JobState.RUNNING, [])
    assert job.lease_until == cast.clock.now() + lease.LEASE


def test_other_hosts_job_is_free_when_its_lease_ends(
    cast: Cast, job: InferenceJob, sent: list[UUID]
) -> None:
    lease.claim(job.pk, "other-host/1:2", cast.clock.now())
    tend(cast)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    cast.clock.advance(lease.LEASE + timedelta(seconds=1))
    tend(cast)
    job.refresh_from_db()
    assert (job.state, sent) == (JobState.QUEUED, [job.pk])


def test_lost_message_is_sent_again_only_while_nothing_runs(
    cast: Cast, case: Case, job: InferenceJob, sent: list[UUID]
) -> None:
    InferenceJob.objects.filter(pk=job.pk).update(sent_at=cast.clock.now())
    tend(cast)
    assert sent == []
    cast.clock.advance(recovery.LOST_AFTER + timedelta(seconds=1))
    running = InferenceJob.objects.create(
        case=case,
        system="lilnet_ct",
        input_key="other",
        state=JobState.RUNNING,
        holder=lease.own_name(),
        lease_until=cast.clock.now(),
        created_at=cast.clock.now(),
    )
    tend(cast)
    assert sent == []
    InferenceJob.objects.filter(pk=running.pk).update(state=JobState.DONE)
    tend(cast)
    assert sent == [job.pk]


def test_job_that_kills_its_worker_again_and_again_fails_with_a_sentence(
    cast: Cast, job: InferenceJob, sent: list[UUID]
) -> None:
    for _ in range(recovery.MAX_ATTEMPTS):
        assert lease.claim(job.pk, dead_process(), cast.clock.now())
        tend(cast)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "worker_lost")
    assert f"stopped {recovery.MAX_ATTEMPTS} times" in job.error_message
