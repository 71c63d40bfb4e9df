"""Batches for the detector: tiles of slices, most of them with a lesion.

The detector is fully convolutional: on tiles it learns the same as on whole slices, and every step
sees several times as many lesions for the same work.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from inference.pipelines.lilnet_ct.samples import Slices

LESION_SHARE = 0.7
"""Tiles around a lesion; the others are anywhere."""
LEAST_INSIDE = 0.4
"""Share of a lesion's box that has to lie in the tile for it to be asked for."""


class Tiles(NamedTuple):
    """A batch: images (n, side, side) in [0, 1], boxes (n, objects, 4) px, zeros if fewer."""

    images: Tensor
    boxes: Tensor


class TileSampler:
    """Draws tiles from slices.

    Parameters
    ----------
    slices
        Whole slices and their boxes.
    side_px
        Side of a tile, a multiple of 32, at most the slices'.
    """

    def __init__(self, slices: Slices, side_px: int) -> None:
        self._slices = slices
        self._side = min(side_px, slices.images.shape[-1])
        real = slices.boxes[..., 2] > slices.boxes[..., 0]
        self._lesions = torch.nonzero(real).tolist()

    def draw(self, count: int, rng: np.random.Generator) -> Tiles:
        """Return a batch, each tile mirrored left-right and up-down at random."""
        tiles = [self._one(rng) for _ in range(count)]
        return Tiles(
            torch.stack([image for image, _ in tiles]).float() / 255,
            torch.stack([boxes for _, boxes in tiles]),
        )

    def _one(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        limit = self._slices.images.shape[-1] - self._side
        if self._lesions and rng.random() < LESION_SHARE:
            image, lesion = self._lesions[rng.integers(len(self._lesions))]
            x0, y0, x1, y1 = self._slices.boxes[image, lesion].tolist()
            middle = np.array((x0 + x1, y0 + y1)) / 2 - self._side * rng.uniform(0.2, 0.8, 2)
            left, top = np.clip(middle, 0, limit).astype(int).tolist()
        else:
            image = int(rng.integers(len(self._slices.images)))
            left, top = rng.integers(limit + 1, size=2).tolist()
        tile = self._slices.images[image, top : top + self._side, left : left + self._side]
        boxes = _inside(self._slices.boxes[image] - torch.tensor([left, top] * 2), self._side)
        for axis, (low, high) in ((1, (0, 2)), (0, (1, 3))):
            if rng.random() < 0.5:
                tile = tile.flip(axis)
                mirrored = boxes.clone()
                mirrored[:, [low, high]] = self._side - boxes[:, [high, low]]
                boxes = torch.where((boxes[:, 2:3] > boxes[:, :1]), mirrored, 0.0)
        return tile, boxes


def _inside(boxes: Tensor, side: int) -> Tensor:
    """Cut boxes to the tile; those that hardly reach into it become zeros."""
    cut = boxes.clamp(0, side)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
    left = (cut[:, 2:] - cut[:, :2]).prod(dim=1)
    return torch.where((left > LEAST_INSIDE * area.clamp(min=1e-6))[:, None], cut, 0.0)
