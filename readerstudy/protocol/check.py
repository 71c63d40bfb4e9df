"""Whether the parts of a protocol fit each other."""

import re
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from readerstudy.ai import AI_ARM
from readerstudy.protocol.plan import checked_plan
from readerstudy.protocol.schema import Protocol, QuestionEntry
from readerstudy.statistics.errors import InputError, Problem

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
REASON = "reason"
"""Key of the answers that says why a case can't be assessed; no question may have this id."""


def faults_of(protocol: Protocol) -> list[Problem]:
    """Return every fault that shows only when the parts are seen together."""
    checks: tuple[Callable[[Protocol], Iterator[Problem]], ...] = (
        _names,
        _cases,
        _reference,
        _questions,
        _tasks_are_asked,
        _design,
    )
    found = [problem for check in checks for problem in check(protocol)]
    if not found and protocol.analysis_plan is not None:
        found += _plan(protocol)
    return found


def _names(protocol: Protocol) -> Iterator[Problem]:
    """Names are unique and usable as table values and URL parts."""
    lists: tuple[tuple[str, str, Sequence[str], re.Pattern[str]], ...] = (
        ("cases", "code", [case.code for case in protocol.cases], CODE),
        ("questions", "id", [question.id for question in protocol.questions], NAME),
        ("arms", "id", [arm.id for arm in protocol.arms], NAME),
        ("readers", "user", [reader.user.lower() for reader in protocol.readers], re.compile(".+")),
    )
    for key, field, names, pattern in lists:
        for index, name in enumerate(names):
            at = f"/{key}/{index}/{field}"
            if name in names[:index]:
                yield Problem(at, _("“%(name)s” stands there twice.") % {"name": name})
            elif not pattern.fullmatch(name):
                yield Problem(
                    at,
                    _("“%(name)s” is no name: use up to 40 letters, digits, - and _.")
                    % {"name": name},
                )
    for index, arm in enumerate(protocol.arms):
        if arm.id == AI_ARM:
            yield Problem(f"/arms/{index}/id", _("“ai” is the arm of the AI itself."))
    for index, question in enumerate(protocol.questions):
        if question.id == REASON:
            yield Problem(f"/questions/{index}/id", _("“reason” is taken; use another id."))


def _cases(protocol: Protocol) -> Iterator[Problem]:
    seen: dict[str, bool] = {}
    for index, case in enumerate(protocol.cases):
        at = f"/cases/{index}"
        try:
            key = str(UUID(case.case))
        except ValueError:
            yield Problem(f"{at}/case", _("The id of a case is needed, as the case list shows it."))
            continue
        lesion = case.index_lesion
        if lesion is not None and min(lesion.size_mm) <= 0:
            yield Problem(f"{at}/index_lesion/size_mm", _("Sizes must be above 0."))
        if key in seen and not (seen[key] and lesion is not None):
            yield Problem(
                f"{at}/case",
                _("The case is in the study twice; mark an index lesion for each of its codes."),
            )
        seen[key] = lesion is not None


def _reference(protocol: Protocol) -> Iterator[Problem]:
    codes = {case.code for case in protocol.cases}
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(protocol.reference):
        at = f"/reference/{index}"
        task = protocol.tasks.get(entry.task)
        if entry.case not in codes:
            yield Problem(
                f"{at}/case", _("The study has no case “%(case)s”.") % {"case": entry.case}
            )
        if task is None:
            yield Problem(
                f"{at}/task", _("The study has no task “%(task)s”.") % {"task": entry.task}
            )
        elif entry.truth not in task.labels:
            yield Problem(
                f"{at}/truth",
                _("“%(truth)s” is not a category of the task “%(task)s”.")
                % {"truth": entry.truth, "task": entry.task},
            )
        if (entry.case, entry.task) in seen:
            yield Problem(at, _("Case and task have a reference standard already."))
        seen.add((entry.case, entry.task))


def _questions(protocol: Protocol) -> Iterator[Problem]:
    seen: set[tuple[str | None, str]] = set()
    for index, question in enumerate(protocol.questions):
        at = f"/questions/{index}"
        if fault := _form_fault(question):
            yield Problem(at, fault)
        task = protocol.tasks.get(question.task or "")
        if question.task is not None and task is None:
            yield Problem(
                f"{at}/task", _("The study has no task “%(task)s”.") % {"task": question.task}
            )
        if question.role is None:
            continue
        if question.task is None:
            yield Problem(at, _("A question with a role needs a task."))
        if (question.task, question.role) in seen:
            yield Problem(f"{at}/role", _("Another question has this role for the same task."))
        seen.add((question.task, question.role))
        if question.role == "decision" and task is not None:
            stray = [choice for choice in question.choices if choice not in task.categories]
            if stray or question.kind not in ("single", "ordinal"):
                yield Problem(
                    f"{at}/choices",
                    _("A decision chooses among the categories of its task: %(categories)s.")
                    % {"categories": ", ".join(task.categories)},
                )


def _form_fault(question: QuestionEntry) -> str | None:
    """Return what is wrong with one question by itself."""
    choosing = question.kind in ("single", "ordinal")
    if choosing and (
        len(question.choices) < 2 or len(set(question.choices)) < len(question.choices)
    ):
        return _("At least two different choices are needed.")
    low, high = question.min, question.max
    if question.kind == "slider" and (low is None or high is None or low >= high):
        return _("A slider needs min and max, min below max.")
    if question.role == "rating" and not (question.kind == "slider" or _numeric(question.choices)):
        return _("A rating needs a slider, or choices that are numbers.")
    return None


def _numeric(choices: Sequence[str]) -> bool:
    return bool(choices) and all(re.fullmatch(r"-?\d+([.]\d+)?", choice) for choice in choices)


def _tasks_are_asked(protocol: Protocol) -> Iterator[Problem]:
    asked = {question.task for question in protocol.questions if question.role == "decision"}
    for name in protocol.tasks:
        if name not in asked:
            yield Problem(f"/tasks/{name}", _("No question asks for the decision of this task."))


def _design(protocol: Protocol) -> Iterator[Problem]:
    arms = [arm.id for arm in protocol.arms]
    periods = protocol.design.periods
    for index, arm in enumerate(periods):
        if arm not in arms:
            yield Problem(
                f"/design/periods/{index}", _("The study has no arm “%(arm)s”.") % {"arm": arm}
            )
    if protocol.design.kind == "crossover" and (
        len(periods) < 2 or len(set(periods)) < len(periods)
    ):
        yield Problem("/design/periods", _("A crossover needs two or more different arms."))


def _plan(protocol: Protocol) -> Iterator[Problem]:
    try:
        checked_plan(protocol)
    except InputError as error:
        for problem in error.problems:
            place = problem.place.removeprefix("plan:").rstrip("/")
            yield Problem(f"/analysis_plan{place}", problem.sentence)
