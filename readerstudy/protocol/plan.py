"""The analysis plan of a protocol: checked, completed, readers under their pseudonyms."""

from collections.abc import Mapping
from typing import Any

from inference.registry import find
from readerstudy.ai import AI_ARM, ai_readers, category_of
from readerstudy.protocol.schema import Protocol
from readerstudy.protocol.write import task_json
from readerstudy.statistics.plan import parse_plan
from readerstudy.statistics.preset import StudyShape, preset_plan


def checked_plan(protocol: Protocol) -> dict[str, Any]:
    """Return the protocol's own plan, completed with its tasks and seed.

    Raises
    ------
    InputError
        If the plan is malformed; places start with ``plan:``.
    """
    defaults = {
        "tasks": {name: task_json(task) for name, task in protocol.tasks.items()},
        "seed": protocol.seed,
    }
    plan = {**defaults, **(protocol.analysis_plan or {})}
    parse_plan(plan)
    return plan


def with_names(plan: Any, names: Mapping[str, str]) -> Any:
    """Return a plan in which every text that is a key of `names` is replaced.

    A protocol's plan may name readers as its list of readers does, by e-mail address; the frozen
    one knows pseudonyms only.
    """
    match plan:
        case str():
            return names.get(plan.lower(), plan)
        case dict():
            return {key: with_names(value, names) for key, value in plan.items()}
        case list():
            return [with_names(value, names) for value in plan]
    return plan


def frozen_plan(protocol: Protocol, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the plan that freezing seals: the protocol's own, or the preset of its design.

    Parameters
    ----------
    protocol
        A complete protocol.
    names
        Pseudonym by e-mail address in lower case.
    """
    if protocol.analysis_plan is not None:
        return dict(with_names(checked_plan(protocol), names))
    return preset_plan(_shape(protocol, tuple(names.values())), seed=protocol.seed)


def _shape(protocol: Protocol, readers: tuple[str, ...]) -> StudyShape:
    systems = list(dict.fromkeys(arm.ai.system for arm in protocol.arms if arm.ai is not None))
    covered = systems and all(
        category_of(task, find(systems[0])) for task in protocol.tasks.values()
    )
    return StudyShape(
        tasks={name: task_json(task) for name, task in protocol.tasks.items()},
        arms=tuple(dict.fromkeys(protocol.design.periods)),
        readers=readers,
        rated_tasks=frozenset(
            question.task
            for question in protocol.questions
            if question.role == "rating" and question.task is not None
        ),
        ai=ai_readers(systems)[systems[0]] if covered else None,
        ai_arm=AI_ARM,
    )
