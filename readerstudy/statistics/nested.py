"""An analysis inside another one: the option ``of``."""

from collections.abc import Mapping
from dataclasses import dataclass

from readerstudy.statistics.errors import Problem
from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.plan import AnalysisSpec, parse_analysis
from readerstudy.statistics.registry import Context, Result
from readerstudy.statistics.selection import PlanFault, shown
from readerstudy.statistics.tasks import Task


@dataclass(frozen=True)
class Nested:
    """The inner analysis as it stands in the plan, an id already replaced by what it names.

    It works on the outer analysis' task; its own ``where`` and ``subset_truth`` hold.
    """

    raw: Mapping[str, object]

    @classmethod
    def parse(cls, value: object, at: str) -> "Nested":
        """From plan JSON: an analysis object, or the name of a type without further options."""
        if isinstance(value, str):
            return cls({"type": value})
        if not isinstance(value, Mapping):
            raise PlanFault(at, f"An analysis or its id is needed, found {shown(value)}.")
        return cls(value)

    def check(self, task: Task | None, at: str, types: tuple[str, ...] | None = None) -> None:
        """Refuse a faulty inner analysis, or one that is of none of the types.

        Raises
        ------
        PlanFault
            With the JSON path.
        """
        kind = self.raw.get("type")
        if types is not None and kind not in types:
            raise PlanFault(
                f"{at}/type", f"{shown(kind)} cannot stand here; use {', '.join(types)}."
            )
        if task is not None:
            self.spec(task, at)

    def spec(self, task: Task, at: str = "") -> AnalysisSpec:
        """The checked inner analysis. Raises ``PlanFault``."""
        problems: list[Problem] = []
        raw = {"id": "of", "task": task.name, **self.raw}
        if raw["task"] != task.name:
            raise PlanFault(f"{at}/task", f'The task differs from that around it, "{task.name}".')
        spec = parse_analysis(raw, at, {task.name: task}, problems)
        if spec is None or problems:
            raise PlanFault(problems[0].place.removeprefix("plan:"), problems[0].sentence)
        return spec

    def run(self, frame: TaskFrame, context: Context) -> Result:
        """The inner analysis' typed result; its warnings go to the outer entry."""
        spec = self.spec(frame.task)
        restricted = frame.restrict(spec.where, spec.subset_truth)
        return spec.kind.function(restricted, spec.options, context)
