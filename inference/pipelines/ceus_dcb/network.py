"""Two streams, an LSTM each, adaptive weighting; and the perceptron of the second stage.

Paper: "CEUS processing", "Two-stage model construction". Two-stream networks: Simonyan and
Zisserman 2014; LSTM: Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735. The streams
are `inference.layers.resnet` trunks with torchvision's parameter names, so that ImageNet weights
load key by key.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.errors import UnusableInput
from inference.layers.resnet import ResNetTrunk
from inference.pipelines.ceus_dcb.configuration import (
    CLASSES,
    CONFIGURATIONS,
    DISEASES,
    EVIDENCE,
    MODELS,
    VIDEO_PARTS,
    Configuration,
)

LOSS_WEIGHTS = (0.25, 0.25, 0.5)
"""Of the spatial, the temporal and the final loss. The paper's text gives none; these are ours."""


class StreamLogits(NamedTuple):
    """Logits (n, targets) of the spatial stream, the temporal stream and both together."""

    spatial: Tensor
    temporal: Tensor
    final: Tensor


class Maps(NamedTuple):
    """Last feature maps: (n, frames, k, h, w) of the spatial, (n, flows, k, h, w) of the other."""

    spatial: Tensor
    temporal: Tensor


class Stream(nn.Module):
    """A ResNet over every image of a sequence, pooled, and an LSTM over the sequence."""

    def __init__(self, depth: int, settings: Configuration, n_targets: int) -> None:
        super().__init__()
        self.trunk = ResNetTrunk(depth, width=settings.width, pool_stem=settings.pool_stem)
        self.lstm = nn.LSTM(self.trunk.channels4, settings.hidden, batch_first=True)
        self.fc = nn.Linear(settings.hidden, n_targets)

    def maps(self, sequence: Tensor) -> Tensor:
        """Map images (n, t, 3, h, w) to their last feature maps (n, t, k, h', w')."""
        found = self.trunk.stages(sequence.flatten(0, 1))[1]
        return found.view(*sequence.shape[:2], *found.shape[1:])

    def state(self, maps: Tensor) -> Tensor:
        """Return the LSTM's last state (n, hidden) after the pooled maps in order."""
        states: Tensor = self.lstm(maps.mean(dim=(3, 4)))[0]
        return states[:, -1]


class TwoStream(nn.Module):
    """One model over a video: spatial and temporal stream, weighted adaptively.

    A softmax gate reads both LSTM states and weighs the two streams' logits for each video and
    target. The paper says "adaptive weighting" without its form; this one is ours.
    """

    def __init__(self, settings: Configuration, n_targets: int) -> None:
        super().__init__()
        self.n_flows = settings.n_flows
        self.spatial = Stream(settings.spatial_depth, settings, n_targets)
        self.temporal = Stream(settings.temporal_depth, settings, n_targets)
        self.gate = nn.Linear(2 * settings.hidden, 2 * n_targets)

    def maps(self, video: Tensor) -> Maps:
        """Return the last feature maps of a video, see `VideoNetwork.forward`."""
        frames, flows = video[:, : -self.n_flows], video[:, -self.n_flows :]
        return Maps(self.spatial.maps(frames), self.temporal.maps(flows))

    def heads(self, maps: Maps) -> StreamLogits:
        """Return what LSTMs and gate make of feature maps."""
        seen, moved = self.spatial.state(maps.spatial), self.temporal.state(maps.temporal)
        spatial, temporal = self.spatial.fc(seen), self.temporal.fc(moved)
        gate = self.gate(torch.cat((seen, moved), dim=1)).view(len(seen), 2, -1).softmax(dim=1)
        return StreamLogits(spatial, temporal, gate[:, 0] * spatial + gate[:, 1] * temporal)


