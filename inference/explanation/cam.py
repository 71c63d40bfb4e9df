"""Class activation maps, for heads whose derivative by the feature map is known in closed form.

CAM: Zhou et al. 2016, doi:10.1109/CVPR.2016.319, equation 2. Grad-CAM: Selvaraju et al. 2017,
doi:10.1109/ICCV.2017.74, equations 1 and 2. Grad-CAM++: Chattopadhay et al. 2018,
doi:10.1109/WACV.2018.00097, equation 19. With a linear head none of them needs a backward pass:
one forward pass gives the maps of all classes.
"""

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
        (classes, k, h, w), derivative of each class's logit by that map, the same for every image.
    method
        ``cam`` splits the logit exactly into cells: summed before the cut, plus bias, it is the
        logit. ``gradcam`` weighs channels by their mean derivative. ``gradcam++`` weighs positive
        derivatives by their second-order shares.

    Returns
    -------
    Tensor
        (n, classes, h, w), 0 or above, in logits per cell.
    """
    if method == "cam":
        return torch.einsum("nkhw,ckhw->nchw", features, gradients).relu()
    if method == "gradcam":
        weights = gradients.mean(dim=(2, 3))
        return torch.einsum("nkhw,ck->nchw", features, weights).relu()
    return torch.einsum("nkhw,nck->nchw", features, _second_order(features, gradients)).relu()


def _second_order(features: Tensor, gradients: Tensor) -> Tensor:
    """Channel weights (n, classes, k) of Grad-CAM++."""
    total = features.sum(dim=(2, 3))[:, None, :, None, None]
    squared = gradients.square()
    denominator = 2 * squared + total * squared * gradients
    shares = torch.where(
        denominator != 0, squared / torch.where(denominator != 0, denominator, 1), 0
    )
    return (shares * gradients.relu()).sum(dim=(3, 4))
