"""Fit the network to lesions in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import ContrastPhase
from inference.pipelines.fourphase_ct.configuration import (
    CLASSES,
    PART,
    PHASE_SETS,
    RING,
    Configuration,
)
from inference.pipelines.fourphase_ct.network import FourPhaseNet, Outputs, build
from inference.pipelines.fourphase_ct.predict import run_network
from inference.pipelines.fourphase_ct.preprocess import pseudo_colour
from inference.pipelines.fourphase_ct.recipes import TrainingPlan
from inference.pipelines.fourphase_ct.samples import Lesions
from inference.training.augment import Augmentation, augment
from inference.training.fitter import BaseFitter
from inference.training.loop import fit

LEAST_HU, RANGE_HU = -1024.0, 2048.0
SET_ODDS = (0.6, 0.2, 0.2)
"""How often a batch shows all four phases, or lacks the delayed or the portal venous one."""


@dataclass(frozen=True, eq=False)
class Fitter(BaseFitter[Configuration, TrainingPlan]):
    """Fits the network of one variant, a name out of `VARIANTS`."""

    variant: str = "full"

    def fit(
        self, lesions: Lesions, prepare: Callable[[FourPhaseNet], None] = lambda network: None
    ) -> FourPhaseNet:
        """Return a trained network in eval mode.

        Parameters
        ----------
        lesions
            To train on.
        prepare
            Called with the untrained network, to load pretrained trunks.
        """
        torch.manual_seed(self.seed)
        network = build(PART, self.settings.name, self.variant)
        assert isinstance(network, FourPhaseNet)
        prepare(network)
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        recipe = self.plan.recipe
        batches = Batches(lesions, self.settings, self.plan.changes, *self._randomness())

        def loss(_: int) -> Tensor:
            images, labels, phases = batches.draw(recipe.batch)
            with self._reduced():
                features = network.features(images.to(self.device), phases)
            outputs = network.judge(features.float(), len(images), phases)
            return network.loss(outputs, labels.to(self.device))

        fit(network, recipe, loss, progress=self._report(self.variant, recipe))
        return network


class Batches:
    """Draws lesions, classes equally often, in one of the phase sets for the whole batch."""

    def __init__(
        self,
        lesions: Lesions,
        settings: Configuration,
        changes: Augmentation,
        rng: np.random.Generator,
        noise: torch.Generator,
    ) -> None:
        self._lesions, self._settings, self._changes = lesions, settings, changes
        self._rng, self._noise = rng, noise
        self._labels = lesions.labels()
        self._candidates = [self._by_class(phases) for phases in PHASE_SETS]
        odds = np.array(SET_ODDS) * [all(map(len, own)) for own in self._candidates]
        self._odds = odds / odds.sum()

    def draw(self, count: int) -> tuple[Tensor, Tensor, tuple[ContrastPhase, ...]]:
        """Return images (count, phases, slices, 3, h, w), classes (count,) and the phases."""
        number = int(self._rng.choice(len(PHASE_SETS), p=self._odds))
        phases, candidates = PHASE_SETS[number], self._candidates[number]
        # As many of each class as the batch allows, the odd one at random.
        order = self._rng.permutation(len(CLASSES))
        classes = [int(order[n % len(CLASSES)]) for n in range(count)]
        chosen = torch.tensor([int(self._rng.choice(candidates[label])) for label in classes])
        hu = self._lesions.hu[chosen][:, [RING.index(phase) for phase in phases]].float()
        grey = ((hu - LEAST_HU) / RANGE_HU).clamp(0, 1).flatten(1, 2)
        grey = augment(grey, self._settings.side_px, self._changes, self._noise)
        changed = (grey * RANGE_HU + LEAST_HU).view(hu.shape)
        return pseudo_colour(changed, self._settings), self._labels[chosen], phases

    def _by_class(self, phases: Sequence[ContrastPhase]) -> list[list[int]]:
        there = self._lesions.having(phases).tolist()
        return [
            [n for n in there if int(self._labels[n]) == label] for label in range(len(CLASSES))
        ]


def in_phases(
    network: FourPhaseNet,
    lesions: Lesions,
    phases: Sequence[ContrastPhase],
    settings: Configuration,
    device: torch.device,
) -> Outputs:
    """Return the logits of all tasks for lesions, from these phases, which all of them have."""
    batch = 4 * settings.batch
    parts = []
    for start in range(0, len(lesions.rows), batch):
        hu = lesions.hu[start : start + batch, [RING.index(phase) for phase in phases]].float()
        images = pseudo_colour(hu, settings).to(device)
        parts.append(run_network(network, images, phases, settings.batch))
    predictions = [part.prediction for part in parts if part.prediction is not None]
    return Outputs(
        torch.cat(predictions) if predictions else None,
        torch.cat([part.phases for part in parts]),
    )


def probabilities(
    network: FourPhaseNet,
    lesions: Lesions,
    settings: Configuration,
    device: torch.device,
    judge: Callable[[Outputs], Tensor] | None = None,
) -> NDArray[np.float64]:
    """Return the probabilities (n, classes) of lesions, each from all phases it has.

    Parameters
    ----------
    judge
        Takes the logits of all tasks and returns those to decide on (n, classes); None takes the
        balanced ones.
    """
    judge = judge or network.balanced
    found = np.full((len(lesions.rows), len(CLASSES)), np.nan)
    for phases in reversed(PHASE_SETS):  # the richest set a lesion has comes last
        rows = lesions.having(phases).tolist()
        if rows:
            outputs = in_phases(network, lesions.at(rows), phases, settings, device)
            found[rows] = judge(outputs).double().softmax(dim=1).numpy()
    return found
