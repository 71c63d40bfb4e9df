"""``manage.py infer``: JSON and exit codes of the command contract."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from inference.jobs import execution
from inference.jobs.models import InferenceJob
from tests.integration.jobs.samples import computing, sample_output
from webapp.core.models import WorkerHeartbeat
from webapp.imaging.models import Case


def infer(*arguments: str) -> tuple[int, str, str]:
    """Run the command; return exit code, standard output and standard error."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("infer", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def no_worker(db: None) -> None:
    """No worker has reported."""
    WorkerHeartbeat.objects.all().delete()


def test_without_wait_the_job_is_queued(case: Case) -> None:
    code, out, _err = infer(str(case.pk), "--system", "lilnet_ct", "--json")
    job = InferenceJob.objects.get()
    printed = json.loads(out)
    assert code == 0
    assert (printed["job"]["id"], printed["job"]["state"]) == (str(job.pk), "queued")
    assert printed["result"] is None


def test_wait_without_a_worker_runs_the_job_here(
    case: Case, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_job = execution.run_job
    compute = computing(sample_output())
    monkeypatch.setattr(execution, "run_job", lambda **given: run_job(**given, compute=compute))
    code, out, _err = infer(case.code, "--system", "lilnet_ct", "--wait", "--json")
    printed = json.loads(out)
    assert (code, printed["job"]["state"], printed["result"]["decision"]) == (0, "done", "HCC")


def test_failed_job_ends_in_3_with_its_sentence(case: Case, no_worker: None) -> None:
    code, out, _err = infer(case.code, "--system", "lilnet_ct", "--wait")
    assert code == 3
    assert "failed" in out
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense", "--system", "lilnet_ct"), "There is no case nonsense"),
        (("RR-000001", "--system", "nonsense"), "There is no system"),
        (("RR-000001", "--system", "lilnet_ct", "--lesion", "1,2,3"), "A lesion is six numbers"),
    ],
)
def test_bad_arguments_end_in_one_line_and_exit_2(
    case: Case, arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = infer(*arguments, "--json")
    assert code == 2
    assert err.startswith(sentence)
    assert err.count("\n") == 1
    printed = json.loads(out)
    assert (printed["job"], printed["result"]) == (None, None)
    assert InferenceJob.objects.count() == 0
