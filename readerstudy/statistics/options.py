"""Typed options from plan JSON: an options dataclass is its own schema.

Each analysis type declares its options as a frozen dataclass. ``parse_options`` fills it from JSON
by the annotations: ``Literal`` lists the choices, ``tuple[T, ...]`` takes a value or a list,
``Mapping[str, T]`` an object, ``X | None`` may be left out, another dataclass is parsed alike, and
any class with a ``parse(value, at)`` classmethod (such as ``Selector``) decides for itself. A field
without default is required. ``Annotated[float, Range(low, high)]`` bounds a number.
"""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from readerstudy.statistics.errors import Problem
from readerstudy.statistics.selection import PlanFault, shown

T = TypeVar("T")


@dataclass(frozen=True)
class Range:
    """Bounds of a number in a plan; ``None`` is no bound; ``open`` leaves the bounds out."""

    low: float | None = None
    high: float | None = None
    open: bool = False

    def check(self, value: float, at: str) -> None:
        """Refuse a value outside, by a sentence."""
        below = self.low is not None and (value <= self.low if self.open else value < self.low)
        above = self.high is not None and (value >= self.high if self.open else value > self.high)
        if below or above:
            raise PlanFault(at, f"{value:g} is not {self.describe()}.")

    def describe(self) -> str:
        edge = "between {0:g} and {1:g}" + (", both left out" if self.open else "")
        if self.low is not None and self.high is not None:
            return edge.format(self.low, self.high)
        if self.low is not None:
            return f"{'more than' if self.open else 'at least'} {self.low:g}"
        return f"{'less than' if self.open else 'at most'} {self.high:g}"


def parse_options(
    cls: type[T], raw: Mapping[str, object], at: str, problems: list[Problem]
) -> T | None:
    """Fill an options dataclass; ``None`` when faults were found and added to ``problems``."""
    hints = get_type_hints(cls, include_extras=True)
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    found = len(problems)
    for key in raw:
        if key not in known:
            choices = ", ".join(known) or "none"
            problems.append(
                Problem(f"plan:{at}/{key}", f'The option "{key}" is unknown; known are: {choices}.')
            )
    values: dict[str, object] = {}
    for name, field in known.items():
        try:
            if raw.get(name) is not None:
                values[name] = convert(hints[name], raw[name], f"{at}/{name}")
            elif _required(field):
                raise PlanFault(f"{at}/{name}", f'"{name}" is missing.')
        except PlanFault as fault:
            problems.append(Problem(f"plan:{fault.at}", fault.sentence))
    return cls(**values) if len(problems) == found else None


def convert(hint: Any, value: object, at: str) -> Any:
    """One JSON value as the annotated type asks for it.

    Raises
    ------
    PlanFault
        With the JSON path and a sentence.
    """
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *checks = get_args(hint)
        result = convert(inner, value, at)
        for check in checks:
            for single in result if isinstance(result, tuple) else (result,):
                check.check(single, at)
        return result
    if origin in (Union, types.UnionType):
        inner = next(option for option in get_args(hint) if option is not type(None))
        return convert(inner, value, at)
    if origin is Literal:
        if value not in get_args(hint):
            choices = ", ".join(map(str, get_args(hint)))
            raise PlanFault(at, f"{shown(value)} is unknown; use one of: {choices}.")
        return value
    if origin is tuple:
        return _tuple(get_args(hint)[0], value, at)
    if origin is Mapping or hint is Mapping or getattr(origin, "__name__", "") == "Mapping":
        if not isinstance(value, Mapping):
            raise PlanFault(at, f"An object is needed, found {shown(value)}.")
        inner = get_args(hint)[1]
        return {key: convert(inner, item, f"{at}/{key}") for key, item in value.items()}
    return _plain(hint, value, at)


def _plain(hint: Any, value: object, at: str) -> Any:
    if hasattr(hint, "parse"):
        return hint.parse(value, at)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise PlanFault(at, f"An object is needed, found {shown(value)}.")
        problems: list[Problem] = []
        result = parse_options(hint, value, at, problems)
        if problems:
            raise PlanFault(problems[0].place.removeprefix("plan:"), problems[0].sentence)
        return result
    if hint is object:
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise PlanFault(at, f"true or false is needed, found {shown(value)}.")
        return value
    if hint is str:
        if not isinstance(value, str) or not value.strip():
            raise PlanFault(at, f"Text is needed, found {shown(value)}.")
        return value.strip()
    return _number(hint, value, at)


def _number(hint: type, value: object, at: str) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PlanFault(at, f"A number is needed, found {shown(value)}.")
    if hint is int:
        if value != int(value):
            raise PlanFault(at, f"A whole number is needed, found {shown(value)}.")
        return int(value)
    return float(value)


def _tuple(inner: Any, value: object, at: str) -> tuple[Any, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise PlanFault(at, "The list is empty.")
    return tuple(convert(inner, item, f"{at}/{index}") for index, item in enumerate(items))


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
