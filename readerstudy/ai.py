"""The AI as a reader: its output turned into answers to the study's tasks; pure.

A task's category is matched by a leaf class of the same name, or by "benign" or "malignant" where
the registry says which side a leaf is on. A task that the classes don't cover stays unanswered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inference.registry import ModelSpec
from readerstudy.statistics.tasks import Task

NO_LESION = "no_lesion"
CANNOT_ASSESS = "cannot_assess"
SIDES = {True: "malignant", False: "benign"}
PERCENT = 100.0
AI_READER = "AI"
AI_ARM = "ai"
"""Arm of the AI as a reader of its own; no arm of a protocol may have this name."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class TaskAnswer:
    """What the AI says to one task; `rating` is 0 to 100, for binary tasks only."""

    decision: str
    rating: float | None


def answers(
    result: Json, index_lesion: Json | None, tasks: Mapping[str, Task], spec: ModelSpec
) -> dict[str, TaskAnswer]:
    """Answer a study's tasks from a prediction.

    Parameters
    ----------
    result
        :meth:`inference.contracts.Prediction.to_json`.
    index_lesion
        The lesion the study asks about (``centre_mm``, ``size_mm``), None: the system's own choice.
    tasks
        Tasks by name.
    spec
        The system, for the sides of its classes.

    Returns
    -------
    dict
        Answers by task; ``no_lesion`` where the system found nothing at the place asked about.
    """
    chosen = _lesion(result, index_lesion)
    if chosen is None:
        return {
            name: TaskAnswer(NO_LESION, None)
            for name, task in tasks.items()
            if category_of(task, spec)
        }
    leaf, probabilities = chosen
    leaf = leaf or _decide(probabilities, spec)
    found: dict[str, TaskAnswer] = {}
    for name, task in tasks.items():
        category = category_of(task, spec)
        if category:
            positive = sum(
                p for code, p in probabilities.items() if category[code] in task.positive
            )
            rating = PERCENT * positive if task.kind == "binary" else None
            found[name] = TaskAnswer(category[leaf], rating)
    return found


def ai_readers(systems: Sequence[str]) -> dict[str, str]:
    """Return the name each system reads under: ``AI``, or ``AI-system`` among several."""
    if len(systems) == 1:
        return {systems[0]: AI_READER}
    return {system: f"{AI_READER}-{system}" for system in systems}


def category_of(task: Task, spec: ModelSpec) -> dict[str, str]:
    """Return the task's category of every leaf class; empty when one of them has none."""
    mapped: dict[str, str] = {}
    for leaf in spec.classes:
        side = "" if leaf.malignant is None else SIDES[leaf.malignant]
        category = next((name for name in (leaf.code, side) if name in task.categories), None)
        if category is None:
            return {}
        mapped[leaf.code] = category
    return mapped


def _lesion(
    result: Json, index_lesion: Json | None
) -> tuple[str | None, Mapping[str, float]] | None:
    """Return decision (None: not made for this lesion alone) and probabilities, or no lesion."""
    lesions: Sequence[Json] = result["lesions"]
    position = result.get("decision_lesion")
    if index_lesion is not None:
        position = _nearest(lesions, index_lesion)
        if position is None:
            return None
    if result["decision"] is None:
        return None
    if position is None or position == result.get("decision_lesion"):
        return result["decision"], result["probabilities"]
    return None, lesions[position]["probabilities"]


def _nearest(lesions: Sequence[Json], index_lesion: Json) -> int | None:
    """Return the lesion that touches the index lesion and lies nearest to it."""
    centre, size = index_lesion["centre_mm"], index_lesion["size_mm"]
    touching: list[tuple[float, int]] = []
    for position, lesion in enumerate(lesions):
        box = _centre_and_size(lesion)
        apart = [abs(a - b) for a, b in zip(centre, box[:3], strict=True)]
        reach = [(a + b) / 2 for a, b in zip(size, box[3:], strict=True)]
        if all(gap <= limit for gap, limit in zip(apart, reach, strict=True)):
            touching.append((sum(gap * gap for gap in apart), position))
    return min(touching)[1] if touching else None


def _centre_and_size(lesion: Json) -> list[float]:
    """Return x, y, z, dx, dy, dz in mm, or in pixels where there is no geometry."""
    if lesion["box_mm"] is not None:
        return list(lesion["box_mm"])
    low, high = lesion["box_px"][:3], lesion["box_px"][3:]
    pairs = list(zip(low, high, strict=True))
    # A half-open voxel range [a, b) has its centre at (a + b - 1) / 2 in voxel-centre indices.
    return [(a + b - 1) / 2 for a, b in pairs] + [float(b - a) for a, b in pairs]


def _decide(probabilities: Mapping[str, float], spec: ModelSpec) -> str:
    """Return the leaf a system decides on; one of several stages settles the side first."""
    codes = spec.class_codes
    if len(spec.parts) > 1:
        sides = {side: _sum_of(side, probabilities, spec) for side in SIDES}
        winner = max(sides, key=lambda side: sides[side])
        codes = tuple(leaf.code for leaf in spec.classes if leaf.malignant is winner)
    return max(codes, key=lambda code: probabilities[code])


def _sum_of(side: bool, probabilities: Mapping[str, float], spec: ModelSpec) -> float:
    return sum(probabilities[leaf.code] for leaf in spec.classes if leaf.malignant is side)
