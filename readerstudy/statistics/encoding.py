"""Typed results -> JSON values -> bytes that are the same on every run."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def object_to_json(value: "DataclassInstance") -> dict[str, object]:
    """A dataclass as a JSON object with its fields as keys."""
    return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}


def to_json(value: object) -> object:
    """Dataclasses, arrays and tuples as JSON values; NaN and infinity become ``None``."""
    if is_dataclass(value) and not isinstance(value, type):
        return object_to_json(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_json(value.tolist())
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, np.generic):
        return to_json(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dump(value: object) -> bytes:
    """Sorted keys, two blanks of indentation, UTF-8, a final line feed; refuses NaN."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()
