"""What people ask for: a run, another try, a system switched on or off."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inference.contracts import LesionInput
from inference.jobs.models import UNFINISHED, InferenceJob, JobState, SystemSetting
from inference.jobs.queue import send
from inference.jobs.systems import CONFIGURATION, runnable
from inference.registry import find
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock, SystemClock
from webapp.core.errors import Conflict
from webapp.imaging.models import Case


@transaction.atomic
def request_inference(
    *,
    case: Case,
    system: str,
    actor: User | None,
    clock: Clock,
    lesions: Sequence[LesionInput] = (),
) -> InferenceJob:
    """Queue a run of a system on a case; while the same request is unfinished, return that job.

    Raises
    ------
    InferenceError
        If the system is unknown or not built.
    Conflict
        If it is switched off.
    InvalidInput
        If it reads another modality.
    """
    runnable(system, case)
    boxes = [{"centre_mm": list(box.centre_mm), "size_mm": list(box.size_mm)} for box in lesions]
    key = _input_key(case.pk, system, CONFIGURATION, boxes)
    # The unique constraint on unfinished keys makes this safe against a second click.
    job, created = InferenceJob.objects.get_or_create(
        input_key=key,
        state__in=UNFINISHED,
        defaults={
            "case": case,
            "system": system,
            "configuration": CONFIGURATION,
            "lesions": boxes,
            "state": JobState.QUEUED,
            "requested_by": actor,
            "created_at": clock.now(),
        },
    )
    if created:
        _record("inference.requested", job, actor, clock, {"case": case.code, "system": system})
        send(job_id=job.pk, now=SystemClock().now())
    return job


@transaction.atomic
def retry_job(*, job: InferenceJob, actor: User | None, clock: Clock) -> InferenceJob:
    """Queue a failed job again, from the beginning.

    Raises
    ------
    Conflict
        If it hasn't failed, or the same request is already under way in another job.
    """
    if InferenceJob.objects.filter(input_key=job.input_key, state__in=UNFINISHED).exists():
        raise Conflict(_("The same run is already under way; wait for it to end."))
    again = InferenceJob.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.QUEUED,
        progress=0.0,
        message="",
        error_code="",
        error_message="",
        attempts=0,
        started_at=None,
        finished_at=None,
    )
    if not again:
        raise Conflict(_("Only a failed run can be tried again; start a new one."))
    _record("inference.retried", job, actor, clock, {"error_code": job.error_code})
    send(job_id=job.pk, now=SystemClock().now())
    job.refresh_from_db()
    return job


@transaction.atomic
def set_system_enabled(*, system: str, enabled: bool, actor: User, clock: Clock) -> None:
    """Switch a system on or off for new jobs; queued ones and results stay."""
    find(system)
    setting, _created = SystemSetting.objects.update_or_create(
        system=system,
        defaults={"enabled": enabled, "changed_by": actor, "changed_at": clock.now()},
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="system.enabled" if enabled else "system.disabled",
        target=setting,
        data={"system": system},
        clock=clock,
    )


def _input_key(case_id: UUID, system: str, configuration: str, boxes: list[dict[str, Any]]) -> str:
    asked = {
        "case": str(case_id),
        "system": system,
        "configuration": configuration,
        "lesions": boxes,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _record(
    action: str, job: InferenceJob, actor: User | None, clock: Clock, data: dict[str, Any]
) -> None:
    audit.record(chain=audit.SITE, actor=actor, action=action, target=job, data=data, clock=clock)
