"""Fit LiLNet's networks to images in memory."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detection.loss import detector_loss
from inference.pipelines.lilnet_ct.configuration import LEAVES, PARTS, Configuration
from inference.pipelines.lilnet_ct.detector_batches import TileSampler
from inference.pipelines.lilnet_ct.liver_fitting import LiverImage, fit_liver
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
from inference.training.fitter import BaseFitter
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


class Fitter(BaseFitter[Configuration, TrainingPlan]):
    """Fits LiLNet's networks; see `BaseFitter`."""

    def classifiers(self, crops: Crops) -> dict[str, nn.Module]:
        """Return the three classifiers, by part, in eval mode."""
        networks: dict[str, nn.Module] = {}
        trunk = None if self.plan.trunk is None else self.trunk(crops, self.plan.trunk)
        for part, classes in PARTS.items():
            network = self._build(part)
            assert isinstance(network, LiLNet)
            if trunk is not None:
                start = {k: v for k, v in trunk.state_dict().items() if not k.startswith(HEADS)}
                network.load_state_dict(start, strict=False)
            recipe = self.plan.parts[part]
            self._fit_classifier(part, network, crops, classes, recipe)
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
        self._fit_classifier("trunk", network, crops, LEAVES, recipe)
        return network

    def detector(self, slices: Slices) -> nn.Module:
        """Fit the detector to tiles of slices with and without lesions."""
        network = self._build("detector")
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        rng, noise = self._randomness()
        recipe, sampler = self.plan.detector, TileSampler(slices, self.plan.tile_px)

        def loss(_: int) -> Tensor:
            tiles = sampler.draw(recipe.batch, rng)
            side = tiles.images.shape[-1]
            images = augment(tiles.images, side, DETECTOR_CHANGES, noise)
            with self._reduced():
                predictions = network(images[:, None].expand(-1, 3, -1, -1).to(self.device))
            return detector_loss(predictions.float(), tiles.boxes.to(self.device), side)

        fit(network, recipe, loss, progress=self._report("detector", recipe))
        return network

    def liver(self, images: list[LiverImage]) -> nn.Module:
        """Fit the liver segmentation."""
        network = self._build("liver").to(self.device)
        recipe = self.plan.liver
        fit_liver(network, images, recipe, self.seed, self._report("liver", recipe))
        return network

    def _fit_classifier(
        self,
        name: str,
        network: LiLNet,
        crops: Crops,
        classes: Sequence[str],
        recipe: Recipe,
    ) -> None:
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        labels = class_indices(crops.classes, classes)
        # Leaves count the same, also where the network joins them to branches.
        leaves = class_indices(crops.classes, [c for b in classes for c in PARTS.get(b, (b,))])
        sampler = BalancedSampler(crops.lesion.numpy(), leaves)
        rng, noise = self._randomness()

        per_lesion = self.plan.lesion_images
        n_lesions = max(1, recipe.batch // per_lesion)

        def loss(_: int) -> Tensor:
            chosen = torch.from_numpy(sampler.draw(n_lesions, per_lesion, rng)).flatten()
            grey = crops.images[chosen].float() / 255
            images = augment(grey, self.settings.crop_px, CLASSIFIER_CHANGES, noise)
            wanted = torch.tensor([labels[i] for i in crops.lesion[chosen].tolist()])
            with self._reduced():
                joint = network.joint(network_input(images).to(self.device))
            return self._loss(joint, wanted.to(self.device))

        fit(network, recipe, loss, progress=self._report(name, recipe))

    def _loss(self, joint: JointLogits, classes: Tensor) -> Tensor:
        """The published loss of the images, and the cross entropy of each lesion's mean logits."""
        per_lesion, weight = self.plan.lesion_images, self.plan.lesion_weight
        published = loss_terms(joint, classes).total
        if weight == 0:
            return published
        mean_logits = aggregate(joint).view(-1, per_lesion, joint.distilled.shape[1]).mean(dim=1)
        by_lesion = functional.cross_entropy(mean_logits, classes[::per_lesion])
        return (1 - weight) * published + weight * by_lesion

    def _build(self, part: str) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(part, self.settings.name)


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
