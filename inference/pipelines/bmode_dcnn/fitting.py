"""Fit DCNN-US's networks to crops in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.layers.resnet import ResNetTrunk
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS, Configuration
from inference.pipelines.bmode_dcnn.network import (
    Branch,
    LesionBackground,
    batch_hard_triplet,
    build,
)
from inference.pipelines.bmode_dcnn.preprocess import network_input, pair_input
from inference.pipelines.bmode_dcnn.recipes import CHANGES, TrainingPlan
from inference.pipelines.bmode_dcnn.samples import Crops
from inference.registry.checkpoints import load_backbone
from inference.training.augment import augment
from inference.training.balance import BalancedSampler
from inference.training.fitter import BaseFitter
from inference.training.loop import Recipe, fit


@dataclass(frozen=True, eq=False)
class Batch:
    """Changed crops (n, side, side) in [0, 1] with their labels (n,)."""

    lesions: Tensor
    backgrounds: Tensor
    malignant: Tensor
    background: Tensor


class Fitter(BaseFitter[Configuration, TrainingPlan]):
    """Fits Model-L, then Model-LB from it."""

    def fit_all(self, crops: Crops, imagenet: Path | None = None) -> dict[str, nn.Module]:
        """Return both networks by part, in eval mode.

        Parameters
        ----------
        imagenet
            Local file of ImageNet weights that the branches start from (paper, section 2.5).
        """
        lesion = self._build("l", imagenet)
        assert isinstance(lesion, Branch)
        self._fit(
            "l", lesion, crops, self.plan.lesion, lambda batch: self.lesion_loss(lesion, batch)
        )
        both = self._build("lb", imagenet)
        assert isinstance(both, LesionBackground)
        both.lesion.load_state_dict(lesion.state_dict())
        self._fit("lb", both, crops, self.plan.both, lambda batch: self.both_loss(both, batch))
        return {"l": lesion, "lb": both}

    def lesion_loss(self, network: Branch, batch: Batch) -> Tensor:
        """Binary cross entropy of malignancy plus batch-hard triplet loss of the features."""
        with self._reduced():
            features = network.features(network_input(batch.lesions).to(self.device))
        features = features.float()
        logits = network.fc(features)[:, 0]
        return _malignancy(logits, batch) + self._triplet(features, batch)

    def both_loss(self, network: LesionBackground, batch: Batch) -> Tensor:
        """Cross entropies of the final output, the lesion branch and the background's types.

        The paper supervises the background branch, of three types, by "binary cross entropy":
        taken as one output per type against the others, averaged.
        """
        with self._reduced():
            pairs = pair_input(batch.lesions, batch.backgrounds).to(self.device)
            lesion = network.lesion.features(pairs[:, :3])
            background = network.background.features(pairs[:, 3:])
        lesion, background = lesion.float(), background.float()
        final = network.fc(torch.cat([lesion, background], dim=1))[:, 0]
        types = functional.one_hot(batch.background, len(BACKGROUNDS)).float().to(self.device)
        return (
            _malignancy(final, batch)
            + _malignancy(network.lesion.fc(lesion)[:, 0], batch)
            + functional.binary_cross_entropy_with_logits(network.background.fc(background), types)
            + self._triplet(lesion, batch)
        )

    def _triplet(self, features: Tensor, batch: Batch) -> Tensor:
        loss = batch_hard_triplet(features, batch.malignant.to(features.device))
        return self.plan.triplet_weight * loss

    def _fit(
        self,
        name: str,
        network: nn.Module,
        crops: Crops,
        recipe: Recipe,
        loss: Callable[[Batch], Tensor],
    ) -> None:
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        sampler = BalancedSampler(crops.lesion.numpy(), crops.malignant.astype(int).tolist())
        rng, noise = self._randomness()
        fit(
            network,
            recipe,
            lambda _: loss(self.draw(crops, sampler, recipe.batch, rng, noise)),
            progress=self._report(name, recipe),
        )

    def draw(
        self,
        crops: Crops,
        sampler: BalancedSampler,
        batch: int,
        rng: np.random.Generator,
        noise: torch.Generator,
    ) -> Batch:
        """Draw lesions, as many malignant as benign, some images of each, and change them."""
        per_lesion = self.plan.images_per_lesion
        chosen = torch.from_numpy(sampler.draw(batch // per_lesion, per_lesion, rng)).flatten()
        boxed = torch.from_numpy(rng.random(len(chosen)) < self.plan.boxed_share)[:, None, None]
        lesions = torch.where(boxed, crops.boxed[chosen], crops.lesions[chosen]).float() / 255
        backgrounds = crops.backgrounds[chosen].float() / 255
        lesion = crops.lesion[chosen].numpy()
        side = self.settings.side_px
        return Batch(
            augment(lesions, side, CHANGES, noise),
            augment(backgrounds, side, CHANGES, noise),
            torch.from_numpy(crops.malignant[lesion]),
            torch.from_numpy(crops.background[lesion]),
        )

    def _build(self, part: str, imagenet: Path | None) -> nn.Module:
        torch.manual_seed(self.seed)
        network = build(part, self.settings.name)
        branch = network.background if isinstance(network, LesionBackground) else network
        if imagenet is not None:
            _load_trunk(branch, self.settings, imagenet)
        return network


def _load_trunk(branch: nn.Module, settings: Configuration, path: Path) -> None:
    """Copy a plain ResNet's convolutions into a branch; its head stays as it was drawn."""
    trunk = ResNetTrunk(settings.depth, width=settings.width, pool_stem=settings.pool_stem)
    load_backbone(trunk, path)
    branch.load_state_dict(trunk.state_dict(), strict=False)


def _malignancy(logits: Tensor, batch: Batch) -> Tensor:
    target = batch.malignant.float().to(logits.device)
    return functional.binary_cross_entropy_with_logits(logits, target)
