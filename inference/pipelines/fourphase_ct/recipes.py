"""How the network is trained: the paper's recipe, and our small one."""

from dataclasses import dataclass

from inference.errors import UnusableInput
from inference.training.augment import Augmentation
from inference.training.loop import Recipe

EPOCHS, BATCH, LEARNING_RATE, FALLS_EVERY = 50, 2, 0.001, 10
"""Paper, "Environment configuration": SGD at .001, a tenth every 10 of 50 epochs, batches of 2."""

DEMO = Recipe(
    steps=900,
    batch=8,
    learning_rate=2e-3,
    optimiser="adamw",
    weight_decay=0.05,
    warm_up=50,
)
"""Small network on phantoms, sized for one CPU core."""

CHANGES = Augmentation(rotation_deg=180, shift_px=3, scale=0.1, brightness=0.004, contrast=0.03)
"""The paper augments by pseudo-colour only; turns, mirrors and shifts are ours. In units of 2048
HU: brightness moves by up to 8 HU."""

NO_CHANGES = Augmentation(flip=False)


@dataclass(frozen=True)
class TrainingPlan:
    """Optimisation, and how images are changed at random."""

    recipe: Recipe
    changes: Augmentation


def plan_for(name: str, n_lesions: int) -> TrainingPlan:
    """Return the plan of a configuration (``demo``, ``paper``).

    Parameters
    ----------
    n_lesions
        Training lesions, which epochs are counted in.

    Raises
    ------
    UnusableInput
        ``unknown_recipe``.
    """
    if name == "demo":
        return TrainingPlan(DEMO, CHANGES)
    if name != "paper":
        raise UnusableInput("unknown_recipe", f"There is no recipe {name!r}; choose demo or paper.")
    per_epoch = max(1, round(n_lesions / BATCH))
    paper = Recipe(
        steps=EPOCHS * per_epoch,
        batch=BATCH,
        learning_rate=LEARNING_RATE,
        schedule="tenth",
        milestones=tuple(n * per_epoch for n in range(FALLS_EVERY, EPOCHS, FALLS_EVERY)),
    )
    return TrainingPlan(paper, NO_CHANGES)
