"""Writes up to the signature: ask, claim, give back, draft, look at the AI."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inference.jobs import selectors as jobs
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput
from webapp.imaging.models import Case
from webapp.opinions.models import OPEN, Draft, OpinionRequest, OpinionState
from webapp.opinions.rules import Opinion, check_category, check_reader


@transaction.atomic
def request_opinion(
    *, case: Case, question: str, urgent: bool, actor: User, clock: Clock
) -> OpinionRequest:
    """Ask a question on a case.

    Raises
    ------
    InvalidInput
        If the question is empty.
    Conflict
        If a question on this case is still open.
    """
    question = question.strip()
    if not question:
        raise InvalidInput(_("Write what you would like to know."), fields={"question": _("Empty")})
    # Taking the case's row makes two people who ask at once wait for each other.
    Case.objects.select_for_update().get(pk=case.pk)
    if OpinionRequest.objects.filter(case=case, state__in=OPEN).exists():
        raise Conflict(
            _("There is already an open question on this case; wait for its report."),
            code="opinion_open",
        )
    request = OpinionRequest.objects.create(
        case=case,
        question=question,
        urgent=urgent,
        requested_by=actor,
        requested_at=clock.now(),
    )
    _record("opinion.requested", request, actor, clock, {"case": case.code, "urgent": urgent})
    return request


@transaction.atomic
def claim(*, request: OpinionRequest, actor: User, clock: Clock) -> OpinionRequest:
    """Take a waiting request; of two radiologists only one gets it.

    Raises
    ------
    Conflict
        If a colleague has it, or it is signed.
    """
    taken = OpinionRequest.objects.filter(pk=request.pk, state=OpinionState.REQUESTED).update(
        state=OpinionState.CLAIMED, claimed_by=actor, claimed_at=clock.now()
    )
    request.refresh_from_db()
    if taken:
        _record("opinion.claimed", request, actor, clock, {})
    elif request.claimed_by != actor:
        raise Conflict(
            _("A colleague has already taken this request; choose another one."),
            code="already_claimed",
        )
    return request


@transaction.atomic
def release(*, request: OpinionRequest, actor: User, clock: Clock) -> OpinionRequest:
    """Give a claimed request back to the worklist; one's own draft stays for oneself.

    Raises
    ------
    Conflict
        If it isn't claimed by this person, or is signed.
    """
    given_back = OpinionRequest.objects.filter(
        pk=request.pk, state=OpinionState.CLAIMED, claimed_by=actor
    ).update(
        state=OpinionState.REQUESTED,
        claimed_by=None,
        claimed_at=None,
        ai_job=None,
        ai_shown_at=None,
    )
    if not given_back:
        raise Conflict(_("Only a request that you are reading can be given back."))
    _record("opinion.released", request, actor, clock, {})
    request.refresh_from_db()
    return request


@transaction.atomic
def save_draft(*, request: OpinionRequest, opinion: Opinion, actor: User, clock: Clock) -> Draft:
    """Keep what is written so far.

    Raises
    ------
    Conflict
        If the request is a colleague's or nobody's.
    InvalidInput
        If the category isn't one of the list.
    """
    check_reader(request, actor)
    check_category(opinion.category, required=False)
    draft, _created = Draft.objects.update_or_create(
        request=request, author=actor, defaults={**asdict(opinion), "saved_at": clock.now()}
    )
    _record("opinion.draft_saved", request, actor, clock, {})
    return draft


@transaction.atomic
def show_ai(*, request: OpinionRequest, actor: User, clock: Clock) -> OpinionRequest:
    """Note that the radiologist now looks at the latest finished run; until then they read first.

    Raises
    ------
    Conflict
        If the request isn't theirs, or there is no finished run to look at.
    """
    check_reader(request, actor)
    job = jobs.latest_finished(request.case)
    if job is None:
        raise Conflict(_("There is no finished AI run on this case."), code="no_result")
    if request.ai_job_id != job.pk:
        written = Draft.objects.filter(request=request, author=actor).exclude(findings="").exists()
        request.ai_job, request.ai_shown_at = job, clock.now()
        request.save(update_fields=["ai_job", "ai_shown_at"])
        data = {"job": str(job.pk), "findings_written_before": written}
        _record("opinion.ai_shown", request, actor, clock, data)
    return request


def _record(
    action: str, request: OpinionRequest, actor: User, clock: Clock, data: dict[str, Any]
) -> None:
    audit.record(
        chain=audit.SITE, actor=actor, action=action, target=request, data=data, clock=clock
    )
