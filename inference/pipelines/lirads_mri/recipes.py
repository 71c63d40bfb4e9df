"""How the networks are trained. The paper's text names losses and transfer learning only."""

from dataclasses import dataclass

from inference.errors import UnusableInput
from inference.training.augment import Augmentation
from inference.training.loop import Recipe

FOLDS = 9
"""Folds of the paper's evaluation."""


@dataclass(frozen=True)
class TrainingPlan:
    """Recipes of all networks.

    Parameters
    ----------
    segmenter, characteriser
        Of the system's two networks; a batch of the latter counts images, three per slice.
    tile_px
        Side of the tiles that the segmenter is trained on; whole slices if that is larger.
    lovasz_below
        Smoothed loss from which on the Lovasz loss is added (the paper: "a predefined threshold").
    ablations
        Whether the networks that ``evaluate`` compares with are trained too, as long as the
        characteriser.
    """

    segmenter: Recipe
    characteriser: Recipe
    tile_px: int
    lovasz_below: float = 0.8
    ablations: bool = True


def plan_for(name: str) -> TrainingPlan:
    """Return the plan of a configuration.

    Raises
    ------
    UnusableInput
        ``unknown_recipe``.
    """
    if name not in PLANS:
        raise UnusableInput(
            "unknown_recipe", f"There is no recipe {name!r}; choose {', '.join(PLANS)}."
        )
    return PLANS[name]


def _adamw(steps: int, batch: int, learning_rate: float) -> Recipe:
    return Recipe(
        steps=steps,
        batch=batch,
        learning_rate=learning_rate,
        optimiser="adamw",
        weight_decay=0.02,
        warm_up=min(50, steps // 10),
    )


PLANS = {
    "demo": TrainingPlan(
        segmenter=_adamw(1300, 12, 4e-3), characteriser=_adamw(600, 48, 2e-3), tile_px=96
    ),
    "brief": TrainingPlan(
        segmenter=_adamw(650, 12, 4e-3), characteriser=_adamw(300, 48, 2e-3), tile_px=96
    ),
    "paper": TrainingPlan(
        segmenter=_adamw(60_000, 16, 1e-4), characteriser=_adamw(20_000, 48, 1e-4), tile_px=512
    ),
}
"""Small networks on phantoms, sized for one CPU core; the same in half the steps, to compare
networks over seeds; the paper's size, rates and steps ours."""

CROP_CHANGES = Augmentation(
    rotation_deg=180, shift_px=4, scale=0.15, brightness=0.03, contrast=0.15, gaussian=0.03
)
"""Rotation, shift and flips as in the paper; the amounts, grey levels and noise are ours."""
TILE_TURNS = Augmentation(rotation_deg=20, scale=0.15)
TILE_GREYS = Augmentation(flip=False, brightness=0.03, contrast=0.15, gaussian=0.02)
"""A tile and its mask turn together; grey levels change in the tile alone."""
