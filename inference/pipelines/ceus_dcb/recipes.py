"""How Model-DCB is trained. The paper's text gives stages and losses, but no optimiser; ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.errors import UnusableInput
from inference.pipelines.ceus_dcb.configuration import VIDEO_PARTS
from inference.training.loop import Recipe

FIRST_STAGE_SHARE = 0.7
"""Share of the cases (without OT) that the modules are trained on, the paper's training set A; the
rest and all OT train the second stage, its training set B."""


@dataclass(frozen=True)
class TrainingPlan:
    """Recipes of all networks.

    Parameters
    ----------
    parts
        Of the networks that read videos, by part.
    fusion
        Of each of the four perceptrons; a batch is the whole training set B.
    from_disease
        Whether the biomarker module starts from the disease module's streams.
    """

    parts: Mapping[str, Recipe]
    fusion: Recipe
    from_disease: bool


_FUSION = Recipe(
    steps=300, batch=0, learning_rate=0.01, optimiser="adamw", weight_decay=3.0, warm_up=10
)


def plan_for(name: str, n_videos: int) -> TrainingPlan:
    """Return the plan of a configuration.

    Parameters
    ----------
    n_videos
        Training videos, which the paper-size plan's 50 epochs are counted in.

    Raises
    ------
    UnusableInput
        ``unknown_recipe``.
    """
    if name == "demo":
        parts = {"disease": _small(1000), "biomarker": _small(350), "direct": _small(600)}
        return TrainingPlan(parts, _FUSION, from_disease=True)
    if name == "paper":
        steps = 50 * max(1, round(n_videos / 8))
        recipe = Recipe(
            steps=steps, batch=8, learning_rate=1e-4, optimiser="adamw", weight_decay=1e-4
        )
        return TrainingPlan(dict.fromkeys(VIDEO_PARTS, recipe), _FUSION, from_disease=False)
    raise UnusableInput("unknown_recipe", f"There is no recipe {name!r}; choose demo or paper.")


def _small(steps: int) -> Recipe:
    return Recipe(
        steps=steps,
        batch=8,
        learning_rate=2e-3,
        optimiser="adamw",
        weight_decay=0.05,
        warm_up=20,
    )
