"""Which analysis types exist: one decorated function each, found in the package ``analyses``."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from numpy.random import Generator

if TYPE_CHECKING:
    from readerstudy.statistics.frame import Frame
    from readerstudy.statistics.tasks import Task

TaskNeed = Literal["any", "positive", "none"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What every entry counts; the results of the analysis types inherit from it.

    ``n`` counts readings or cases as the contract says for the type, missing ones included;
    ``n_missing`` the readings without the value used; ``n_contradictory`` those with several
    decisions joined by ``;``.
    """

    n: int
    n_missing: int = 0
    n_contradictory: int = 0


@dataclass(frozen=True)
class Context:
    """What an analysis may use beside its data and options.

    Attributes
    ----------
    alpha : float
        Level of every interval (1 - alpha) and test.
    resamples : int
        Bootstrap size of the plan.
    rng : Generator
        This analysis's own stream: same plan seed and analysis id, same numbers.
    study : Frame
        The complete data, for marks and lesions.
    """

    alpha: float
    resamples: int
    rng: Generator
    study: "Frame"
    warnings: list[str] = field(default_factory=list)

    def child(self, rng: Generator) -> "Context":
        """The same study and level, with another stream and warnings of its own."""
        return Context(self.alpha, self.resamples, rng, self.study)

    def warn(self, sentence: str) -> None:
        """Add a warning to the entry, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)


@dataclass(frozen=True)
class AnalysisType:
    """One row of the contract's table.

    Attributes
    ----------
    options : type
        Frozen dataclass that is the schema of the options.
    function : callable
        ``function(frame: TaskFrame, options, context) -> Result``; where ``task`` is "none" it is
        ``function(options, context)``.
    task : {"any", "positive", "none"}
        Whether the plan must name a task, and whether that task must have positive categories.
    tests : bool
        Whether the result has ``p_value``, so that it can be a member of a family.
    """

    name: str
    options: type
    function: Callable[..., Result]
    task: TaskNeed
    tests: bool


_TYPES: dict[str, AnalysisType] = {}


def analysis(
    name: str, options: type, *, task: TaskNeed = "any", tests: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Register the decorated function as the analysis type ``name``."""

    def register(function: Callable[..., Result]) -> Callable[..., Result]:
        if name in _TYPES:
            raise ValueError(f"analysis type {name} is registered twice")
        _TYPES[name] = AnalysisType(name, options, function, task, tests)
        return function

    return register


@cache
def _load() -> None:
    package = importlib.import_module("readerstudy.statistics.analyses")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        importlib.import_module(f"{package.__name__}.{module.name}")


def analysis_types() -> dict[str, AnalysisType]:
    """All registered types by name."""
    _load()
    return dict(sorted(_TYPES.items()))


def find(name: object) -> AnalysisType | None:
    """The type of that name, if there is one."""
    return analysis_types().get(name) if isinstance(name, str) else None


def requires(kind: AnalysisType, task: "Task") -> str | None:
    """Why this type cannot use this task, as a sentence; ``None`` when it can."""
    if kind.task == "positive" and not task.positive:
        return f'{kind.name} needs a task with positive categories; "{task.name}" has none.'
    return None
