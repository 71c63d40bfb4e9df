"""Reads about second opinions; who may see the case may see what was asked and answered on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from inference.jobs import selectors as jobs
from inference.jobs.models import InferenceJob
from webapp.accounts.models import Role, User
from webapp.core.errors import NotFound
from webapp.imaging import selectors as imaging
from webapp.imaging.models import Case
from webapp.opinions.models import OPEN, Draft, OpinionRequest, OpinionState, Report

SHOWN = 50


@dataclass(frozen=True)
class Worklist:
    """What a radiologist on duty finds: to take, taken, and signed by themselves."""

    waiting: list[OpinionRequest]
    mine: list[OpinionRequest]
    signed: list[OpinionRequest]


def opinions_visible_to(user: User) -> QuerySet[OpinionRequest]:
    """Return the requests on cases that a person may open."""
    visible = imaging.cases_visible_to(user).values("pk")
    requests = OpinionRequest.objects.filter(case__in=visible)
    return requests.select_related("case", "requested_by", "claimed_by")


def opinion_for(user: User, opinion_id: UUID) -> OpinionRequest:
    """Return one request.

    Raises
    ------
    NotFound
        If there is none, or it is not for this person.
    """
    request = opinions_visible_to(user).filter(pk=opinion_id).first()
    if request is None:
        raise NotFound(_("There is no such request, or it is not for you."))
    return request


def worklist(user: User) -> Worklist:
    """Return a radiologist's worklist, urgent and oldest first."""
    requests = opinions_visible_to(user)
    signed = requests.filter(state=OpinionState.SIGNED, claimed_by=user)
    return Worklist(
        waiting=list(requests.filter(state=OpinionState.REQUESTED)),
        mine=list(requests.filter(state=OpinionState.CLAIMED, claimed_by=user)),
        signed=list(signed.order_by("-claimed_at")[:SHOWN]),
    )


def reports_for(user: User) -> list[OpinionRequest]:
    """Return the signed answers to what a person has asked, the latest first."""
    signed = opinions_visible_to(user).filter(state=OpinionState.SIGNED, requested_by=user)
    return list(signed.annotate(answered=Max("reports__signed_at")).order_by("-answered")[:SHOWN])


def opinions_of(case: Case) -> QuerySet[OpinionRequest]:
    """Return the requests on a case, the latest first."""
    return OpinionRequest.objects.filter(case=case).order_by("-requested_at")


def latest_opinions(case_ids: Iterable[UUID]) -> dict[UUID, OpinionRequest]:
    """Return the latest request of each case that has one."""
    requests = OpinionRequest.objects.filter(case__in=list(case_ids)).order_by("requested_at")
    return {request.case_id: request for request in requests}


def versions(request: OpinionRequest) -> list[Report]:
    """Return the signed versions, the latest first."""
    return list(request.reports.select_related("request").order_by("-version"))


def draft_of(request: OpinionRequest, author: User) -> Draft | None:
    """Return what a radiologist has written and not signed."""
    return Draft.objects.filter(request=request, author=author).first()


def ai_beside(report: Report) -> InferenceJob | None:
    """Return the run that was pinned when a report was signed."""
    return jobs.with_result(report.ai_job_id) if report.ai_job_id else None


def ai_shown(request: OpinionRequest) -> InferenceJob | None:
    """Return the run that the radiologist has chosen to look at; None while they read first."""
    return jobs.with_result(request.ai_job_id) if request.ai_job_id else None


def on_duty(user: User) -> Q:
    """Return the condition on `Case` for what a radiologist sees: open requests and own ones."""
    if not user.has_role(Role.RADIOLOGIST):
        return Q(pk__in=[])
    asked = OpinionRequest.objects.filter(Q(state__in=OPEN) | Q(claimed_by=user))
    return Q(pk__in=asked.values("case"))
