"""Reads about inference jobs and what they left."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from inference.jobs import overlays
from inference.jobs.models import Explanation, InferenceJob, JobState, Revision
from webapp.accounts.models import User
from webapp.core.errors import NotFound, Unavailable
from webapp.imaging import selectors as imaging
from webapp.imaging.models import Case


def job_for(user: User, job_id: UUID) -> InferenceJob:
    """Return a job on a case that a person may see.

    Raises
    ------
    NotFound
        If there is none, or it is not for them.
    """
    visible = imaging.cases_visible_to(user).values("pk")
    job = _with_results().filter(pk=job_id, case__in=visible).first()
    if job is None:
        raise NotFound(_("There is no such run, or it is not for you."))
    return job


def with_result(job_id: UUID) -> InferenceJob:
    """Return a job with its prediction, for rooms that have already asked who may see it."""
    return _with_results().get(pk=job_id)


def case_named(name: str) -> Case:
    """Return a case by its id or code, for the command line.

    Raises
    ------
    NotFound
        If there is none.
    """
    try:
        wanted = Q(pk=UUID(name))
    except ValueError:
        wanted = Q(code=name)
    case = Case.objects.filter(wanted).first()
    if case is None:
        raise NotFound(_("There is no case %(name)s; give its id or its code.") % {"name": name})
    return case


def jobs_of(case: Case) -> QuerySet[InferenceJob]:
    """Return a case's jobs, the latest first."""
    return _with_results().filter(case=case)


def latest_jobs(case_ids: Iterable[UUID]) -> dict[UUID, InferenceJob]:
    """Return the latest job of each case that has one."""
    jobs = InferenceJob.objects.filter(case__in=list(case_ids)).order_by("created_at")
    return {job.case_id: job for job in jobs}


def latest_of(case: Case, system: str = "") -> InferenceJob | None:
    """Return the job of a case, or of one system on it, that was asked for last; None for none."""
    jobs = jobs_of(case)
    return (jobs.filter(system=system) if system else jobs).first()


def latest_finished(case: Case) -> InferenceJob | None:
    """Return the run of a case that finished last, whichever system it was."""
    return jobs_of(case).filter(state=JobState.DONE).order_by("-finished_at").first()


def finished_runs(case_ids: Iterable[UUID], system: str) -> dict[UUID, InferenceJob]:
    """Return each case's latest finished run of one system, with its prediction.

    Cases without one are left out.
    """
    jobs = _with_results().filter(case__in=list(case_ids), system=system, state=JobState.DONE)
    return {job.case_id: job for job in jobs.order_by("finished_at")}


def explanation_of(job: InferenceJob, heatmap_id: UUID) -> Explanation:
    """Return one heat map of a job.

    Raises
    ------
    NotFound
        If the job has none of that id.
    """
    found = Explanation.objects.filter(prediction__job=job, pk=heatmap_id).first()
    if found is None:
        raise NotFound(_("This run has no such overlay."))
    return found


def heatmap_bytes(explanation: Explanation) -> bytes:
    """Return a heat map's grid: (z, y, x) int8 in C order.

    Raises
    ------
    Unavailable
        If the file has been removed from the installation's storage.
    """
    try:
        return overlays.location(explanation.grid_sha256).read_bytes()
    except FileNotFoundError as error:
        raise Unavailable(
            _("This overlay is missing from the storage; run the system again."),
            code="overlay_missing",
        ) from error


def _with_results() -> QuerySet[InferenceJob]:
    heatmaps = Prefetch("prediction__explanations", Explanation.objects.select_related("series"))
    revisions = Prefetch("prediction__revisions", Revision.objects.select_related("made_by"))
    jobs = InferenceJob.objects.select_related("prediction", "case")
    return jobs.prefetch_related(heatmaps, revisions)
