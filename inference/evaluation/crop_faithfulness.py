"""What testing heat maps of single crops takes, whichever system they come from."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Box, Heatmap


def on_pixels(heatmap: Heatmap, affine: NDArray[np.float64], side: int) -> Tensor:
    """Return a one-layer map at its crop's pixels, (1, side, side) float32.

    Between cells values are interpolated; beyond the outermost cells they are repeated.

    Parameters
    ----------
    affine
        (4, 4), of the crop: pixel (x, y, 0, 1) to where the map's own affine leads.
    """
    across = np.linalg.solve(heatmap.affine, affine)
    scale, shift = across[0, 0], across[0, 3]
    cells = heatmap.grid_zyx.shape[-1]
    place = np.clip(np.arange(side) * scale + shift, 0, cells - 1)
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(cells)))
    return torch.from_numpy((weights @ heatmap.grid_zyx[0] @ weights.T).astype(np.float32))[None]


def ellipse_on(affine: NDArray[np.float64], side: int, box: Box) -> Tensor:
    """Return which pixels of a crop lie in the ellipsoid that fills a box, (1, side, side) bool."""
    y, x = np.mgrid[:side, :side]
    index = np.stack((x, y, np.zeros_like(x), np.ones_like(x)), axis=-1)
    offset = (index @ affine.T)[..., :3] - np.array(box[:3])
    return torch.from_numpy((np.square(offset / (np.array(box[3:]) / 2)).sum(-1) <= 1)[None])
