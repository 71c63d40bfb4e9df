"""Fit LiLNet's networks to images in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detection.loss import detector_loss
from inference.detection.network import Detector
from inference.layers.optimise import fast_dtype
from inference.pipelines.lilnet_ct.configuration import LEAVES, PARTS, Configuration
from inference.pipelines.lilnet_ct.network import (
    JointLogits,
    LiLNet,
    aggregate,
    build,
    loss_terms,
)
from inference.pipelines.lilnet_ct.preprocess import network_input
from inference.pipelines.lilnet_ct.recipes import (
    CLASSIFIER_CHANGES,
    DETECTOR_CHANGES,
    TrainingPlan,
)
from inference.pipelines.lilnet_ct.samples import Crops, Slices
from inference.training.augment import augment
from inference.training.balance import BalancedSampler
from inference.training.loop import Recipe, fit

HEADS = ("fc.", "fc3.", "fc_SD.", "fc_ens.")


def class_indices(codes: Sequence[str], classes: Sequence[str]) -> list[int]:
    """Return each lesion's class in a network, -1 where it has none.

    Parameters
    ----------
    codes
        Leaf classes of the lesions.
    classes
        Classes of the network: leaves, or branches that hold them.
    """
    index = {}
    for position, name in enumerate(classes):
        index.update(dict.fromkeys(PARTS.get(name, (name,)), position))
    return [index.get(code, -1) for code in codes]


@dataclass(frozen=True, eq=False)
class Fitter:
    """Fits one network after the other, all from one seed.

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

    def fit_all(self, crops: Crops, slices: Slices) -> dict[str, nn.Module]:
        """Return the detector and the three classifiers, by part, in eval mode."""
        networks: dict[str, nn.Module] = {"detector": self.detector(slices)}
        trunk = None if self.plan.trunk is None else self.trunk(crops, self.plan.trunk)
        for part, classes in PARTS.items():
            network = self._build(part)
            assert isinstance(network, LiLNet)
            if trunk is not None:
                start = {k: v for k, v in trunk.state_dict().items() if not k.startswith(HEADS)}
                network.load_state_dict(start, strict=False)
            recipe = self.plan.parts[part]
            self._fit_classifier(part, network, crops, classes, recipe, _published_loss)
            networks[part] = network
        return networks

    def trunk(self, crops: Crops, recipe: Recipe) -> LiLNet:
        """Fit a network for all six classes; its convolutions are what the three start from."""
        torch.manual_seed(self.seed)
        settings = self.settings
        network = LiLNet(
            len(LEAVES),
            depth=settings.depth,
            width=settings.width,
            pool_stem=settings.pool_stem,
        )
        self._fit_classifier("trunk", network, crops, LEAVES, recipe, _plain_loss)
        return network

    def detector(self, slices: Slices) -> nn.Module:
        """Fit the detector to slices with and without lesions."""
        network = self._build("detector")
        assert isinstance(network, Detector)
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        rng, noise = self._randomness()
        recipe, side = self.plan.detector, self.settings.detector.image_px

        def loss(_: int) -> Tensor:
            chosen = torch.from_numpy(rng.integers(len(slices.images), size=recipe.batch))
            grey = slices.images[chosen].float() / 255
            images, boxes = _flipped(grey, slices.boxes[chosen], rng)
            images = augment(images, side, DETECTOR_CHANGES, noise)
            with self._reduced():
                predictions = network(_three_channels(images).to(self.device))
            return detector_loss(predictions, boxes.to(self.device), side)

        fit(network, recipe, loss, progress=self._report("detector", recipe))
        return network

    def _fit_classifier(
        self,
        name: str,
        network: LiLNet,
        crops: Crops,
        classes: Sequence[str],
        recipe: Recipe,
        loss_of: Callable[[JointLogits, Tensor], Tensor],
    ) -> None:
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        labels = class_indices(crops.classes, classes)
        # Leaves count the same, also where the network joins them to branches.
        leaves = class_indices(crops.classes, [c for b in classes for c in PARTS.get(b, (b,))])
        sampler = BalancedSampler(crops.lesion.numpy(), leaves)
        rng, noise = self._randomness()

        def loss(_: int) -> Tensor:
            chosen = torch.from_numpy(sampler.draw(recipe.batch, rng))
            grey = crops.images[chosen].float() / 255
            images = augment(grey, self.settings.crop_px, CLASSIFIER_CHANGES, noise)
            wanted = torch.tensor([labels[i] for i in crops.lesion[chosen].tolist()])
            with self._reduced():
                joint = network.joint(network_input(images).to(self.device))
            return loss_of(joint, wanted.to(self.device))

        fit(network, recipe, loss, progress=self._report(name, recipe))

    def _build(self, part: str) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(part, self.settings.name)

    def _randomness(self) -> tuple[np.random.Generator, torch.Generator]:
        return np.random.default_rng(self.seed), torch.Generator().manual_seed(self.seed)

    def _reduced(self) -> torch.autocast:
        dtype = fast_dtype(self.device)
        return torch.autocast(self.device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)

    def _report(self, name: str, recipe: Recipe) -> Callable[[int, float], None]:
        return lambda step, _: self.progress(name, step, recipe.steps)


def accuracy(
    network: LiLNet, crops: Crops, classes: Sequence[str], settings: Configuration
) -> float:
    """Return the share of lesions whose mean logits over all crops are highest for their class."""
    margin = (crops.images.shape[-1] - settings.crop_px) // 2
    inner = slice(margin, margin + settings.crop_px)
    device = next(network.parameters()).device
    with torch.inference_mode():
        logits = torch.cat(
            [
                network(network_input(part[:, inner, inner].float() / 255).to(device)).cpu()
                for part in torch.split(crops.images, 64)
            ]
        )
    hits = []
    for lesion, label in enumerate(class_indices(crops.classes, classes)):
        rows = logits[crops.lesion == lesion]
        if label >= 0 and len(rows):
            hits.append(int(rows.mean(dim=0).argmax()) == label)
    return float(np.mean(hits)) if hits else float("nan")


def _published_loss(joint: JointLogits, classes: Tensor) -> Tensor:
    return loss_terms(joint, classes).total


def _plain_loss(joint: JointLogits, classes: Tensor) -> Tensor:
    """Cross entropy of the aggregated and of the unmasked prediction, without view labels."""
    return functional.cross_entropy(aggregate(joint), classes) + functional.cross_entropy(
        joint.distilled, classes
    )


def _flipped(images: Tensor, boxes: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Mirror a whole batch left-right and up-down at random, boxes with it."""
    side = images.shape[-1]
    real = (boxes[..., 2:3] > boxes[..., :1]).float()
    for axis, (low, high) in ((2, (0, 2)), (1, (1, 3))):
        if rng.random() < 0.5:
            images = images.flip(axis)
            boxes = boxes.clone()
            boxes[..., [low, high]] = (side - boxes[..., [high, low]]) * real
    return images, boxes


def _three_channels(images: Tensor) -> Tensor:
    return images[:, None].expand(-1, 3, -1, -1)
