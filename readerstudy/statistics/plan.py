"""The analysis plan: checked before anything is computed, each fault with its JSON path."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Literal

from readerstudy.statistics import registry
from readerstudy.statistics.errors import InputError, Problem
from readerstudy.statistics.families import Method
from readerstudy.statistics.options import Range, parse_options
from readerstudy.statistics.plan_json import canonical
from readerstudy.statistics.registry import AnalysisType
from readerstudy.statistics.selection import PlanFault, shown, value_texts
from readerstudy.statistics.tasks import Task, parse_task

COMMON_KEYS = ("id", "type", "task", "where", "subset_truth")
"""Keys every analysis may have; the others are options of its type."""


@dataclass(frozen=True)
class AnalysisSpec:
    """One analysis of the plan, checked.

    Attributes
    ----------
    at : str
        JSON path, ``/analyses/0``.
    where : mapping
        Stratum column to the values kept.
    subset_truth : tuple of str
        Truths to keep; empty for all.
    raw : mapping
        As it stands in the plan.
    """

    id: str
    kind: AnalysisType
    task: Task | None
    where: Mapping[str, tuple[str, ...]]
    subset_truth: tuple[str, ...]
    options: object
    at: str
    raw: Mapping[str, object]


@dataclass(frozen=True)
class Family:
    """Tests that are adjusted together, in the plan's order."""

    id: str
    members: tuple[str, ...]
    adjust: Method


@dataclass(frozen=True)
class Plan:
    """A valid plan; ``sha256`` is that of its canonical JSON (sorted keys, no blanks)."""

    alpha: float
    seed: int
    resamples: int
    tasks: Mapping[str, Task]
    analyses: tuple[AnalysisSpec, ...]
    families: tuple[Family, ...]
    sha256: str


@dataclass(frozen=True)
class _Head:
    schema: Literal["analysis-plan/1"]
    analyses: object
    tasks: Mapping[str, object] | None = None
    families: object = None
    alpha: Annotated[float, Range(0, 1, open=True)] = 0.05
    seed: Annotated[int, Range(low=0)] = 0
    resamples: Annotated[int, Range(1, 1_000_000)] = 1000


@dataclass(frozen=True)
class _FamilyJson:
    id: str
    members: tuple[str, ...]
    adjust: Method


def parse_plan(raw: object) -> Plan:
    """Check a plan given as parsed JSON. Raises ``InputError`` with every fault found."""
    problems: list[Problem] = []
    if not isinstance(raw, Mapping):
        raise InputError([Problem("plan:/", f"A plan is an object, found {shown(raw)}.")])
    head = parse_options(_Head, raw, "", problems)
    parsed_tasks = _tasks(raw.get("tasks"), problems)
    specs = _analyses(raw.get("analyses"), parsed_tasks, problems)
    families = _families(raw.get("families"), specs, problems)
    if head is None or problems:
        raise InputError(problems)
    tasks = {name: task for name, task in parsed_tasks.items() if task is not None}
    digest = hashlib.sha256(canonical(raw)).hexdigest()
    return Plan(head.alpha, head.seed, head.resamples, tasks, tuple(specs), families, digest)


def _tasks(raw: object, problems: list[Problem]) -> dict[str, Task | None]:
    """Tasks by name; ``None`` for one that is declared but faulty."""
    if not isinstance(raw, Mapping):
        return {}
    return {name: parse_task(name, item, f"/tasks/{name}", problems) for name, item in raw.items()}


def _analyses(
    raw: object, tasks: Mapping[str, Task | None], problems: list[Problem]
) -> list[AnalysisSpec]:
    if not isinstance(raw, list):
        if raw is not None:
            problems.append(Problem("plan:/analyses", "A list of analyses is needed."))
        return []
    by_id = {
        item["id"]: item
        for item in raw
        if isinstance(item, Mapping) and isinstance(item.get("id"), str)
    }
    specs: list[AnalysisSpec] = []
    seen: set[str] = set()
    for index, item in enumerate(raw):
        at = f"/analyses/{index}"
        try:
            identifier = _identifier(item, at)
            if identifier in seen:
                raise PlanFault(f"{at}/id", f'The id "{identifier}" is used twice.')
            seen.add(identifier)
            spec = parse_analysis(_resolved(item, by_id), at, tasks, problems)
        except PlanFault as fault:
            problems.append(Problem(f"plan:{fault.at}", fault.sentence))
            continue
        if spec is not None:
            specs.append(spec)
    return specs


