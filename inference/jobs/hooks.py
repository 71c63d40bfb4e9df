"""What inference adds to the case pages."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from inference.jobs import selectors
from inference.jobs.api import STAFF
from inference.jobs.models import InferenceJob, JobState
from webapp.accounts.models import User
from webapp.imaging.access import Badge, Panel
from webapp.imaging.models import Case

TONES = {JobState.DONE: "success", JobState.FAILED: "danger"}


def badges(case_ids: Collection[UUID]) -> Mapping[UUID, Collection[Badge]]:
    """Say where each case's latest job stands."""
    jobs = selectors.latest_jobs(case_ids)
    return {case_id: [_badge(job)] for case_id, job in jobs.items()}


def panels(user: User, case: Case) -> Collection[Panel]:
    """Offer the AI part of the case page to whom it is for."""
    if not user.has_role(*STAFF):
        return []
    return [Panel(key="ai", title=_("AI result"), url=reverse("jobs:panel", args=[case.pk]))]


def _badge(job: InferenceJob) -> Badge:
    text = str(job.get_state_display())
    if job.state == JobState.RUNNING:
        text = f"{text} {job.progress:.0%}"
    return Badge(column="ai", text=text, tone=TONES.get(JobState(job.state), ""))
