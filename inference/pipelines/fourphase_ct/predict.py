"""From crops to logits, from logits to the case's probabilities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.contracts import ContrastPhase, Stage
from inference.layers.batching import in_batches
from inference.pipelines.fourphase_ct.configuration import CLASSES, Configuration
from inference.pipelines.fourphase_ct.locate import Located, MarkedLesion
from inference.pipelines.fourphase_ct.network import FourPhaseNet, Outputs
from inference.pipelines.fourphase_ct.preprocess import LesionCrop, crop_lesion, pseudo_colour

AGGREGATION = "multi_task_output"


@dataclass(frozen=True, eq=False)
class LesionEvidence:
    """What the network says about one lesion.

    Parameters
    ----------
    lesion
        Where it is.
    phases, crops
        The phases read, and the lesion in each.
    images
        (phases, slices, 3, h, w), the network's input.
    balanced
        (classes,) logits that are decided on.
    outputs
        Logits of the tasks, for this lesion alone: (1, classes) and (1, phases, classes).
    """

    lesion: MarkedLesion
    phases: tuple[ContrastPhase, ...]
    crops: tuple[LesionCrop, ...]
    images: Tensor
    balanced: Tensor
    outputs: Outputs

    def probabilities(self) -> dict[str, float]:
        """Probabilities of the two classes, sum 1."""
        return _named(self.balanced)

    def stages(self) -> tuple[Stage, ...]:
        """What the prediction module and each phase say by themselves."""
        stages = []
        if self.outputs.prediction is not None:
            stages.append(Stage("prediction_module", _named(self.outputs.prediction[0])))
        stages += [
            Stage(phase.value, _named(row))
            for phase, row in zip(self.phases, self.outputs.phases[0], strict=True)
        ]
        return tuple(stages)


def input_of(crops: Sequence[LesionCrop], configuration: Configuration) -> Tensor:
    """Return the network's input (phases, slices, 3, h, w) of one lesion's crops."""
    hu = torch.from_numpy(np.stack([crop.hu_zyx for crop in crops]))
    return pseudo_colour(hu, configuration)


def classify(
    located: Located,
    network: FourPhaseNet,
    configuration: Configuration,
    device: torch.device,
    done: Callable[[int], None],
) -> tuple[LesionEvidence, ...]:
    """Run the network on every lesion, batched over lesions, phases and slices."""
    selection = located.selection
    crops = [
        tuple(
            crop_lesion(volume, lesion.box_mm, configuration.shape) for volume in selection.volumes
        )
        for lesion in located.lesions
    ]
    images = torch.stack([input_of(own, configuration) for own in crops])
    outputs = run_network(network, images.to(device), selection.phases, configuration.batch, done)
    balanced = network.balanced(outputs)
    return tuple(
        LesionEvidence(
            lesion, selection.phases, crops[n], images[n], balanced[n], _only(outputs, n)
        )
        for n, lesion in enumerate(located.lesions)
    )


def run_network(
    network: FourPhaseNet,
    images: Tensor,
    phases: Sequence[ContrastPhase],
    batch: int,
    done: Callable[[int], None] = lambda _: None,
) -> Outputs:
    """Return the logits of all tasks on the CPU, for lesions (n, phases, slices, 3, h, w)."""

    def rows(part: Tensor) -> Tensor:
        outputs = network.outputs(part, phases)
        parts = [] if outputs.prediction is None else [outputs.prediction[:, None]]
        return torch.cat([*parts, outputs.phases], dim=1)

    with torch.inference_mode():
        logits = in_batches(rows, images, batch, done=done).cpu()
    if logits.shape[1] == len(phases):
        return Outputs(None, logits)
    return Outputs(logits[:, 0], logits[:, 1:])


def _only(outputs: Outputs, n: int) -> Outputs:
    prediction = outputs.prediction
    one = slice(n, n + 1)
    return Outputs(None if prediction is None else prediction[one], outputs.phases[one])


def _named(logits: Tensor) -> dict[str, float]:
    return dict(zip(CLASSES, logits.double().softmax(dim=0).tolist(), strict=True))