def parse_analysis(
    item: Mapping[str, object],
    at: str,
    tasks: Mapping[str, Task | None],
    problems: list[Problem],
) -> AnalysisSpec | None:
    """One analysis object; its faults go to ``problems`` or are raised as ``PlanFault``."""
    kind = registry.find(item.get("type"))
    if kind is None:
        known = ", ".join(registry.analysis_types())
        raise PlanFault(
            f"{at}/type", f"The type {shown(item.get('type'))} is unknown; known are: {known}."
        )
    task = _task_of(item, kind, at, tasks)
    where = _where(item.get("where"), f"{at}/where")
    subset = _subset_truth(item.get("subset_truth"), task, f"{at}/subset_truth")
    rest = {key: value for key, value in item.items() if key not in COMMON_KEYS}
    options = parse_options(kind.options, rest, at, problems)
    if options is None:
        return None
    check = getattr(options, "check", None)
    if check is not None:
        check(task, at)
    return AnalysisSpec(str(item["id"]), kind, task, where, subset, options, at, item)


def _resolved(item: Mapping[str, object], by_id: Mapping[str, object]) -> Mapping[str, object]:
    """Put the inner analysis in the place of ``of`` where that is only a name.

    The name of another analysis stands for that analysis, and lends its task. The name of a type
    takes those options of the outer analysis that are not its own.
    """
    target = item.get("of")
    if not isinstance(target, str) or target == item.get("id"):
        return item
    inner = by_id.get(target)
    if isinstance(inner, Mapping):
        return {**({"task": inner["task"]} if "task" in inner else {}), **item, "of": inner}
    outer = registry.find(item.get("type"))
    if outer is None or registry.find(target) is None:
        return item
    own = {*COMMON_KEYS, *(field.name for field in fields(outer.options))}
    lent = {key: value for key, value in item.items() if key not in own}
    kept = {key: value for key, value in item.items() if key in own}
    return {**kept, "of": {"type": target, **lent}}


def _identifier(item: object, at: str) -> str:
    if not isinstance(item, Mapping):
        raise PlanFault(at, f"An analysis is an object, found {shown(item)}.")
    identifier = item.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        raise PlanFault(f"{at}/id", "Every analysis needs an id of its own, as text.")
    return identifier


def _task_of(
    item: Mapping[str, object], kind: AnalysisType, at: str, tasks: Mapping[str, Task | None]
) -> Task | None:
    name = item.get("task")
    if kind.task == "none" and name is None:
        return None
    if not isinstance(name, str) or name not in tasks:
        known = ", ".join(tasks) or "none"
        raise PlanFault(
            f"{at}/task", f"The task {shown(name)} is not in the plan; it has: {known}."
        )
    task = tasks[name]
    reason = registry.requires(kind, task) if task is not None else None
    if reason is not None:
        raise PlanFault(f"{at}/task", reason)
    return task


def _where(raw: object, at: str) -> dict[str, tuple[str, ...]]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise PlanFault(at, f"An object of columns and values is needed, found {shown(raw)}.")
    return {column: value_texts(value, f"{at}/{column}") for column, value in raw.items()}


def _subset_truth(raw: object, task: Task | None, at: str) -> tuple[str, ...]:
    if raw is None:
        return ()
    truths = value_texts(raw, at)
    for truth in truths:
        if task is not None and truth not in task.labels:
            raise PlanFault(at, f'"{truth}" is not a category of the task "{task.name}".')
    return truths


def _families(
    raw: object, specs: list[AnalysisSpec], problems: list[Problem]
) -> tuple[Family, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        problems.append(Problem("plan:/families", "A list of families is needed."))
        return ()
    families: list[Family] = []
    for index, item in enumerate(raw):
        at = f"/families/{index}"
        if not isinstance(item, Mapping):
            problems.append(Problem(f"plan:{at}", "A family is an object."))
            continue
        family = parse_options(_FamilyJson, item, at, problems)
        if family is None:
            continue
        if any(family.id == other.id for other in families):
            problems.append(Problem(f"plan:{at}/id", f'The id "{family.id}" is used twice.'))
        problems += _member_problems(family, at, specs)
        families.append(Family(family.id, family.members, family.adjust))
    return tuple(families)


def _member_problems(family: _FamilyJson, at: str, specs: list[AnalysisSpec]) -> list[Problem]:
    by_id = {spec.id: spec for spec in specs}
    problems = []
    for index, member in enumerate(family.members):
        place = f"plan:{at}/members/{index}"
        if member in family.members[:index]:
            problems.append(Problem(place, f'"{member}" stands there twice.'))
        elif member not in by_id:
            problems.append(Problem(place, f'The plan has no valid analysis "{member}".'))
        elif not by_id[member].kind.tests:
            kind = by_id[member].kind.name
            problems.append(Problem(place, f'"{member}" is of type {kind}, which has no p value.'))
    return problems
