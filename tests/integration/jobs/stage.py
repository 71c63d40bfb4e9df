"""What inference adds to the stage of the permission matrix."""

from inference.jobs.execution import run_job
from inference.jobs.models import Explanation
from tests.integration.cast import Cast
from tests.integration.jobs.samples import computing, make_case, make_job, sample_output


def add_jobs(cast: Cast) -> None:
    """Store a case with a finished run: ``case_id``, ``job_id`` and ``heatmap_id``."""
    case = make_case(cast["clinician"], cast.clock)
    job = make_job(cast, case)
    run_job(
        job_id=job.pk,
        clock=cast.clock,
        machine_clock=cast.clock,
        compute=computing(sample_output()),
    )
    heatmap = Explanation.objects.get(prediction__job=job)
    cast.things |= {"case_id": case.pk, "job_id": job.pk, "heatmap_id": heatmap.pk}
