"""A task: the question that has one truth per case, and how answers to it are coded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from readerstudy.statistics.errors import Problem
from readerstudy.statistics.options import parse_options
from readerstudy.statistics.selection import PlanFault

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Kind = Literal["binary", "nominal", "ordinal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SPECIAL = ("no_lesion", "cannot_assess")
"""Decisions legal in every task; never correct unless the truth says so."""
NO_DECISION = -1
"""Code of a reading without (one) decision, and of a case without truth."""


@dataclass(frozen=True)
class Task:
    """Categories of a task in the plan's order.

    Decisions and truths are coded by their index in ``labels``: the categories, then those of
    ``SPECIAL`` that are no category themselves; ``NO_DECISION`` where none was given.
    """

    name: str
    kind: Kind
    categories: tuple[str, ...]
    positive: tuple[str, ...] = ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return self.categories + tuple(word for word in SPECIAL if word not in self.categories)

    @cached_property
    def code_of(self) -> Mapping[str, int]:
        return {label: code for code, label in enumerate(self.labels)}

    @cached_property
    def _positive_codes(self) -> BoolArray:
        """(n_labels + 1,), the last for ``NO_DECISION`` (index -1)."""
        return np.array([*(label in self.positive for label in self.labels), False])

    def is_positive(self, codes: IntArray) -> BoolArray:
        """Whether each decision or truth is one of the positive categories."""
        return self._positive_codes[codes]

    def is_negative_call(self, codes: IntArray) -> BoolArray:
        """Whether each decision is a category that is not positive (special words are none)."""
        category = (codes >= 0) & (codes < len(self.categories))
        return category & ~self.is_positive(codes)

    def correct(self, decision: IntArray, truth: IntArray) -> BoolArray:
        """Whether each decision is right.

        Binary tasks: on the same side as the truth; others: the same category. A special word is
        right only where the truth is that word.
        """
        same: BoolArray = (decision == truth) & (decision >= 0)
        if self.kind != "binary":
            return same
        positive_truth = self.is_positive(truth)
        hit = self.is_positive(decision) & positive_truth
        rejection = self.is_negative_call(decision) & ~positive_truth
        return same | hit | rejection

    @cached_property
    def numbers(self) -> NDArray[np.float64] | None:
        """Categories read as numbers, ``None`` where one of them is none."""
        try:
            values = np.array([float(category) for category in self.categories])
        except ValueError:
            return None
        return values if np.isfinite(values).all() else None


@dataclass(frozen=True)
class _TaskJson:
    kind: Kind
    categories: tuple[str, ...]
    positive: tuple[str, ...] = ()


def parse_task(name: str, raw: object, at: str, problems: list[Problem]) -> Task | None:
    """A task of the plan; faults are added to ``problems``."""
    if not isinstance(raw, Mapping):
        problems.append(Problem(f"plan:{at}", "A task is an object with kind and categories."))
        return None
    options = parse_options(_TaskJson, raw, at, problems)
    if options is None:
        return None
    try:
        _check_categories(options, at)
    except PlanFault as fault:
        problems.append(Problem(f"plan:{fault.at}", fault.sentence))
        return None
    return Task(name, options.kind, options.categories, options.positive)


def _check_categories(task: _TaskJson, at: str) -> None:
    categories = task.categories
    if len(categories) < 2:
        raise PlanFault(f"{at}/categories", "A task needs at least two categories.")
    for index, category in enumerate(categories):
        if category in categories[:index]:
            raise PlanFault(f"{at}/categories/{index}", f'"{category}" stands there twice.')
        if ";" in category:
            raise PlanFault(
                f"{at}/categories/{index}",
                f'"{category}" holds a semicolon, which joins decisions.',
            )
    for index, category in enumerate(task.positive):
        if category not in categories:
            raise PlanFault(f"{at}/positive/{index}", f'"{category}" is not one of the categories.')
    if task.kind == "binary" and not task.positive:
        raise PlanFault(f"{at}/positive", "A binary task needs its positive categories.")
    if set(task.positive) == set(categories):
        raise PlanFault(f"{at}/positive", "Every category is positive; one must be negative.")
