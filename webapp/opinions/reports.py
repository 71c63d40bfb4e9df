"""Signing: each call adds one version and changes none."""

from django.db import transaction

from inference.jobs import selectors as jobs
from webapp.accounts.models import User
from webapp.accounts.services import confirm_identity
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.opinions import signing
from webapp.opinions.models import Draft, OpinionRequest, OpinionState, Report
from webapp.opinions.rules import Opinion, check_complete, check_reader, check_turn


def sign(
    *, request: OpinionRequest, opinion: Opinion, password: str, actor: User, clock: Clock
) -> Report:
    """Sign the report, which becomes version 1.

    Raises
    ------
    Conflict
        If the request isn't this radiologist's, or is signed already.
    InvalidInput
        If something is missing, or the password is wrong; nothing is signed then.
    """
    return _add_version(request, opinion, password, actor, clock, addendum=False)


def add_addendum(
    *, request: OpinionRequest, opinion: Opinion, password: str, actor: User, clock: Clock
) -> Report:
    """Sign a further version with a reason; earlier ones stay as they are.

    Raises
    ------
    Conflict
        If nothing is signed yet, or a colleague has signed.
    InvalidInput
        If something is missing, or the password is wrong; nothing is signed then.
    """
    return _add_version(request, opinion, password, actor, clock, addendum=True)


@transaction.atomic
def _add_version(
    request: OpinionRequest,
    opinion: Opinion,
    password: str,
    actor: User,
    clock: Clock,
    *,
    addendum: bool,
) -> Report:
    request = OpinionRequest.objects.select_for_update().get(pk=request.pk)
    check_reader(request, actor)
    check_turn(request, addendum=addendum)
    check_complete(opinion, addendum=addendum)
    confirm_identity(user=actor, password=password)
    report = _report(request, opinion, actor, clock, addendum=addendum)
    report.save(force_insert=True)
    OpinionRequest.objects.filter(pk=request.pk).update(state=OpinionState.SIGNED)
    Draft.objects.filter(request=request, author=actor).delete()
    data = {"version": report.version, "body_sha256": report.body_sha256}
    action = "opinion.addendum_signed" if addendum else "opinion.signed"
    audit.record(
        chain=audit.SITE, actor=actor, action=action, target=request, data=data, clock=clock
    )
    return report


def _report(
    request: OpinionRequest, opinion: Opinion, actor: User, clock: Clock, *, addendum: bool
) -> Report:
    latest = jobs.latest_finished(request.case)
    report = Report(
        request=request,
        version=request.reports.count() + 1,
        findings=opinion.findings.strip(),
        impression=opinion.impression.strip(),
        category=opinion.category,
        reason=opinion.reason.strip() if addendum else "",
        ai_job=request.ai_job or latest,
        ai_seen=request.ai_job_id is not None,
        signed_by=actor,
        signer_name=actor.display_name,
        signed_at=clock.now(),
        meaning=signing.MEANING,
    )
    report.body_sha256 = signing.digest(report, request)
    return report
