"""Fit Model-DCB's networks to videos in memory, in the paper's two stages."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.layers.batching import in_batches
from inference.pipelines.ceus_dcb.augmentation import VideoChanges, changed, middle
from inference.pipelines.ceus_dcb.clinic import correlations, selected
from inference.pipelines.ceus_dcb.configuration import (
    CLASSES,
    CLINICAL,
    MODELS,
    VIDEO_PARTS,
    Configuration,
)
from inference.pipelines.ceus_dcb.network import (
    Fusion,
    StreamLogits,
    VideoNetwork,
    build,
    three_losses,
)
from inference.pipelines.ceus_dcb.preprocess import network_input
from inference.pipelines.ceus_dcb.recipes import TrainingPlan
from inference.pipelines.ceus_dcb.samples import Samples
from inference.pipelines.ceus_dcb.targets import loss_for, targets_of
from inference.training.fitter import BaseFitter
from inference.training.loop import fit

Floats = NDArray[np.float64]


class Fitter(BaseFitter[Configuration, TrainingPlan]):
    """Fits Model-DCB's networks; see `BaseFitter`."""

    def modules(
        self, samples: Samples, trunks: Callable[[nn.Module], None]
    ) -> dict[str, nn.Module]:
        """Fit what reads videos, on training set A (no OT).

        Parameters
        ----------
        trunks
            Called with each network before it is fitted; may load pretrained streams.
        """
        networks: dict[str, nn.Module] = {}
        for part in VIDEO_PARTS:
            network = self._build(part)
            assert isinstance(network, VideoNetwork)
            trunks(network)
            if part == "biomarker" and self.plan.from_disease:
                start = networks["disease"].state_dict()
                streams = {k: v for k, v in start.items() if ".trunk." in k or ".lstm." in k}
                network.load_state_dict(network.state_dict() | streams)
            self._fit_videos(part, network, samples)
            networks[part] = network
        return networks

    def fusions(
        self, evidence: Floats, classes: Sequence[str], used: NDArray[np.bool_]
    ) -> dict[str, nn.Module]:
        """Fit the four models of the second stage, on training set B (with OT).

        Parameters
        ----------
        evidence
            (n, columns of `EVIDENCE`), NaN where missing.
        classes
            Class code of each row.
        used
            (clinical variables,) those that Module-Clinic keeps.
        """
        return {part: self._fit_fusion(part, evidence, classes, used) for part in MODELS}

    def _fit_videos(self, part: str, network: VideoNetwork, samples: Samples) -> None:
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        targets = targets_of(part, samples)
        rows = np.flatnonzero(~np.isnan(targets).all(axis=1))
        criterion = loss_for(part, targets[rows]).to(self.device)
        rng, _ = self._randomness()
        recipe = self.plan.parts[part]
        order = _endless(rows, rng)

        def loss(_: int) -> Tensor:
            chosen = [next(order) for _ in range(recipe.batch)]
            images, flows = changed(
                samples.images[chosen],
                samples.flows[chosen],
                self.settings.roi_px,
                VideoChanges(),
                rng,
            )
            wanted = torch.from_numpy(targets[chosen]).float().to(self.device)
            with self._reduced():
                streams = network.streams(network_input(images, flows).to(self.device))
            exact = StreamLogits(*(logits.float() for logits in streams))
            return three_losses(exact, lambda logits: criterion(logits, wanted))

        fit(network, recipe, loss, progress=self._report(part, recipe))

    def _fit_fusion(
        self, part: str, evidence: Floats, classes: Sequence[str], used: NDArray[np.bool_]
    ) -> Fusion:
        network = self._build(part)
        assert isinstance(network, Fusion)
        network.mean.copy_(torch.from_numpy(np.nanmean(evidence, axis=0)))
        network.scale.copy_(torch.from_numpy(np.nanstd(evidence, axis=0) + 1e-6))
        network.used[-len(CLINICAL) :] *= torch.from_numpy(used)
        labels = torch.tensor([CLASSES.index(code) for code in classes])
        counts = torch.bincount(labels, minlength=len(CLASSES)).clamp(min=1)
        weights = len(labels) / (len(CLASSES) * counts)
        rows = torch.from_numpy(evidence).float()

        def loss(_: int) -> Tensor:
            return functional.cross_entropy(network(rows), labels, weights)

        fit(network, self.plan.fusion, loss, progress=self._report(part, self.plan.fusion))
        return network

    def _build(self, part: str) -> nn.Module:
        torch.manual_seed(self.seed)
        return build(part, self.settings.name)


def evidence_of(
    networks: Mapping[str, nn.Module], samples: Samples, settings: Configuration
) -> Floats:
    """Return what the second stage reads of unchanged videos, (n, columns of `EVIDENCE`)."""
    columns = []
    for part in ("disease", "biomarker"):
        network = networks[part]
        device = next(network.parameters()).device

        def probabilities(
            rows: Tensor, network: nn.Module = network, device: torch.device = device
        ) -> Tensor:
            cut = middle(samples.images[rows], samples.flows[rows], settings.roi_px)
            logits: Tensor = network(network_input(*cut).to(device))
            return logits.sigmoid().cpu()

        with torch.inference_mode():
            found = in_batches(probabilities, torch.arange(len(samples.classes)), settings.batch)
        columns.append(found.double().numpy())
    return np.concatenate((*columns, samples.clinical), axis=1)


def kept_variables(samples: Samples) -> tuple[NDArray[np.bool_], Floats]:
    """Return which clinical variables Module-Clinic keeps, and all correlations."""
    labels = np.array([CLASSES.index(code) for code in samples.classes])
    table = correlations(samples.clinical, labels, len(CLASSES))
    return selected(table), table


def _endless(rows: NDArray[np.int64], rng: np.random.Generator) -> Iterator[int]:
    """Yield rows in a new random order each time round."""
    while True:
        yield from rng.permutation(rows).tolist()
