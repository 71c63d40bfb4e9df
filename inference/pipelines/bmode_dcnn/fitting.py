"""Fit DCNN-US's networks to crops in memory."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.layers.optimise import fast_dtype
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
from inference.training.augment import augment
from inference.training.balance import BalancedSampler
from inference.training.loop import Recipe, fit


@dataclass(frozen=True, eq=False)
class Batch:
    """Changed crops (n, side, side) in [0, 1] with their labels (n,)."""

    lesions: Tensor
    backgrounds: Tensor
    malignant: Tensor
    background: Tensor


@dataclass(frozen=True, eq=False)
class Fitter:
    """Fits Model-L, then Model-LB from it, all from one seed.

    Parameters
    ----------
    settings, plan
        What is trained and how.
    seed
        Of initial weights, batches and augmentation.
    device
        Where it is trained; convolutions in bfloat16 where the device computes it.
    progress
        Called after each step with a network's name, the steps done and wanted.
    """

    settings: Configuration
    plan: TrainingPlan
    seed: int
    device: torch.device
    progress: Callable[[str, int, int], None]

    def fit_all(self, crops: Crops) -> dict[str, nn.Module]:
        """Return both networks by part, in eval mode."""
        lesion = self._build("l")
        assert isinstance(lesion, Branch)
        self._fit(
            "l", lesion, crops, self.plan.lesion, lambda batch: self.lesion_loss(lesion, batch)
        )
        both = self._build("lb")
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
        rng = np.random.default_rng(self.seed)
        noise = torch.Generator().manual_seed(self.seed)
        fit(
            network,
            recipe,
            lambda _: loss(self.draw(crops, sampler, recipe.batch, rng, noise)),
            progress=lambda step, _: self.progress(name, step, recipe.steps),
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

    def _build(self, part: str) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(part, self.settings.name)

    def _reduced(self) -> torch.autocast:
        dtype = fast_dtype(self.device)
        return torch.autocast(self.device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)


def _malignancy(logits: Tensor, batch: Batch) -> Tensor:
    target = batch.malignant.float().to(logits.device)
    return functional.binary_cross_entropy_with_logits(logits, target)
