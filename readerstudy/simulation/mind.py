"""What a simulated reader thinks of a case; pure.

One number says how strongly a reader leans towards the true category: skill by experience, plus a
difficulty of the case that all readers share, plus chance, plus what the AI says where it is
shown. The sign decides right or wrong, the size gives rating and confidence.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from readerstudy.statistics.tasks import Task

SKILL = {"junior": 0.8, "middle": 1.1, "senior": 1.5}
"""Mean lean towards the truth in standard deviations of chance."""
USUAL_SKILL = 1.0
CASE_SPREAD = 0.6
TRUST = 0.9
"""How far the AI's word moves a reader, in the same unit."""
SECONDS = {"junior": 95.0, "middle": 75.0, "senior": 60.0}
USUAL_SECONDS = 80.0


def generator(seed: int, *labels: str) -> np.random.Generator:
    """Return chance that depends on its labels only."""
    material = "|".join(("simulation", str(seed), *labels)).encode()
    return np.random.default_rng(list(hashlib.sha256(material).digest()))


@dataclass(frozen=True)
class Impression:
    """What a reader takes a case for.

    Parameters
    ----------
    decisions
        Category by task.
    certainty
        0.5 (a guess) to 1 (certain).
    """

    decisions: Mapping[str, str]
    certainty: float


def lean_of(
    level: str, difficulty: float, advice: bool | None, draws: np.random.Generator
) -> float:
    """Return how strongly a reader leans to the truth; `advice`: is the AI right, None unseen."""
    lean = SKILL.get(level, USUAL_SKILL) + difficulty + float(draws.normal())
    if advice is None:
        return lean
    return lean + (TRUST if advice else -TRUST)


def impression(
    tasks: Mapping[str, Task],
    truth: Mapping[str, str],
    sides: Mapping[str, Mapping[str, str]],
    lean: float,
    says: str | None,
    draws: np.random.Generator,
) -> Impression:
    """Return a reader's decisions: the finest task first, the others follow from it.

    Parameters
    ----------
    tasks, truth
        The study's tasks, and what is true of the case for each.
    sides
        From :func:`sides_of`.
    lean
        Above 0: the reader gets the finest task right.
    says
        The AI's category where it is shown; who is misled takes it over.
    """
    finest = max(tasks, key=lambda name: len(tasks[name].categories))
    decisions = {finest: truth[finest]}
    if lean <= 0:
        wrong = [name for name in tasks[finest].categories if name != truth[finest]]
        decisions[finest] = says if says in wrong else wrong[int(draws.integers(len(wrong)))]
    for name, task in tasks.items():
        if name == finest:
            continue
        others = [category for category in task.categories if category != truth[name]]
        usual = truth[name] if lean > 0 else others[int(draws.integers(len(others)))]
        decisions[name] = sides[name].get(decisions[finest], usual)
    return Impression(decisions, NormalDist().cdf(abs(lean)))


def sides_of(
    tasks: Mapping[str, Task], truths: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Return, per task, what each category of the finest task means for it.

    Parameters
    ----------
    truths
        Truth by case and task: HCC stands with malignant, so whoever says HCC says malignant.
    """
    finest = max(tasks, key=lambda name: len(tasks[name].categories))
    return {name: {truth[finest]: truth[name] for truth in truths.values()} for name in tasks}
