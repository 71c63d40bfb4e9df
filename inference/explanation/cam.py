"""Class activation maps: from a feature map and the derivative of the logits by it.

CAM: Zhou et al. 2016, doi:10.1109/CVPR.2016.319, equation 2. Grad-CAM: Selvaraju et al. 2017,
doi:10.1109/ICCV.2017.74, equations 1 and 2. Grad-CAM++: Chattopadhay et al. 2018,
doi:10.1109/WACV.2018.00097, equation 19. With a linear head the derivative is known in closed form
and none of them needs a backward pass: one forward pass gives the maps of all classes. For other
heads `head_gradients` runs a backward pass through the head alone.
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Method = Literal["cam", "gradcam", "gradcam++"]


def activation_maps(features: Tensor, gradients: Tensor, method: Method) -> Tensor:
    """Return what each cell of a feature map says for each class; negative evidence is cut off.

    Parameters
    ----------
    features
        (n, k, h, w), the last feature map.
    gradients
        Derivative of each class's logit by that map: (classes, k, h, w) where it is the same for
        every image, else (n, classes, k, h, w).
    method
        ``cam`` weighs each value by its own derivative; with a linear head that splits the logit
        exactly into cells: summed before the cut, plus bias, it is the logit. ``gradcam`` weighs
        channels by their mean derivative. ``gradcam++`` weighs positive derivatives by their
        second-order shares.

    Returns
    -------
    Tensor
        (n, classes, h, w), 0 or above, in logits per cell.
    """
    own = "n" if gradients.ndim == 5 else ""
    if method == "cam":
        return torch.einsum(f"nkhw,{own}ckhw->nchw", features, gradients).relu()
    if method == "gradcam":
        weights = gradients.mean(dim=(-2, -1))
        return torch.einsum(f"nkhw,{own}ck->nchw", features, weights).relu()
    return torch.einsum("nkhw,nck->nchw", features, _second_order(features, gradients)).relu()


def head_gradients(
    head: Callable[[Tensor], Tensor], features: Tensor, shared: bool = False
) -> tuple[Tensor, Tensor]:
    """Return a head's logits and their derivative by the feature map.

    Only the head carries a graph: the convolutions before it run once, without one.

    Parameters
    ----------
    head
        Takes feature maps and returns logits: (n, classes) for n images each judged by itself, or
        (1, classes) where all n together are judged once (slices, frames).
    features
        (n, k, h, w).
    shared
        Whether the logits are one row for all n.

    Returns
    -------
    tuple of Tensor
        Logits, and (n, classes, k, h, w).
    """
    with torch.enable_grad():
        leaf = features.detach().requires_grad_(True)
        logits = head(leaf)
        if len(logits) != (1 if shared else len(features)):
            raise ValueError(f"the head gave {len(logits)} rows for {len(features)} maps")
        labels = range(logits.shape[1])
        gradients = [
            torch.autograd.grad(logits[:, label].sum(), leaf, retain_graph=label < labels[-1])[0]
            for label in labels
        ]
    return logits.detach(), torch.stack(gradients, dim=1)


def _second_order(features: Tensor, gradients: Tensor) -> Tensor:
    """Channel weights (n, classes, k) of Grad-CAM++."""
    total = features.sum(dim=(2, 3))[:, None, :, None, None]
    squared = gradients.square()
    denominator = 2 * squared + total * squared * gradients
    shares = torch.where(
        denominator != 0, squared / torch.where(denominator != 0, denominator, 1), 0
    )
    return (shares * gradients.relu()).sum(dim=(3, 4))
