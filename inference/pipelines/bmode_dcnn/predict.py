"""From crops to outcomes, from outcomes to the case's result."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Stage
from inference.layers.batching import in_batches
from inference.pipelines.bmode_dcnn.clinic import VARIABLES, factor_values, with_scores
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS, CLASSES, Configuration
from inference.pipelines.bmode_dcnn.locate import Located, View
from inference.pipelines.bmode_dcnn.networks import Networks
from inference.pipelines.bmode_dcnn.preprocess import network_input, pair_input

AGGREGATION = "mean_probability"


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the models say about the lesion.

    Parameters
    ----------
    located
        Its views.
    lesion_logits
        (n,) Model-L's log odds of malignancy, one per view.
    both_logits
        (b,) Model-LB's, one per view with a background.
    type_logits
        (b, 3) of the background types.
    outcomes
        Probability of malignancy by each model that could be asked, in the order L, LB, LBC: the
        last one is what the case rests on.
    contributions
        Exact SHAP values of Model-LBC's variables, in log odds; empty without that model.
    """

    located: Located
    lesion_logits: Tensor
    both_logits: Tensor
    type_logits: Tensor
    outcomes: dict[str, float]
    contributions: dict[str, float]

    @property
    def model(self) -> str:
        """The model the case rests on."""
        return list(self.outcomes)[-1]

    @property
    def paired_views(self) -> tuple[View, ...]:
        """Views with a background."""
        return tuple(view for view in self.located.views if view.background is not None)

    def stages(self) -> tuple[Stage, ...]:
        """Probabilities of each model by itself, and of the background types."""
        stages = [Stage(name, two_classes(value)) for name, value in self.outcomes.items()]
        if len(self.type_logits):
            types = self.type_logits.double().sigmoid().mean(dim=0)
            shares = (types / types.sum()).tolist()
            stages.append(Stage("background", dict(zip(BACKGROUNDS, shares, strict=True))))
        return tuple(stages)


def two_classes(malignant: float) -> dict[str, float]:
    """Return the probabilities of both classes."""
    benign_code, malignant_code = CLASSES
    return {benign_code: 1 - malignant, malignant_code: malignant}


def classify(
    located: Located,
    networks: Networks,
    settings: Configuration,
    done: Callable[[int], None],
) -> Evidence:
    """Run Model-L on every view, Model-LB on those with a background, Model-LBC if all is known."""
    lesions = np.stack([view.lesion.image_yx for view in located.views])
    paired = [view for view in located.views if view.background is not None]
    with torch.inference_mode():
        single = network_input(lesions).to(networks.device)
        lesion_logits = in_batches(networks.fast_lesion, single, settings.batch, done=done)[:, 0]
        joint = torch.zeros(0, 2 + len(BACKGROUNDS))
        if paired:
            double = paired_input(paired).to(networks.device)
            joint = in_batches(networks.fast_both.joint, double, settings.batch, done=done)
    outcomes = {"L": mean_probability(lesion_logits)}
    if paired:
        outcomes["LB"] = mean_probability(joint[:, 0])
    contributions = _with_clinic(outcomes, located, networks)
    return Evidence(
        located,
        lesion_logits.cpu(),
        joint[:, 0].cpu(),
        joint[:, 2:].cpu(),
        outcomes,
        contributions,
    )


def paired_input(views: list[View] | tuple[View, ...]) -> Tensor:
    """Return Model-LB's input (n, 6, side, side) for views with a background."""
    backgrounds = [view.background for view in views]
    assert all(region is not None for region in backgrounds)
    return pair_input(
        np.stack([view.lesion.image_yx for view in views]),
        np.stack([region.image_yx for region in backgrounds if region is not None]),
    )


def mean_probability(logits: Tensor) -> float:
    """Return the lesion's outcome: the mean of its images' probabilities (paper, section 2.5)."""
    return float(logits.double().sigmoid().mean())


def _with_clinic(
    outcomes: dict[str, float], located: Located, networks: Networks
) -> dict[str, float]:
    """Add Model-LBC's outcome where it can be asked; return its variables' contributions."""
    factors: NDArray[np.float64] | None = factor_values(located.selection.clinical)
    if networks.clinic is None or factors is None or "LB" not in outcomes:
        return {}
    row = with_scores([outcomes["LB"]], factors[None])
    model = networks.clinic.model
    outcomes["LBC"] = float(model.probability(row)[0])
    return dict(zip(VARIABLES, model.contributions(row[0]).tolist(), strict=True))
