"""Running a job: once, monotonously, and with a sentence where it fails."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from inference.contracts import Mask
from inference.errors import CannotRun
from inference.jobs import lease, selectors
from inference.jobs.execution import ProgressWriter, run_job
from inference.jobs.models import Explanation, InferenceJob, JobState, Prediction
from inference.jobs.results import result_json
from tests.integration.cast import Cast
from tests.integration.jobs.samples import FakeCompute, computing, make_job, sample_output
from webapp.core import audit
from webapp.core.models import AuditEvent
from webapp.imaging.models import Case


@pytest.fixture
def job(cast: Cast, case: Case) -> InferenceJob:
    """A queued job."""
    return make_job(cast, case)


def run(cast: Cast, job: InferenceJob, compute: object) -> InferenceJob:
    """Run a job with the cast's clock for both times."""
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=compute)  # type: ignore[arg-type]
    return selectors.with_result(job.pk)


def test_run_leaves_prediction_heat_map_and_one_event(cast: Cast, job: InferenceJob) -> None:
    done = run(cast, job, computing(sample_output()))
    assert (done.state, done.progress, done.holder) == (JobState.DONE, 1.0, "")
    assert done.finished_at == cast.clock.now()
    result = result_json(done)
    assert result is not None
    assert result["decision"] == "HCC"
    assert result["lesions"][0]["series"] == str(job.case.series.get().pk)
    assert "series_key" not in result["lesions"][0]
    assert AuditEvent.objects.filter(action="inference.finished").count() == 1
    assert audit.verify(audit.SITE) is None


def test_heat_map_comes_back_within_half_a_step(cast: Cast, job: InferenceJob) -> None:
    output = sample_output()
    run(cast, job, computing(output))
    stored = Explanation.objects.get()
    grid = np.frombuffer(selectors.heatmap_bytes(stored), np.int8).reshape(stored.shape_zyx)
    wanted = output.heatmaps[0].grid_zyx
    assert stored.vmax == pytest.approx(1.0)
    np.testing.assert_allclose(grid / 127 * stored.vmax, wanted, atol=stored.vmax / 254 + 1e-6)
    assert stored.affine == np.diag([2.0, 3.0, 4.0, 1.0]).reshape(-1).tolist()


def test_masks_are_stored_as_overlays(cast: Cast, job: InferenceJob) -> None:
    inside = np.zeros((1, 3, 4), bool)
    inside[0, 1, 1:3] = True
    series = job.case.series.get()
    mask = Mask(0, "arterial", series.series_uid, inside, np.diag([2.0, 2.0, 3.0, 1.0]))
    run(cast, job, computing(replace(sample_output(), masks=(mask,))))
    stored = Explanation.objects.get(method="mask")
    assert (stored.class_code, stored.vmax, stored.series) == ("lesion 1", 1.0, series)
    grid = np.frombuffer(selectors.heatmap_bytes(stored), np.int8).reshape(stored.shape_zyx)
    assert np.array_equal(grid == 127, inside)


def test_same_job_run_twice_leaves_one_result(cast: Cast, job: InferenceJob) -> None:
    compute = computing(sample_output())
    run(cast, job, compute)
    run(cast, job, compute)
    assert compute.calls == 1
    assert Prediction.objects.count() == Explanation.objects.count() == 1


def test_two_workers_do_not_run_one_job(cast: Cast, job: InferenceJob) -> None:
    assert lease.claim(job.pk, "other-host/1:2", cast.clock.now())
    compute = computing(sample_output())
    assert run(cast, job, compute).state == JobState.RUNNING
    assert compute.calls == 0


def test_lease_that_ran_out_lets_another_worker_in(cast: Cast, job: InferenceJob) -> None:
    lease.claim(job.pk, "other-host/1:2", cast.clock.now())
    cast.clock.advance(lease.LEASE + timedelta(seconds=1))
    done = run(cast, job, computing(sample_output()))
    assert (done.state, done.attempts) == (JobState.DONE, 2)


def test_worker_that_lost_its_job_writes_nothing(cast: Cast, job: InferenceJob) -> None:
    def taken_over(running: InferenceJob, _progress: object) -> object:
        InferenceJob.objects.filter(pk=running.pk).update(holder="other-host/1:2")
        return sample_output()

    left = run(cast, job, taken_over)
    assert (left.state, left.holder) == (JobState.RUNNING, "other-host/1:2")
    assert Prediction.objects.count() == 0


def test_progress_only_rises_and_is_written_seldom(cast: Cast, job: InferenceJob) -> None:
    lease.claim(job.pk, "here", cast.clock.now())
    writer = ProgressWriter(job.pk, "here", cast.clock)
    seen = []
    for share in (0.1, 0.4, 0.2, 1.7, 0.3):
        writer(share, "Step")
        cast.clock.advance(timedelta(seconds=1))
        job.refresh_from_db()
        seen.append(job.progress)
    assert seen == [0.1, 0.4, 0.4, 1.0, 1.0]
    writer(0.5, "First")
    writer(0.5, "Too soon")
    job.refresh_from_db()
    assert job.message == "First"


def test_second_attempt_does_not_move_progress_back(cast: Cast, job: InferenceJob) -> None:
    InferenceJob.objects.filter(pk=job.pk).update(progress=0.6)
    seen = []

    def look(running: InferenceJob, progress: object) -> object:
        progress(0.1, "Again")  # type: ignore[operator]
        running.refresh_from_db()
        seen.append((running.progress, running.message))
        return sample_output()

    run(cast, job, look)
    assert seen == [(0.6, "Again")]


def failing(error: Exception) -> FakeCompute:
    """Return a compute function that raises."""

    class Failing(FakeCompute):
        def __call__(self, job: InferenceJob, progress: object) -> object:  # type: ignore[override]
            raise error

    return Failing(sample_output(), ())


def test_error_of_the_pipeline_becomes_the_jobs_sentence(cast: Cast, job: InferenceJob) -> None:
    sentence = "The arterial phase is missing; correct the phases."
    failed = run(cast, job, failing(CannotRun("missing_phase", sentence)))
    assert (failed.state, failed.error_code) == (JobState.FAILED, "missing_phase")
    assert failed.error_message == sentence
    assert result_json(failed) is None


def test_full_disk_is_said(cast: Cast, job: InferenceJob) -> None:
    failed = run(cast, job, failing(OSError(28, "No space left on device", "/secret/path")))
    assert failed.error_code == "disk_full"
    assert "/secret" not in failed.error_message


def test_unforeseen_error_shows_a_reference_only(
    cast: Cast, job: InferenceJob, caplog: pytest.LogCaptureFixture
) -> None:
    failed = run(cast, job, failing(ValueError("private/weights of somebody")))
    assert failed.error_code == "unexpected"
    assert "somebody" not in failed.error_message
    reference = caplog.records[-1].args[0]  # type: ignore[index]
    assert f"reference {reference}" in failed.error_message


def test_result_on_a_series_the_case_lacks_fails_cleanly(cast: Cast, job: InferenceJob) -> None:
    failed = run(cast, job, computing(sample_output(series_key="2.25.99")))
    assert failed.state == JobState.FAILED
    assert Prediction.objects.count() == 0
