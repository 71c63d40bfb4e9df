"""A study as tables in the form of the analysis contract: readings and reference standard."""

from collections.abc import Iterator
from typing import Any

from inference.registry import find
from readerstudy import ai
from readerstudy.models import Answer, Assignment, Question, Reader, ReaderStudy, ReadingState
from readerstudy.selectors.protocols import reference_of
from readerstudy.selectors.runs import pinned_runs
from readerstudy.selectors.worklist import assignments_of, reading_state
from readerstudy.statistics.tasks import Task

Row = dict[str, Any]
AI_LEVEL = "ai"


def tasks_of(study: ReaderStudy) -> dict[str, Task]:
    """Return a study's tasks by name."""
    return {
        name: Task(name, task["kind"], tuple(task["categories"]), tuple(task.get("positive", ())))
        for name, task in study.tasks.items()
    }


def readings_rows(study: ReaderStudy) -> list[Row]:
    """Return one row per planned reading and task, then those of the AI.

    A reading that was never committed has an empty decision, so that it is counted as missing.
    """
    rows: list[Row] = []
    by_task = _questions_by_task(study)
    answers = _answers_by_reading(study)
    for reader in study.readers.order_by("number"):
        for assignment in assignments_of(reader):
            given = answers.get(assignment.pk, {})
            rows += [
                _row(reader, assignment, task, questions, given)
                for task, questions in by_task.items()
            ]
    return rows + list(_ai_rows(study))


def reference_rows(study: ReaderStudy) -> list[Row]:
    """Return one row per case and task: truth, cluster (the exam), and the strata as columns.

    The cluster is the code of the exam's first case, so that lesions of one exam stay together.
    """
    strata = sorted({key for case in study.cases.all() for key in case.strata})
    first: dict[Any, str] = {}
    for case in study.cases.order_by("number"):
        first.setdefault(case.case_id, case.code)
    return [
        {
            "case": entry.study_case.code,
            "task": entry.task,
            "truth": entry.truth,
            "cluster": first[entry.study_case.case_id],
            **{key: entry.study_case.strata.get(key) for key in strata},
        }
        for entry in reference_of(study)
    ]


def _questions_by_task(study: ReaderStudy) -> dict[str, dict[str, Question]]:
    """Return each task's questions by role, tasks in the protocol's order."""
    by_task: dict[str, dict[str, Question]] = {task: {} for task in study.tasks}
    for question in study.questions.order_by("number"):
        if question.role:
            by_task[question.task][question.role] = question
    return by_task


def _answers_by_reading(study: ReaderStudy) -> dict[Any, dict[Any, Any]]:
    """Return the latest value of each question, by reading and question."""
    found: dict[Any, dict[Any, Any]] = {}
    committed = Answer.objects.filter(
        reading__assignment__study_case__study=study, reading__state=ReadingState.COMMITTED
    )
    for answer in committed.order_by("revision"):
        found.setdefault(answer.reading_id, {})[answer.question_id] = answer.value
    return found


def _row(
    reader: Reader,
    assignment: Assignment,
    task: str,
    questions: dict[str, Question],
    given: dict[Any, Any],
) -> Row:
    committed = reading_state(assignment) == ReadingState.COMMITTED
    value = {role: given.get(question.pk) for role, question in questions.items()}
    return {
        "reader": reader.pseudonym,
        "level": reader.level,
        "arm": assignment.period.arm.key,
        "period": assignment.period.number,
        "position": assignment.position,
        "case": assignment.study_case.code,
        "task": task,
        "repeat": 0,
        "decision": value.get("decision"),
        "rating": _number(value.get("rating")),
        "confidence": value.get("confidence"),
        "seconds": assignment.reading.active_seconds if committed else None,
    }


def _ai_rows(study: ReaderStudy) -> Iterator[Row]:
    """Yield what the pinned runs say, as reader ``AI`` in arm ``ai``."""
    runs = pinned_runs(study)
    names = ai.ai_readers(list(dict.fromkeys(run.system for run in runs)))
    tasks = tasks_of(study)
    for run in runs:
        found = ai.answers(
            run.job.prediction.result, run.study_case.index_lesion, tasks, find(run.system)
        )
        for task, answer in found.items():
            yield {
                "reader": names[run.system],
                "level": AI_LEVEL,
                "arm": ai.AI_ARM,
                "period": None,
                "position": None,
                "case": run.study_case.code,
                "task": task,
                "repeat": 0,
                "decision": answer.decision,
                "rating": answer.rating,
                "confidence": None,
                "seconds": None,
            }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
