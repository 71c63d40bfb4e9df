"""From draft to frozen: orders drawn once, models pinned, the protocol sealed by its hash."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inference.jobs.models import InferenceJob
from readerstudy.design.randomisation import ALGORITHM
from readerstudy.design.schedule import PlannedPeriod, draw_plan
from readerstudy.models import (
    Arm,
    Assignment,
    PinnedRun,
    Reader,
    ReaderStudy,
    StudyCase,
    StudyPeriod,
    StudyState,
)
from readerstudy.protocol import ArmEntry, PinnedModel, Protocol, sha256_of, to_json
from readerstudy.protocol.plan import frozen_plan
from readerstudy.protocol.write import arm_json
from readerstudy.reports.orders import orders_sha256
from readerstudy.selectors.protocols import draft_of
from readerstudy.selectors.readiness import readiness
from readerstudy.selectors.runs import identity, models_of, usable_runs
from readerstudy.services.common import locked_study, record
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import Conflict
from webapp.imaging.models import Case


@dataclass(frozen=True)
class Frozen:
    """What freezing has sealed."""

    study: ReaderStudy
    assignments: int

    def to_json(self) -> dict[str, Any]:
        """Return the answer of ``freeze`` as in the contract."""
        return {
            "state": self.study.state,
            "protocol_sha256": self.study.protocol_sha256,
            "algorithm": self.study.algorithm,
            "assignments": self.assignments,
        }


@transaction.atomic
def freeze(*, study: ReaderStudy, actor: User | None, clock: Clock) -> Frozen:
    """Seal the protocol and draw each reader's order for each period, once.

    Raises
    ------
    Conflict
        If the study is no draft, or not ready; ``fields`` then holds every reason by its code.
    """
    present = locked_study(study, StudyState.DRAFT)
    _insist_on_readiness(present)
    draft = draft_of(present)
    cases = list(present.cases.select_related("case").order_by("number"))
    readers = list(present.readers.select_related("user").order_by("number"))
    _pin_runs(present, draft, cases)
    protocol = _completed(present, draft, readers)
    periods = draw_plan(
        kind=draft.design.kind,
        periods=draft.design.periods,
        levels={reader.pseudonym: reader.level for reader in readers},
        cases=[case.code for case in cases],
        seed=present.seed,
    )
    assignments = _store_plan(present, periods, readers, cases)
    Case.objects.filter(study_cases__study=present).update(pinned=True)
    present.state = StudyState.FROZEN
    present.frozen_at = clock.now()
    present.algorithm = ALGORITHM
    present.frozen_protocol = protocol
    present.protocol_sha256 = sha256_of(protocol)
    present.save()
    data = {
        "protocol_sha256": present.protocol_sha256,
        "algorithm": ALGORITHM,
        "assignments": assignments,
        "orders_sha256": orders_sha256(periods),
    }
    record(present, "study.frozen", actor=actor, clock=clock, data=data)
    return Frozen(present, assignments)


def _insist_on_readiness(study: ReaderStudy) -> None:
    reasons = readiness(study)
    if not reasons:
        return
    message = f"{reasons[0].sentence} {reasons[0].remedy}"
    if len(reasons) > 1:
        message += " " + _("(and %(more)d more reasons)") % {"more": len(reasons) - 1}
    fields = {reason.code: f"{reason.sentence} {reason.remedy}" for reason in reasons}
    raise Conflict(message, code="not_ready", fields=fields)


def _pin_runs(study: ReaderStudy, draft: Protocol, cases: list[StudyCase]) -> None:
    """Keep the run of each case, and write version and weights into the arms."""
    identities: dict[str, PinnedModel] = {}
    for system, model in models_of(draft).items():
        runs: dict[Any, InferenceJob] = usable_runs(cases, model)
        for case in cases:
            own = identity(runs[case.pk])
            PinnedRun.objects.create(
                study_case=case,
                system=system,
                job=runs[case.pk],
                version=own.version,
                weights_sha256=own.weights_sha256,
            )
            identities[system] = replace(
                model, version=own.version, weights_sha256=own.weights_sha256
            )
    for arm in draft.arms:
        if arm.ai is not None:
            pinned = identities[arm.ai.system]
            ai = replace(arm.ai, version=pinned.version, weights_sha256=pinned.weights_sha256)
            Arm.objects.filter(study=study, key=arm.id).update(
                ai=arm_json(ArmEntry(arm.id, ai))["ai"]
            )


def _completed(study: ReaderStudy, draft: Protocol, readers: list[Reader]) -> dict[str, Any]:
    """Return the protocol as it is sealed: models pinned, readers under their pseudonyms."""
    names = {reader.user.email.lower(): reader.pseudonym for reader in readers}
    arms = draft_of(study).arms  # with the versions that were pinned a moment ago
    entries = tuple(
        replace(entry, user=reader.pseudonym)
        for entry, reader in zip(draft.readers, readers, strict=True)
    )
    named = replace(draft, arms=arms, readers=entries, algorithm=ALGORITHM)
    return to_json(replace(named, analysis_plan=frozen_plan(named, names)))


def _store_plan(
    study: ReaderStudy,
    periods: tuple[PlannedPeriod, ...],
    readers: list[Reader],
    cases: list[StudyCase],
) -> int:
    """Store the drawn plan; return the number of assignments."""
    by_pseudonym = {reader.pseudonym: reader for reader in readers}
    by_code = {case.code: case for case in cases}
    arms = {arm.key: arm for arm in study.arms.all()}
    assignments: list[Assignment] = []
    for planned in periods:
        period = StudyPeriod.objects.create(
            reader=by_pseudonym[planned.reader], number=planned.number, arm=arms[planned.arm]
        )
        assignments += [
            Assignment(
                period=period,
                position=slot.position,
                study_case=by_code[slot.case],
                code=slot.code,
            )
            for slot in planned.slots
        ]
    Assignment.objects.bulk_create(assignments, batch_size=500)
    return len(assignments)
