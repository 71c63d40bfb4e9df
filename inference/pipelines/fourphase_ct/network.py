"""Four ResNets that exchange attention, a 1-D residual network and a GRU over slices.

Qiao et al. 2024: "Multi-phase information fusion framework (MIFF)", equation 1; "Spatiotemporal
prediction module (SPM)", figure 7; "Multi-task learning framework", equation 2.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.contracts import ContrastPhase
from inference.errors import UnusableInput
from inference.layers.cbam import ChannelAttention, SpatialAttention
from inference.layers.resnet import ResNetTrunk
from inference.pipelines.fourphase_ct.configuration import (
    CLASSES,
    CONFIGURATIONS,
    PART,
    RING,
    VARIANTS,
    Configuration,
    Variant,
)


class Outputs(NamedTuple):
    """Logits of the tasks.

    Parameters
    ----------
    prediction
        (n, classes), X_f of the prediction module; None in a variant without it.
    phases
        (n, phases, classes), X_n, X_a, X_p and X_d: each phase's own, mean over its slices.
    """

    prediction: Tensor | None
    phases: Tensor


class PhaseAttention(nn.Module):
    """Channel and spatial weights that one phase hands to its neighbours, per residual stage."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channel = ChannelAttention(channels)
        self.spatial = SpatialAttention()

    def forward(self, features: Tensor) -> Tensor:
        """Map features (n, k, h, w) to W_C + W_S, (n, k, h, w)."""
        weights: Tensor = self.channel(features) + self.spatial(features)
        return weights


class ResidualBlock1d(nn.Module):
    """Two convolutions along the slices, with a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels, slices) to the same shape."""
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(y)) + x)


class SpatiotemporalPrediction(nn.Module):
    """The prediction module: 1-D residual network over the joined phases, GRU over the slices.

    Parameters
    ----------
    channels
        Of all four phases' feature vectors together.
    fused, hidden, n_classes
        Channels of the residual network, of the GRU, and of its classifier.
    """

    def __init__(self, channels: int, fused: int, hidden: int, n_classes: int) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(
            nn.Conv1d(channels, fused, 1, bias=False), nn.BatchNorm1d(fused), nn.ReLU()
        )
        self.blocks = nn.Sequential(ResidualBlock1d(fused), ResidualBlock1d(fused))
        self.gru = nn.GRU(fused, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, n_classes)

    def forward(self, vectors: Tensor) -> Tensor:
        """Map the phases' vectors (n, slices, channels) to logits (n, classes)."""
        fused = self.blocks(self.squeeze(vectors.transpose(1, 2))).transpose(1, 2)
        logits: Tensor = self.fc(self.gru(fused)[0][:, -1])
        return logits


