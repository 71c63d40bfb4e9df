"""How LiLNet is trained: the paper's recipe, the published code's and README's, and our small one.

Paper: "Training strategy"; the three sources disagree, the paper's is the default for ``paper``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.errors import UnusableInput
from inference.pipelines.lilnet_ct.configuration import PARTS
from inference.training.augment import Augmentation
from inference.training.loop import Recipe


@dataclass(frozen=True)
class Schedule:
    """Optimisation in epochs, as papers state it.

    Parameters
    ----------
    epochs, milestones
        Length, and the epochs at which the rate falls to a tenth.
    """

    epochs: int
    batch: int
    learning_rate: float
    milestones: tuple[int, ...]

    def recipe(self, n_images: int) -> Recipe:
        """Return the recipe in steps for a number of training images."""
        per_epoch = max(1, round(n_images / self.batch))
        return Recipe(
            steps=self.epochs * per_epoch,
            batch=self.batch,
            learning_rate=self.learning_rate,
            schedule="tenth",
            milestones=tuple(epoch * per_epoch for epoch in self.milestones),
        )


SCHEDULES = {
    "paper": Schedule(epochs=30, batch=128, learning_rate=0.01, milestones=(10, 20)),
    "readme": Schedule(epochs=50, batch=128, learning_rate=0.01, milestones=(20, 35)),
    "code": Schedule(epochs=20, batch=128, learning_rate=0.001, milestones=(10, 15)),
}
"""SGD with momentum 0.9 and weight decay 0.0001; the paper's rate falls from 0.01 to 0.0001."""


@dataclass(frozen=True)
class TrainingPlan:
    """Recipes of all networks.

    Parameters
    ----------
    trunk
        Of a six-class network whose convolutions the three start from, in place of the paper's
        ImageNet weights, which aren't ours to ship; None starts from random weights.
    parts
        Of the three classifiers, by part.
    lesion_images
        Images of one lesion in a batch.
    lesion_weight
        Part of the loss, in [0, 1], that is the cross entropy of a lesion's mean logits over
        those images, which is what a prediction rests on; the rest is the published loss.
    tile_px
        Side of the tiles that the detector is trained on; whole slices if that is larger.
    """

    trunk: Recipe | None
    parts: Mapping[str, Recipe]
    detector: Recipe
    liver: Recipe
    lesion_images: int = 1
    lesion_weight: float = 0.0
    tile_px: int = 512


def plan_for(name: str, n_images: int) -> TrainingPlan:
    """Return the plan of a configuration (``demo``, ``paper``) or a named schedule.

    Parameters
    ----------
    n_images
        Training crops, which epochs are counted in.

    Raises
    ------
    UnusableInput
        ``unknown_recipe``.
    """
    if name == "demo":
        return DEMO
    if name not in SCHEDULES:
        raise UnusableInput(
            "unknown_recipe",
            f"There is no recipe {name!r}; choose demo, {', '.join(SCHEDULES)}.",
        )
    recipe = SCHEDULES[name].recipe(n_images)
    detector = Recipe(
        steps=recipe.steps, batch=16, learning_rate=0.01, weight_decay=5e-4, warm_up=100
    )
    parts = dict.fromkeys(PARTS, recipe)
    return TrainingPlan(trunk=None, parts=parts, detector=detector, liver=LIVER)


def _small(steps: int, learning_rate: float, batch: int = 48) -> Recipe:
    return Recipe(
        steps=steps,
        batch=batch,
        learning_rate=learning_rate,
        optimiser="adamw",
        weight_decay=0.05,
        warm_up=50,
    )


LIVER = Recipe(
    steps=400,
    batch=1,
    learning_rate=3e-3,
    optimiser="adamw",
    weight_decay=0.01,
    warm_up=30,
)
"""Of the liver segmentation, ours: the paper took a trained one (its reference 31)."""

DEMO = TrainingPlan(
    trunk=_small(4500, 2e-3),
    parts=dict.fromkeys(PARTS, _small(700, 1e-3)),
    detector=_small(2500, 3e-3, batch=32),
    liver=LIVER,
    lesion_images=6,
    lesion_weight=0.8,
    tile_px=128,
)
"""Small networks on phantoms, sized for two CPU cores. Each batch holds 8 lesions."""

CLASSIFIER_CHANGES = Augmentation(
    rotation_deg=180,
    shift_px=4,
    scale=0.1,
    brightness=0.02,
    contrast=0.05,
    gaussian=0.01,
    salt_and_pepper=0.002,
)
"""Flips, rotations, Gaussian and salt-and-pepper noise as in the paper; the amounts are ours."""

DETECTOR_CHANGES = Augmentation(flip=False, brightness=0.02, contrast=0.06, gaussian=0.01)
"""Tiles are mirrored with their boxes before."""
