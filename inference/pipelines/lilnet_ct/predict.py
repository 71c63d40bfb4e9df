"""From crops to logits, from logits to the case's probabilities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.contracts import ContrastPhase, Stage
from inference.layers.batching import in_batches
from inference.pipelines.lilnet_ct.configuration import LEAVES, PARTS, Configuration
from inference.pipelines.lilnet_ct.locate import FoundLesion
from inference.pipelines.lilnet_ct.preprocess import (
    CropStack,
    core_slices,
    crop_lesion,
    network_input,
)

AGGREGATION = "mean_logit"
BRANCHES = ("benign", "malignant")


@dataclass(frozen=True, eq=False)
class LesionEvidence:
    """What the networks say about one lesion.

    Parameters
    ----------
    lesion
        Where it is.
    stacks
        Its crops, one stack per volume.
    logits
        Of each network, (n, classes) float32: one row per crop over all stacks, in order.
    """

    lesion: FoundLesion
    stacks: tuple[CropStack, ...]
    logits: Mapping[str, Tensor]

    def stages(self) -> tuple[Stage, ...]:
        """Probabilities of each network by itself: softmax of the mean logits of all images."""
        return tuple(
            Stage(part, _named(PARTS[part], functional.softmax(rows.mean(dim=0), dim=0)))
            for part, rows in self.logits.items()
        )

    def probabilities(self) -> dict[str, float]:
        """Probabilities of the leaf classes: P(branch) x P(subtype in its branch), sum 1."""
        stages = {stage.id: stage.probabilities for stage in self.stages()}
        return {
            leaf: stages["bm"][branch] * stages[branch][leaf]
            for leaf in LEAVES
            for branch in BRANCHES
            if leaf in PARTS[branch]
        }

    def in_phase(self, phase: ContrastPhase) -> "LesionEvidence | None":
        """The same evidence from one contrast phase alone; None if the lesion has none of it."""
        kept = [
            stack.volume.phase is phase
            for stack in self.stacks
            for _ in range(len(stack.images_zyx))
        ]
        if not any(kept):
            return None
        rows = torch.tensor(kept)
        return LesionEvidence(
            self.lesion,
            tuple(stack for stack in self.stacks if stack.volume.phase is phase),
            {part: logits[rows] for part, logits in self.logits.items()},
        )

    def decision(self) -> str:
        """The likeliest subtype of the likelier branch."""
        stages = {stage.id: stage.probabilities for stage in self.stages()}
        branch = max(BRANCHES, key=lambda name: stages["bm"][name])
        return max(PARTS[branch], key=lambda leaf: stages[branch][leaf])


def classify(
    lesions: Sequence[FoundLesion],
    networks: Mapping[str, nn.Module],
    configuration: Configuration,
    device: torch.device,
    done: Callable[[int], None],
) -> tuple[LesionEvidence, ...]:
    """Run the three networks on every crop of every lesion, batched over slices and phases."""
    evidence = []
    for lesion in lesions:
        stacks = tuple(
            crop_lesion(volume, core_slices(box), configuration) for volume, box in lesion.places
        )
        images = torch.cat([network_input(stack.images_zyx) for stack in stacks])
        images = images.to(device)
        with torch.inference_mode():
            logits = {
                part: in_batches(network, images, configuration.batch, done=done).cpu()
                for part, network in networks.items()
            }
        evidence.append(LesionEvidence(lesion, stacks, logits))
    return tuple(evidence)


def n_crops(lesions: Sequence[FoundLesion]) -> int:
    """Return how many crops `classify` will cut."""
    boxes = [core_slices(box) for lesion in lesions for _, box in lesion.places]
    return sum(box[5] - box[2] for box in boxes)


def paper_eq2(logits: Tensor) -> Tensor:
    """Return the paper's patient-level scores (classes,), for ranking only.

    Equations 1 and 2: softmax of the mean of the images' probabilities. As a softmax of numbers
    in [0, 1] they never exceed .731 for two classes or .576 for three, so they are no
    probabilities and are never shown as such.

    Parameters
    ----------
    logits
        (n, classes), one row per image.
    """
    return functional.softmax(functional.softmax(logits, dim=1).mean(dim=0), dim=0)


def _named(classes: Sequence[str], values: Tensor) -> dict[str, float]:
    return dict(zip(classes, values.double().tolist(), strict=True))