class FourPhaseNet(nn.Module):
    """The whole network.

    Parameters
    ----------
    settings
        Its size.
    variant
        Which of the paper's ideas it has.

    Notes
    -----
    Input (n, phases, slices, 3, h, w) float32, pseudo-colour in [-1, 1], slices from foot to head;
    phases in the order of `RING`, all four unless said otherwise. Output (n, 2) logits of HCC and
    ICC: (1 - lambda) X_f + lambda (X_n + X_a + X_p + X_d) / 4, the mean over those there are.
    Each trunk has torchvision's names of parameters. A phase that is missing leaves the ring,
    whose other phases close up, and gives zeros to the prediction module.
    """

    def __init__(self, settings: Configuration, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        n_classes = len(CLASSES)
        self.trunks = nn.ModuleDict(
            {
                phase.value: ResNetTrunk(
                    settings.depth, width=settings.width, pool_stem=settings.pool_stem
                )
                for phase in RING
            }
        )
        widths = [settings.width * 2**n for n in range(4)]
        self.perception = nn.ModuleDict(
            {
                f"stage{stage}": nn.ModuleDict(
                    {phase.value: PhaseAttention(widths[stage - 1]) for phase in RING}
                )
                for stage in variant.perception
            }
        )
        self.channels = widths[3]
        self.stride = 32 if settings.pool_stem else 16
        self.predictor = (
            SpatiotemporalPrediction(
                len(RING) * self.channels, settings.fused, settings.hidden, n_classes
            )
            if variant.balance < 1
            else None
        )
        self.heads = (
            nn.ModuleDict({phase.value: nn.Linear(self.channels, n_classes) for phase in RING})
            if variant.balance > 0
            else None
        )

    def forward(self, images: Tensor, phases: Sequence[ContrastPhase] = RING) -> Tensor:
        """Return the balanced logits (n, classes) of images (n, phases, slices, 3, h, w)."""
        return self.balanced(self.outputs(images, phases))

    def outputs(self, images: Tensor, phases: Sequence[ContrastPhase] = RING) -> Outputs:
        """Return the logits of all tasks; see `forward`."""
        return self.judge(self.features(images, phases), len(images), phases)

    def features(self, images: Tensor, phases: Sequence[ContrastPhase] = RING) -> Tensor:
        """Return the last feature maps (phases * n * slices, k, h, w), phases outermost."""
        if images.shape[1] != len(phases):
            raise ValueError(f"{images.shape[1]} phases were given, {len(phases)} were named")
        names = [phase.value for phase in phases]
        maps = [
            self.trunks[name].stem(images[:, n].flatten(0, 1))  # type: ignore[operator]
            for n, name in enumerate(names)
        ]
        for stage in range(1, 5):
            maps = [
                getattr(self.trunks[name], f"layer{stage}")(own)
                for name, own in zip(names, maps, strict=True)
            ]
            if stage in self.variant.perception:
                maps = self._perceive(maps, f"stage{stage}", names)
        return torch.cat(maps).float()

    def judge(self, features: Tensor, n: int, phases: Sequence[ContrastPhase] = RING) -> Outputs:
        """Return the logits of all tasks from the last feature maps of n lesions."""
        vectors = features.mean(dim=(2, 3)).view(len(phases), n, -1, self.channels)
        names = [phase.value for phase in phases]
        if self.heads is None:
            singles = vectors.new_zeros(n, len(phases), len(CLASSES))
        else:
            logits = [
                self.heads[name](own).mean(dim=1) for name, own in zip(names, vectors, strict=True)
            ]
            singles = torch.stack(logits, dim=1)
        if self.predictor is None:
            return Outputs(None, singles)
        nothing = torch.zeros_like(vectors[0])
        there = dict(zip(phases, vectors, strict=True))
        joined = torch.cat([there.get(phase, nothing) for phase in RING], dim=-1)
        return Outputs(self.predictor(joined), singles)

    def balanced(self, outputs: Outputs) -> Tensor:
        """Return what is decided on (n, classes): the argument of E in equation 2."""
        single = outputs.phases.mean(dim=1)
        if outputs.prediction is None:
            return single
        share = self.variant.balance
        return (1 - share) * outputs.prediction + share * single

    def loss(self, outputs: Outputs, classes: Tensor) -> Tensor:
        """Return the training loss of lesions of classes (n,); see `Variant.plain`."""
        if not self.variant.plain or outputs.prediction is None:
            return functional.cross_entropy(self.balanced(outputs), classes)
        share, n_phases = self.variant.balance, outputs.phases.shape[1]
        main = functional.cross_entropy(outputs.prediction, classes)
        every = classes.repeat_interleave(n_phases)
        single = functional.cross_entropy(outputs.phases.flatten(0, 1), every)
        return (1 - share) * main + share * single

    def _perceive(self, maps: list[Tensor], stage: str, names: Sequence[str]) -> list[Tensor]:
        """Equation 1: each phase is weighted by what its two neighbours in the ring attend to."""
        attention = self.perception[stage]
        weights = [
            attention[name](own)  # type: ignore[index]
            for name, own in zip(names, maps, strict=True)
        ]
        count = len(maps)
        return [own * (weights[n - 1] + weights[(n + 1) % count]) for n, own in enumerate(maps)]


def build(part: str, configuration: str, variant: str = "full") -> nn.Module:
    """Return an untrained network.

    Raises
    ------
    UnusableInput
        ``unknown_part`` or ``unknown_variant``.
    """
    if part != PART:
        raise UnusableInput(
            "unknown_part", f"The four-phase system has no part {part!r}; choose {PART}."
        )
    if variant not in VARIANTS:
        raise UnusableInput(
            "unknown_variant",
            f"There is no variant {variant!r}; choose {', '.join(VARIANTS)}.",
        )
    return FourPhaseNet(CONFIGURATIONS[configuration], VARIANTS[variant])
