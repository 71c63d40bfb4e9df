"""SHAP values of pixels by expected gradients, without random draws.

Erion et al. 2021, doi:10.1038/s42256-021-00343-w, equation 5, the estimand of
`shap.GradientExplainer`: the expectation over backgrounds b and a uniform alpha of
(x - b) * df/dx at b + alpha (x - b). Instead of random pairs (b, alpha) a lattice is used: every
background equally often, alphas at the midpoints of n equal steps, dealt to the backgrounds in the
order of multiples of the golden ratio, every second round mirrored so that no background sits off
the middle. The same image gives the same map each time, at a fraction of the error of random draws.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

GOLDEN_RATIO = 0.6180339887498949

Logits = Callable[[Tensor], Tensor]


class Attribution(NamedTuple):
    """Attributions of one image.

    Parameters
    ----------
    values
        (classes, *input) float32, in logits: how far each number of the input, (c, h, w) for an
        image, moves the class's logit from its mean over the backgrounds.
    completeness_error
        (classes,): |sum of values - (f(x) - mean f(b))| / |f(x) - mean f(b)|, 0 when exact.
    """

    values: Tensor
    completeness_error: Tensor


def lattice(n_backgrounds: int, samples: int) -> tuple[Tensor, Tensor]:
    """Return the background (n,) and the alpha (n,) of each sample.

    With k samples per background (`samples` / `n_backgrounds` = b, rounded up), background j has
    the alphas (i + s) / k for i < k; s = (r_j + 1/2) / b for even i and 1 - that for odd i, where
    r_j is the rank of frac(j * 0.618...).
    """
    per_background = -(-samples // n_backgrounds)
    background = torch.arange(n_backgrounds)
    rank = (background.double() * GOLDEN_RATIO).frac().argsort().argsort()
    shift = (rank + 0.5) / n_backgrounds
    steps = torch.arange(per_background)[:, None]
    alpha = (steps + torch.where(steps % 2 == 0, shift, 1 - shift)) / per_background
    return background.repeat(per_background), alpha.flatten().float()


def expected_gradients(
    logits: Logits,
    image: Tensor,
    backgrounds: Tensor,
    *,
    samples: int = 60,
    batch: int = 20,
    done: Callable[[int], None] = lambda _: None,
) -> Attribution:
    """Attribute the logits of all classes to the numbers of one input.

    One forward pass serves all classes; memory depends on `batch`, not on `samples`.

    Parameters
    ----------
    logits
        Takes (n, *input) float32 and returns (n, classes), differentiable by its input.
    image
        The input as the network takes it without the batch's axis: (c, h, w), or (slices, c, h,
        w), or any other shape.
    backgrounds
        (b, *input) reference images.
    samples
        Points on the paths from backgrounds to image; rounded up to a multiple of b.
    batch
        Points per forward pass.
    done
        Called with the number of points finished.

    Returns
    -------
    Attribution
    """
    index, alpha = lattice(len(backgrounds), samples)
    index, alpha = index.to(image.device), alpha.to(image.device)
    with torch.no_grad():
        target = logits(image[None])[0]
        for start in range(0, len(backgrounds), batch):
            part = backgrounds[start : start + batch]
            target = target - logits(part).sum(dim=0) / len(backgrounds)
    total = image.new_zeros((len(target), *image.shape))
    for start in range(0, len(index), batch):
        base = backgrounds[index[start : start + batch]]
        weight = alpha[start : start + batch].view(-1, *[1] * image.ndim)
        difference = image - base
        points = (base + weight * difference).requires_grad_(True)
        outputs = logits(points)
        for label in range(len(target)):
            (gradient,) = torch.autograd.grad(
                outputs[:, label].sum(), points, retain_graph=label + 1 < len(target)
            )
            total[label] += (gradient * difference).sum(dim=0)
        done(len(base))
    values = total / len(index)
    error = (values.flatten(1).sum(dim=1) - target).abs() / target.abs().clamp(min=1e-12)
    return Attribution(values, error)
