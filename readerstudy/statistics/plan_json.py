"""Plans as JSON text: strict reading, canonical writing."""

import json
from pathlib import Path

from readerstudy.statistics.errors import InputError, Problem
from readerstudy.statistics.selection import PlanFault


def read_plan_json(path: Path) -> object:
    """The JSON of a plan file, byte order mark allowed.

    Raises
    ------
    InputError
        Unreadable, not UTF-8, not JSON, a key twice in one object, NaN or infinity.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        raw: object = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InputError([Problem("plan:/", f"{path.name} was not read: {reason}.")]) from error
    except PlanFault as fault:
        raise InputError([Problem("plan:/", fault.sentence)]) from fault
    except (ValueError, RecursionError) as error:
        raise InputError(
            [Problem("plan:/", f"{path.name} is not JSON in UTF-8: {error}.")]
        ) from error
    return raw


def canonical(raw: object) -> bytes:
    """Canonical JSON of a plan: sorted keys, no blanks, UTF-8."""
    text = json.dumps(
        raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in pairs:
        if key in result:
            raise PlanFault("/", f'The key "{key}" stands twice in one object.')
        result[key] = value
    return result


def _no_constant(name: str) -> object:
    raise PlanFault("/", f"{name} is no JSON number.")
