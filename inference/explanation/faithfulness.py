"""Whether a map says what a network really rests on: deletion, insertion, share inside a region.

Petsiuk et al. 2018, RISE, arXiv:1806.07421, section 4.1: what a map calls important is taken out of
an image piece by piece, or put into a reference image; a faithful map makes the score fall fast, or
rise fast. A random order is the yardstick.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

Score = Callable[[Tensor], Tensor]

STEPS = 16
CHANCE = "random order"


class Faithfulness(NamedTuple):
    """Scores along the way, (steps + 1,) each: none replaced first, all replaced last.

    Parameters
    ----------
    deletion
        Of the image as its most important parts give way to the reference.
    insertion
        Of the reference as the image's most important parts enter.
    """

    deletion: Tensor
    insertion: Tensor

    @property
    def deletion_area(self) -> float:
        """Mean score under the deletion curve: lower is more faithful."""
        return _area(self.deletion)

    @property
    def insertion_area(self) -> float:
        """Mean score under the insertion curve: higher is more faithful."""
        return _area(self.insertion)


def faithfulness(
    score: Score, image: Tensor, reference: Tensor, importance: Tensor, *, steps: int = STEPS
) -> Faithfulness:
    """Delete and insert an image's parts in the order of their importance.

    Parameters
    ----------
    score
        Takes (n, *input) and returns (n,), for example the probability of the class explained.
    image, reference
        (*input,) as the network takes it; the reference says nothing, such as a mean image.
    importance
        Broadcastable to the input; what shares a value here (channels) is replaced together.
    steps
        Pieces of equal size.
    """
    order = importance.flatten().argsort(descending=True, stable=True)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=order.device)
    edges = torch.linspace(0, len(order), steps + 1, device=order.device)
    places = torch.broadcast_to(rank.view(importance.shape), image.shape)
    taken = places[None] < edges.view(-1, *[1] * image.ndim)
    with torch.no_grad():
        return Faithfulness(
            score(torch.where(taken, reference, image)), score(torch.where(taken, image, reference))
        )


def compare_maps(
    score: Score,
    image: Tensor,
    reference: Tensor,
    importances: Mapping[str, Tensor],
    inside: Tensor,
) -> dict[str, float]:
    """Measure several maps of one image, a random order beside them.

    Parameters
    ----------
    score, image, reference
        See `faithfulness`.
    importances
        Map of each method, all of one shape.
    inside
        Boolean, broadcastable to a map: the lesion.

    Returns
    -------
    dict
        ``<method> deletion``, ``<method> insertion`` (areas, in units of the score) and ``<method>
        inside`` (share of positive attribution inside the lesion).
    """
    first = next(iter(importances.values()))
    found: dict[str, float] = {}
    for name, values in {**importances, CHANCE: random_order(first.shape).to(first)}.items():
        curves = faithfulness(score, image, reference, values)
        found[f"{name} deletion"] = curves.deletion_area
        found[f"{name} insertion"] = curves.insertion_area
        found[f"{name} inside"] = positive_share(values, inside)
    return found


def random_order(shape: torch.Size, seed: int = 0) -> Tensor:
    """Return an importance that means nothing: the yardstick."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def positive_share(values: Tensor, inside: Tensor) -> float:
    """Return the part of all positive attribution that lies inside a region; NaN without any.

    Parameters
    ----------
    values
        Attributions of any shape.
    inside
        Boolean, broadcastable to `values`.
    """
    positive = values.clamp(min=0)
    return float((positive * inside).sum() / positive.sum())


def _area(curve: Tensor) -> float:
    return float(torch.trapezoid(curve.double()) / (len(curve) - 1))