class VideoNetwork(nn.Module):
    """The sub-models of one module: one two-stream model per target, or one shared by all.

    Parameters
    ----------
    settings
        Sizes.
    n_targets
        Number of logits.
    shared
        Whether one two-stream model serves all targets.
    """

    def __init__(self, settings: Configuration, n_targets: int, *, shared: bool) -> None:
        super().__init__()
        sizes = [n_targets] if shared else [1] * n_targets
        self.models = nn.ModuleList(TwoStream(settings, size) for size in sizes)

    def maps(self, video: Tensor) -> list[Maps]:
        """Return each sub-model's feature maps."""
        return [model.maps(video) for model in self._models()]

    def heads(self, maps: list[Maps]) -> StreamLogits:
        """Return all targets' logits from the sub-models' feature maps."""
        parts = [model.heads(own) for model, own in zip(self._models(), maps, strict=True)]
        return StreamLogits(*(torch.cat(columns, dim=1) for columns in zip(*parts, strict=True)))

    def streams(self, video: Tensor) -> StreamLogits:
        """Return the three logits that training needs."""
        return self.heads(self.maps(video))

    def forward(self, video: Tensor) -> Tensor:
        """Map videos to logits (n, targets).

        Parameters
        ----------
        video
            (n, frames + flows, 3, h, w) float32: the regions of interest in time, grey levels
            (x - 0.5) / 0.5 in three equal channels, then the optical flow maps with channels
            x, y and length, in units of `flow.FULL_SCALE_PX`.
        """
        return self.streams(video).final

    def _models(self) -> list[TwoStream]:
        return [model for model in self.models if isinstance(model, TwoStream)]


class Fusion(nn.Module):
    """Perceptron from probabilities and clinical values to six classes.

    OT has no sub-model. Besides what the perceptron says, its logit grows with
    ``min(1 - p)`` over the five diseases, which is large only when all five are low: the paper's
    "basic rule". What a model doesn't read, and clinical variables that correlate with no class,
    is multiplied by 0; what is missing (NaN) counts as the training mean.

    Attributes
    ----------
    mean, scale
        (evidence,) standardisation of each column.
    used
        (evidence,) 1 for columns that are read.
    """

    mean: Tensor
    scale: Tensor
    used: Tensor

    def __init__(self, hidden: int, columns: tuple[str, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(len(EVIDENCE)))
        self.register_buffer("scale", torch.ones(len(EVIDENCE)))
        self.register_buffer("used", torch.tensor([float(name in columns) for name in EVIDENCE]))
        self.fc1 = nn.Linear(len(EVIDENCE), hidden)
        self.fc2 = nn.Linear(hidden, len(CLASSES))
        self.all_low = nn.Parameter(torch.zeros(()))

    def forward(self, evidence: Tensor) -> Tensor:
        """Map evidence (n, columns of `EVIDENCE`), NaN where missing, to logits (n, 6)."""
        standard = torch.nan_to_num((evidence - self.mean) / self.scale) * self.used
        logits: Tensor = self.fc2(functional.relu(self.fc1(standard)))
        lowest = (1 - evidence[:, : len(DISEASES)]).amin(dim=1)
        rule = functional.softplus(self.all_low) * lowest
        return torch.cat((logits[:, :-1], logits[:, -1:] + rule[:, None]), dim=1)


def three_losses(streams: StreamLogits, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the weighted sum of the spatial, the temporal and the final classification loss."""
    terms = [weight * loss(part) for weight, part in zip(LOSS_WEIGHTS, streams, strict=True)]
    return torch.stack(terms).sum()


def build(part: str, configuration: str) -> nn.Module:
    """Build a network with random weights: a module's sub-models, or a model of the second stage.

    ``direct`` (the paper's strategy A) is one model for five classes; its logits go through a
    softmax, those of ``disease`` and ``biomarker`` each through a sigmoid.

    Raises
    ------
    UnusableInput
        ``unknown_part``.
    """
    settings = CONFIGURATIONS[configuration]
    if part in VIDEO_PARTS:
        shared = settings.shared or part == "direct"
        return VideoNetwork(settings, len(VIDEO_PARTS[part]), shared=shared)
    if part in MODELS:
        return Fusion(settings.fusion_hidden, MODELS[part])
    names = ", ".join((*VIDEO_PARTS, *MODELS))
    raise UnusableInput("unknown_part", f"Model-DCB has no network {part!r}; choose {names}.")
