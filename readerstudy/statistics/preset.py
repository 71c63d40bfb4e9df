"""The analysis plan a study gets when its coordinator writes none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Analysis = dict[str, object]


@dataclass(frozen=True)
class StudyShape:
    """What the preset plan needs to know of a reader study.

    Attributes
    ----------
    tasks : mapping
        Task name to its plan JSON (kind, categories, positive).
    rated_tasks : collection of str
        Tasks with a question whose answer is a rating.
    arms : sequence of str
        Arms in the protocol's order, the first being the one compared with (unaided).
    readers : sequence of str
        Names of the readers as they will stand in the readings.
    ai : str, optional
        Reader name of the AI; ``ai_arm`` its arm.
    """

    tasks: Mapping[str, Mapping[str, object]]
    arms: Sequence[str]
    readers: Sequence[str]
    rated_tasks: frozenset[str] = frozenset()
    ai: str | None = "AI"
    ai_arm: str = "ai"


def preset_plan(
    shape: StudyShape, *, seed: int, alpha: float = 0.05, resamples: int = 1000
) -> dict[str, object]:
    """An ``analysis-plan/1`` with the usual tables and tests of the study.

    Per task: diagnostic tables per reader and arm; McNemar's test of each reader between the arms
    and of the AI against each reader in each arm, each family with Holm's correction; Fleiss' kappa
    per arm from two readers on; the matrix AI x reader per arm; where there are ratings ROC curves
    and, with two arms and two readers or more, the multi-reader comparison of the arms.
    """
    analyses: list[Analysis] = []
    families: list[dict[str, object]] = []
    for task in shape.tasks:
        for family, tests in _tests(shape, task).items():
            analyses += tests
            if len(tests) > 1:
                members = [test["id"] for test in tests]
                families.append({"id": f"{task}_{family}", "members": members, "adjust": "holm"})
        analyses += _descriptions(shape, task)
        if task in shape.rated_tasks:
            analyses += _ratings(shape, task)
    return {
        "schema": "analysis-plan/1",
        "alpha": alpha,
        "seed": seed,
        "resamples": resamples,
        "tasks": {name: dict(task) for name, task in shape.tasks.items()},
        "analyses": analyses,
        "families": families,
    }


def _tests(shape: StudyShape, task: str) -> dict[str, list[Analysis]]:
    """McNemar's tests by family."""
    first, *others = shape.arms
    between_arms: list[Analysis] = [
        {
            "id": f"{task}_{arm}_vs_{first}_{reader}",
            "type": "mcnemar",
            "task": task,
            "a": {"reader": reader, "arm": arm},
            "b": {"reader": reader, "arm": first},
        }
        for arm in others
        for reader in shape.readers
    ]
    against_ai: list[Analysis] = []
    if shape.ai is not None:
        against_ai = [
            {
                "id": f"{task}_ai_vs_{reader}_{arm}",
                "type": "mcnemar",
                "task": task,
                "a": {"reader": shape.ai, "arm": shape.ai_arm},
                "b": {"reader": reader, "arm": arm},
            }
            for arm in shape.arms
            for reader in shape.readers
        ]
    return {"arms": between_arms, "ai": against_ai}


def _descriptions(shape: StudyShape, task: str) -> list[Analysis]:
    """Tables, agreement and comparison matrices."""
    analyses: list[Analysis] = [
        {"id": f"{task}_accuracy", "type": "diagnostic", "task": task, "by": ["reader", "arm"]}
    ]
    for arm in shape.arms:
        readers: dict[str, object] = {"reader": list(shape.readers), "arm": arm}
        if len(shape.readers) > 1:
            analyses.append(
                {"id": f"{task}_agreement_{arm}", "type": "fleiss_kappa", "task": task,
                 "select": readers}
            )  # fmt: skip
        if shape.ai is not None:
            analyses.append(
                {"id": f"{task}_matrix_{arm}", "type": "comparison_matrix", "task": task,
                 "ai": {"reader": shape.ai, "arm": shape.ai_arm}, "readers": readers}
            )  # fmt: skip
    return analyses


def _ratings(shape: StudyShape, task: str) -> list[Analysis]:
    """ROC curves and the comparison of arms over readers and cases."""
    analyses: list[Analysis] = [
        {"id": f"{task}_roc", "type": "roc", "task": task, "by": ["reader", "arm"]}
    ]
    if len(shape.arms) > 1 and len(shape.readers) > 1:
        analyses.append(
            {"id": f"{task}_mrmc", "type": "mrmc_or", "task": task,
             "select": {"reader": list(shape.readers)}, "arms": [shape.arms[1], shape.arms[0]]}
        )  # fmt: skip
    return analyses
