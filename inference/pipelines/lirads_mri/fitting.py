"""Fit the networks to images in memory."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    CHARACTERISER,
    DIRECT,
    PHASES,
    PHASES_OF_TASK,
    PLAIN,
    RESNET_PLAIN,
    SEGMENTER,
    TASKS,
    Configuration,
)
from inference.pipelines.lirads_mri.network import build
from inference.pipelines.lirads_mri.preprocess import crop_inputs, standardised
from inference.pipelines.lirads_mri.recipes import (
    CROP_CHANGES,
    TILE_GREYS,
    TILE_TURNS,
    TrainingPlan,
)
from inference.pipelines.lirads_mri.samples import CropSets, Slices
from inference.pipelines.lirads_mri.tiles import TileSampler
from inference.training.augment import augment
from inference.training.balance import BalancedSampler
from inference.training.fitter import BaseFitter
from inference.training.loop import fit
from inference.training.segmentation_loss import focal, lovasz_softmax, soft_dice

SWITCH = torch.tensor([[float(p in PHASES_OF_TASK[task]) for task in TASKS] for p in PHASES])
"""(phases, tasks): 1 where a phase supervises a task, the x and 1 - x of equation 4."""


class HybridLoss:
    """Soft Dice plus focal loss; the Lovasz loss joins once their mean falls below a threshold.

    Equations 2 and 3; the mean is smoothed over about twenty steps, and what has joined stays.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.fine = False
        self._smoothed: float | None = None

    def __call__(self, logits: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of a batch, logits and truth (n, h, w)."""
        loss = soft_dice(logits, truth) + focal(logits, truth)
        value = float(loss.detach())
        past = value if self._smoothed is None else self._smoothed
        self._smoothed = 0.95 * past + 0.05 * value
        self.fine = self.fine or self._smoothed < self.threshold
        return loss + lovasz_softmax(logits, truth) if self.fine else loss


def switched_loss(logits: Tensor, signs: Tensor, switch: Tensor) -> Tensor:
    """Return equation 4, summed over tasks and averaged over images.

    Parameters
    ----------
    logits, signs
        (lesions, phases, tasks).
    switch
        (phases, tasks), `SWITCH`; ones for training without it.
    """
    each = functional.binary_cross_entropy_with_logits(logits, signs, reduction="none")
    return (each * switch).sum(dim=-1).mean()


@dataclass(frozen=True, eq=False)
class Fitter(BaseFitter[Configuration, TrainingPlan]):
    """Fits one network after the other; `start`, called with a name and a network before it is
    trained, loads what it starts from.
    """

    start: Callable[[str, nn.Module], None] = lambda name, network: None

    def segmenter(self, slices: Slices) -> nn.Module:
        """Fit the segmenter to tiles of delayed slices."""
        network = self._build(SEGMENTER)
        rng, noise = self._randomness()
        sampler = TileSampler(slices, self.plan.tile_px)
        recipe, hybrid = self.plan.segmenter, HybridLoss(self.plan.lovasz_below)

        def loss(_: int) -> Tensor:
            tiles = sampler.draw(recipe.batch, rng)
            turned = augment(
                torch.cat((tiles.images, tiles.inside[:, None]), dim=1),
                tiles.side_px,
                TILE_TURNS,
                noise,
            )
            truth = (turned[:, 3] > 0.5).float()
            grey = augment(turned[:, :3], tiles.side_px, TILE_GREYS, noise)
            images = (grey - tiles.mean) / tiles.deviation
            with self._reduced():
                logits = network(images.to(self.device))
            return hybrid(logits.float(), truth.to(self.device))

        fit(network, recipe, loss, progress=self._report(SEGMENTER, recipe))
        return network

    def characteriser(self, crops: CropSets, part: str = CHARACTERISER) -> nn.Module:
        """Fit the characteriser, or one that it is compared with: a ResNet, or without switch.

        Without it every image is taught all of its lesion's features, whatever its phase shows.
        """
        plain = part in (PLAIN, RESNET_PLAIN)
        switch = torch.ones_like(SWITCH) if plain else SWITCH
        signs = crops.signs.amax(dim=1, keepdim=True).expand_as(crops.signs)
        wanted = signs if plain else crops.signs

        def loss(network: nn.Module, images: Tensor, lesions: Tensor) -> Tensor:
            logits = network(crop_inputs(images.flatten(0, 1)).to(self.device)).float()
            return switched_loss(
                logits.view(len(images), len(PHASES), len(TASKS)),
                wanted[lesions].to(self.device),
                switch.to(self.device),
            )

        return self._fit_crops(part, crops, loss)

    def direct(self, crops: CropSets) -> nn.Module:
        """Fit a network straight to categories, the three phases as its channels."""
        categories = torch.tensor([CATEGORIES.index(row.truth) for row in crops.rows])

        def loss(network: nn.Module, images: Tensor, lesions: Tensor) -> Tensor:
            logits = network(standardised(images).to(self.device)).float()
            return functional.cross_entropy(logits, categories[lesions].to(self.device))

        return self._fit_crops(DIRECT, crops, loss)

    def _fit_crops(
        self,
        part: str,
        crops: CropSets,
        loss_of: Callable[[nn.Module, Tensor, Tensor], Tensor],
    ) -> nn.Module:
        """Fit a network to crops; `loss_of` takes it, (n, phases, h, w) crops and their lesions."""
        network = self._build(part)
        rng, noise = self._randomness()
        recipe = self.plan.characteriser
        classes = [CATEGORIES.index(row.truth) for row in crops.rows]
        sampler = BalancedSampler(crops.lesion.numpy(), classes)

        def loss(_: int) -> Tensor:
            chosen = torch.from_numpy(sampler.draw(recipe.batch // len(PHASES), 1, rng)[:, 0])
            grey = crops.images[chosen].float() / 255
            images = augment(grey, self.settings.crop_px, CROP_CHANGES, noise)
            with self._reduced():
                return loss_of(network, images, crops.lesion[chosen])

        fit(network, recipe, loss, progress=self._report(part, recipe))
        return network

    def _build(self, part: str) -> nn.Module:
        torch.manual_seed(self.seed)
        network = build(part, self.settings.name)
        self.start(part, network)
        return network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
