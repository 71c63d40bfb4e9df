"""What people ask for: a run, another try, a system switched on or off."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inference.contracts import LesionInput
from inference.jobs import marks
from inference.jobs.exams import FrameOutline
from inference.jobs.models import UNFINISHED, InferenceJob, JobState, SystemSetting
from inference.jobs.queue import send
from inference.jobs.systems import CONFIGURATION, runnable
from inference.registry import catalogue, find
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock, SystemClock
from webapp.core.errors import Conflict
from webapp.imaging.clinical import values_for_run
from webapp.imaging.models import Case


@transaction.atomic
def request_inference(
    *,
    case: Case,
    system: str,
    actor: User | None,
    clock: Clock,
    lesions: Sequence[LesionInput] = (),
    outlines: Sequence[FrameOutline] = (),
) -> InferenceJob:
    """Queue a run of a system on a case; while the same request is unfinished, return that job.

    The case's clinical values that the system uses go into the job as they are now.

    Raises
    ------
    InferenceError
        If the system is unknown or not built.
    Conflict
        If it is switched off.
    InvalidInput
        If it reads another modality, or needs marks that are missing.
    """
    spec = runnable(system, case)
    marks.check(spec, case, lesions, outlines)
    asked: dict[str, Any] = {
        "system": system,
        "configuration": CONFIGURATION,
        "lesions": [_box(lesion) for lesion in lesions],
        "outlines": [outline.to_json() for outline in outlines],
        "clinical": values_for_run(case, {each.name: each for each in spec.clinical_variables}),
    }
    # The unique constraint on unfinished keys makes this safe against a second click.
    job, created = InferenceJob.objects.get_or_create(
        input_key=_input_key(case.pk, asked),
        state__in=UNFINISHED,
        defaults={
            "case": case,
            **asked,
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
def prefer_system(*, system: str, actor: User, clock: Clock) -> None:
    """Offer a system first on cases of its modality, in place of the one before."""
    spec = find(system)
    rivals = [each.system for each in catalogue() if each.modality == spec.modality]
    SystemSetting.objects.filter(system__in=rivals).update(preferred=False)
    setting, _created = SystemSetting.objects.update_or_create(
        system=system,
        defaults={"preferred": True, "changed_by": actor, "changed_at": clock.now()},
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="system.preferred",
        target=setting,
        data={"system": system, "modality": spec.modality},
        clock=clock,
    )


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


def _box(lesion: LesionInput) -> dict[str, list[float]]:
    return {"centre_mm": list(lesion.centre_mm), "size_mm": list(lesion.size_mm)}


def _input_key(case_id: UUID, asked: dict[str, Any]) -> str:
    everything = json.dumps({"case": str(case_id), **asked}, sort_keys=True)
    return hashlib.sha256(everything.encode()).hexdigest()


def _record(
    action: str, job: InferenceJob, actor: User | None, clock: Clock, data: dict[str, Any]
) -> None:
    audit.record(chain=audit.SITE, actor=actor, action=action, target=job, data=data, clock=clock)
