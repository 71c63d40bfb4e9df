"""Queueing the AI runs that a draft still needs."""

from django.db import transaction

from inference.contracts import LesionInput
from inference.jobs.services import request_inference
from inference.registry import find
from inference.registry.spec import Need
from readerstudy.models import ReaderStudy, StudyCase, StudyState
from readerstudy.selectors.protocols import draft_of
from readerstudy.selectors.runs import models_of, usable_runs
from readerstudy.services.common import locked_study, record
from webapp.accounts.models import User
from webapp.core.clock import Clock


@transaction.atomic
def run_missing(*, study: ReaderStudy, actor: User, clock: Clock) -> int:
    """Queue a run of each arm's model on every case that has none, on its index lesion if marked.

    Returns
    -------
    int
        Number of runs asked for; asking again while they wait adds none.

    Raises
    ------
    Conflict
        If the study is frozen or a system is switched off.
    InvalidInput
        If a system needs marks that the study doesn't hold; run it on the case's page first.
    """
    present = locked_study(study, StudyState.DRAFT)
    cases = list(present.cases.select_related("case").order_by("number"))
    asked = 0
    for system, model in models_of(draft_of(present)).items():
        held = usable_runs(cases, model)
        takes_box = find(system).marks.box is not Need.NONE
        for case in cases:
            if case.pk not in held:
                request_inference(
                    case=case.case,
                    system=system,
                    actor=actor,
                    clock=clock,
                    lesions=_lesion(case) if takes_box else (),
                )
                asked += 1
    record(present, "study.runs_requested", actor=actor, clock=clock, data={"runs": asked})
    return asked


def _lesion(case: StudyCase) -> list[LesionInput]:
    if case.index_lesion is None:
        return []
    return [LesionInput(tuple(case.index_lesion["centre_mm"]), tuple(case.index_lesion["size_mm"]))]
