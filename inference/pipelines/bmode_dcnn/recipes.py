"""How DCNN-US is trained. The paper's text leaves rates, epochs and weights to its appendix."""

from dataclasses import dataclass

from inference.errors import UnusableInput
from inference.training.augment import Augmentation
from inference.training.loop import Recipe


@dataclass(frozen=True)
class TrainingPlan:
    """Recipes of both networks.

    Parameters
    ----------
    lesion
        Of Model-L.
    both
        Of Model-LB, whose lesion branch starts from Model-L.
    triplet_weight
        Of the batch-hard triplet loss beside the binary cross entropies, which weigh 1 each.
    images_per_lesion
        Images of one lesion in a batch.
    boxed_share
        Share of images whose lesion is shown within its box, as boxes are accepted, too.
    """

    lesion: Recipe
    both: Recipe
    triplet_weight: float = 0.2
    images_per_lesion: int = 2
    boxed_share: float = 0.25


def plan_for(name: str, n_images: int) -> TrainingPlan:
    """Return the plan of a configuration.

    Parameters
    ----------
    n_images
        Training images, which epochs are counted in.

    Raises
    ------
    UnusableInput
        ``unknown_recipe``.
    """
    if name == "demo":
        return DEMO
    if name != "paper":
        raise UnusableInput("unknown_recipe", f"There is no recipe {name!r}; choose demo or paper.")
    per_epoch = max(1, round(n_images / PAPER_BATCH))
    recipe = Recipe(
        steps=PAPER_EPOCHS * per_epoch,
        batch=PAPER_BATCH,
        learning_rate=1e-3,
        schedule="tenth",
        milestones=tuple(epoch * per_epoch for epoch in (20, 40)),
    )
    return TrainingPlan(recipe, recipe, images_per_lesion=1)


PAPER_EPOCHS = 50
PAPER_BATCH = 32


def _small(steps: int, learning_rate: float) -> Recipe:
    return Recipe(
        steps=steps,
        batch=32,
        learning_rate=learning_rate,
        optimiser="adamw",
        weight_decay=0.05,
        warm_up=40,
    )


DEMO = TrainingPlan(lesion=_small(900, 2e-3), both=_small(600, 1e-3))
"""Small networks on phantoms, sized for two CPU cores."""

CHANGES = Augmentation(rotation_deg=180, shift_px=3, scale=0.12, contrast=0.0, gaussian=0.01)
"""Flips, turns, shifts and a little noise. Grey levels stay: brightness is evidence here."""
