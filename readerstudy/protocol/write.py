"""From a protocol back to JSON, completed with every default."""

from dataclasses import asdict
from typing import Any

from readerstudy.protocol.schema import ArmEntry, Protocol
from readerstudy.statistics.tasks import Task


def to_json(protocol: Protocol) -> dict[str, Any]:
    """Return the protocol as the file spells it; parsing that gives the same protocol again."""
    body: dict[str, Any] = {
        "schema": "protocol/1",
        "title": protocol.title,
        "seed": protocol.seed,
        "pilot": protocol.pilot,
        "cases": [asdict(case) for case in protocol.cases],
        "reference": [asdict(entry) for entry in protocol.reference],
        "tasks": {name: task_json(task) for name, task in protocol.tasks.items()},
        "questions": [_given(asdict(question)) for question in protocol.questions],
        "readers": [_given(asdict(reader)) for reader in protocol.readers],
        "arms": [arm_json(arm) for arm in protocol.arms],
        "design": asdict(protocol.design),
        "washout_days": protocol.washout_days,
    }
    optional = {"analysis_plan": protocol.analysis_plan, "algorithm": protocol.algorithm}
    return plain({**body, **_given(optional)})  # type: ignore[no-any-return]


def task_json(task: Task) -> dict[str, Any]:
    """Return one task as protocol and plan spell it."""
    return {
        "kind": task.kind,
        "categories": list(task.categories),
        **({"positive": list(task.positive)} if task.positive else {}),
    }


def arm_json(arm: ArmEntry) -> dict[str, Any]:
    """Return one arm as the protocol spells it."""
    ai = None if arm.ai is None else plain(_given(asdict(arm.ai)))
    return {"id": arm.id, "ai": ai}


def plain(value: Any) -> Any:
    """Return a value made of JSON's own types only, so that it equals what a file gives back."""
    match value:
        case str():
            return str(value)
        case float():
            return value + 0.0  # no negative zero: not every database keeps it
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def _given(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the file doesn't say: an absent key, not null or an empty list."""
    return {key: value for key, value in row.items() if value is not None and value != ()}
