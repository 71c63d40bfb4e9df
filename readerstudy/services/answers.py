"""Whether answers fit the questions; drafts may be incomplete, commits may not."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.ai import CANNOT_ASSESS, NO_LESION
from readerstudy.models import Question
from readerstudy.protocol.check import REASON
from readerstudy.protocol.write import plain
from webapp.core.errors import InvalidInput

Answers = dict[str, Any]
EXCEPTIONS = (NO_LESION, CANNOT_ASSESS)
"""Legal decisions of every task; they answer the whole case."""
LONGEST_TEXT = 4000


def checked_draft(questions: Sequence[Question], answers: object) -> Answers:
    """Return answers that may be kept as a draft: known questions, plain values.

    Raises
    ------
    InvalidInput
        Naming each key that is wrong.
    """
    if not isinstance(answers, Mapping):
        raise InvalidInput(_("Answers are one object: question and value."))
    known = {question.key for question in questions} | {REASON}
    faults: dict[str, str] = {}
    for key, value in answers.items():
        if key not in known:
            faults[str(key)] = _("There is no such question.")
        elif not _plain(value):
            faults[str(key)] = _("A text or a number is needed.")
    _refuse(faults)
    return plain({key: value for key, value in answers.items() if value not in (None, "")})  # type: ignore[no-any-return]


def checked_commit(questions: Sequence[Question], answers: object) -> Answers:
    """Return the complete answers of a reading.

    "No lesion" and "can't assess" given to one decision hold for all of them, and then nothing
    else is required but the reason for not assessing.

    Raises
    ------
    InvalidInput
        Naming each question that is missing or answered with an impossible value.
    """
    given = checked_draft(questions, answers)
    decisions = [question.key for question in questions if question.role == "decision"]
    exception = next((given[key] for key in decisions if given.get(key) in EXCEPTIONS), None)
    if exception is not None:
        return _exceptional(decisions, exception, given)
    given.pop(REASON, None)
    faults = {question.key: fault for question in questions if (fault := _fault(question, given))}
    _refuse(faults)
    return given


def _exceptional(decisions: list[str], exception: str, given: Answers) -> Answers:
    kept: Answers = dict.fromkeys(decisions, exception)
    if REASON in given:
        kept[REASON] = str(given[REASON])
    elif exception == CANNOT_ASSESS:
        _refuse({REASON: _("Say why the case can't be assessed.")})
    return kept


def _fault(question: Question, given: Answers) -> str | None:
    """Return what is wrong with the answer to one question."""
    value = given.get(question.key)
    if value is None:
        return _("Answer this question.") if question.required else None
    match question.kind:
        case "single" | "ordinal" if value not in question.choices:
            return _("Choose one of: %(choices)s.") % {"choices": ", ".join(question.choices)}
        case "slider" if not _between(value, question.minimum, question.maximum):
            limits = {"low": f"{question.minimum:g}", "high": f"{question.maximum:g}"}
            return _("A number from %(low)s to %(high)s is needed.") % limits
        case "text" if not isinstance(value, str):
            return _("A text is needed.")
    return None


def _between(value: object, low: float | None, high: float | None) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and low is not None and high is not None and low <= value <= high  # type: ignore[operator]


def _plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        key, sentence = next(iter(faults.items()))
        raise InvalidInput(f"{key}: {sentence}", code="invalid_answers", fields=faults)
