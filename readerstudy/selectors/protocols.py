"""A study's protocol as JSON: from its rows while it is a draft, as frozen afterwards."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.models import Question, ReaderStudy, ReferenceStandard, StudyState
from readerstudy.protocol import Protocol, parse_protocol, to_json
from readerstudy.selectors.studies import WITH_CASES
from webapp.core.errors import Conflict

Json = dict[str, Any]


def protocol_of(study: ReaderStudy) -> Json:
    """Return the protocol: the frozen one if there is one, else what the rows say now."""
    return dict(study.frozen_protocol) if study.frozen_protocol else to_json(draft_of(study))


def protocol_for(study: ReaderStudy, roles: Collection[str]) -> Json:
    """Return the protocol as far as people of these roles may know it.

    Coordinators and truth keepers make the reference standard; everybody else on the staff meets
    it when the study is unblinded.
    """
    protocol = protocol_of(study)
    if study.state == StudyState.UNBLINDED or set(roles).intersection(WITH_CASES):
        return protocol
    return {key: value for key, value in protocol.items() if key != "reference"}


def draft_of(study: ReaderStudy) -> Protocol:
    """Return the protocol that a study's rows make up."""
    return parse_protocol(_rows(study))


def frozen_plan(study: ReaderStudy) -> Json:
    """Return the analysis plan that was fixed when the study was frozen.

    Raises
    ------
    Conflict
        If it is still a draft.
    """
    if study.frozen_protocol is None:
        raise Conflict(
            _("The study is a draft and has no fixed analysis plan yet; freeze it first."),
            code="not_frozen",
        )
    return dict(study.frozen_protocol["analysis_plan"])


def _rows(study: ReaderStudy) -> Json:
    return {
        "schema": "protocol/1",
        "title": study.title,
        "seed": study.seed,
        "pilot": study.pilot,
        "washout_days": study.washout_days,
        "tasks": study.tasks,
        "design": study.design,
        "analysis_plan": study.analysis_plan,
        "cases": [
            {
                "code": case.code,
                "case": str(case.case_id),
                "index_lesion": case.index_lesion,
                "strata": case.strata,
            }
            for case in study.cases.all()
        ],
        "reference": [
            {
                "case": entry.study_case.code,
                "task": entry.task,
                "truth": entry.truth,
                "source": entry.source,
            }
            for entry in reference_of(study)
        ],
        "questions": [_question(question) for question in study.questions.all()],
        "readers": [
            {"user": reader.user.email, "level": reader.level, "years": reader.years}
            for reader in study.readers.select_related("user")
        ],
        "arms": [{"id": arm.key, "ai": arm.ai} for arm in study.arms.all()],
    }


def reference_of(study: ReaderStudy) -> list[ReferenceStandard]:
    """Return the reference standard, cases in the protocol's order."""
    entries = ReferenceStandard.objects.filter(study_case__study=study)
    return list(entries.select_related("study_case").order_by("study_case__number", "task"))


def _question(question: Question) -> Json:
    return {
        "id": question.key,
        "kind": question.kind,
        "text": question.text,
        "choices": question.choices or None,
        "min": question.minimum,
        "max": question.maximum,
        "task": question.task or None,
        "role": question.role or None,
        "required": question.required,
    }
