"""Writing the parts of a checked protocol into a draft's rows."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from uuid import UUID

from django.utils.translation import gettext as _

from readerstudy.models import Arm, Question, Reader, ReaderStudy, ReferenceStandard, StudyCase
from readerstudy.protocol import Protocol
from readerstudy.protocol.write import arm_json, plain, task_json
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import InvalidInput
from webapp.imaging import selectors as imaging
from webapp.imaging.models import Case


def store(
    study: ReaderStudy,
    protocol: Protocol,
    pieces: Collection[str],
    *,
    actor: User | None,
    clock: Clock,
) -> None:
    """Write the named parts of a protocol; rows that don't change keep their keys."""
    study.title = str(protocol.title)
    study.seed = protocol.seed
    study.pilot = protocol.pilot
    study.washout_days = protocol.washout_days
    study.tasks = plain({name: task_json(task) for name, task in protocol.tasks.items()})
    study.design = plain(asdict(protocol.design))
    study.analysis_plan = plain(protocol.analysis_plan)
    study.save()
    writers: dict[str, Callable[[], None]] = {
        "questions": lambda: _questions(study, protocol),
        "arms": lambda: _arms(study, protocol),
        "readers": lambda: _readers(study, protocol),
        "cases": lambda: _cases(study, protocol, actor),
        "reference": lambda: _reference(study, protocol, actor, clock),
    }
    for piece, write in writers.items():
        if piece in pieces:
            write()


def _questions(study: ReaderStudy, protocol: Protocol) -> None:
    study.questions.all().delete()
    Question.objects.bulk_create(
        Question(
            study=study,
            number=number,
            key=question.id,
            kind=question.kind,
            text=question.text,
            choices=plain(question.choices),
            minimum=question.min,
            maximum=question.max,
            task=question.task or "",
            role=question.role or "",
            required=question.required,
        )
        for number, question in enumerate(protocol.questions, start=1)
    )


def _arms(study: ReaderStudy, protocol: Protocol) -> None:
    study.arms.all().delete()
    Arm.objects.bulk_create(
        Arm(study=study, number=number, key=arm.id, ai=arm_json(arm)["ai"])
        for number, arm in enumerate(protocol.arms, start=1)
    )


def _readers(study: ReaderStudy, protocol: Protocol) -> None:
    people = {
        user.email.lower(): user
        for user in User.objects.filter(
            email__in=[reader.user.lower() for reader in protocol.readers]
        )
    }
    missing = {
        f"/readers/{index}/user": _("There is no person with the address %(user)s.")
        % {"user": reader.user}
        for index, reader in enumerate(protocol.readers)
        if reader.user.lower() not in people
    }
    _refuse(missing)
    study.readers.all().delete()
    Reader.objects.bulk_create(
        Reader(
            study=study,
            number=number,
            user=people[reader.user.lower()],
            pseudonym=f"R{number:02d}",
            level=str(reader.level),
            years=reader.years,
        )
        for number, reader in enumerate(protocol.readers, start=1)
    )


def _cases(study: ReaderStudy, protocol: Protocol, actor: User | None) -> None:
    usable = _usable_cases(study, protocol, actor)
    missing = {
        f"/cases/{index}/case": _("There is no case %(case)s, or it is not for you.")
        % {"case": entry.case}
        for index, entry in enumerate(protocol.cases)
        if UUID(entry.case) not in usable
    }
    _refuse(missing)
    wanted = {(str(entry.code), UUID(entry.case)) for entry in protocol.cases}
    held: dict[str, StudyCase] = {}
    for row in study.cases.all():
        if (row.code, row.case_id) in wanted:
            held[row.code] = row
        else:
            row.delete()  # and what was true of it: another exam has another truth
    for number, entry in enumerate(protocol.cases, start=1):
        row = held.get(entry.code) or StudyCase(study=study, code=str(entry.code))
        lesion = entry.index_lesion
        row.case_id, row.number = UUID(entry.case), number
        row.index_lesion = None if lesion is None else plain(asdict(lesion))
        row.strata = plain(dict(entry.strata))
        row.save()


def _usable_cases(study: ReaderStudy, protocol: Protocol, actor: User | None) -> set[UUID]:
    """Return which of the protocol's cases the actor may use; those in the study stay usable."""
    wanted = [UUID(entry.case) for entry in protocol.cases]
    visible = Case.objects.all() if actor is None else imaging.cases_visible_to(actor)
    found = set(visible.filter(pk__in=wanted).values_list("pk", flat=True))
    return found | set(study.cases.values_list("case_id", flat=True))


def _reference(study: ReaderStudy, protocol: Protocol, actor: User | None, clock: Clock) -> None:
    cases = {case.code: case for case in study.cases.all()}
    held = {
        (row.study_case_id, row.task): row
        for row in ReferenceStandard.objects.filter(study_case__study=study)
    }
    for entry in protocol.reference:
        key = (cases[entry.case].pk, entry.task)
        row = held.pop(key, None) or ReferenceStandard(
            study_case=cases[entry.case], task=entry.task
        )
        if (row.truth, row.source) == (entry.truth, entry.source):
            continue  # who recorded it first stays
        row.truth, row.source = str(entry.truth), entry.source
        row.recorded_by, row.recorded_at = actor, clock.now()
        row.save()
    for row in held.values():
        row.delete()


def _refuse(fields: dict[str, str]) -> None:
    """Raise for the first of several faults, naming all."""
    if fields:
        place, sentence = next(iter(fields.items()))
        raise InvalidInput(f"{place}: {sentence}", code="invalid_protocol", fields=fields)
