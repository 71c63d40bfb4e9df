"""Tiles of slices for the segmenter, half of them around lesions."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from inference.pipelines.lirads_mri.samples import MARGIN, Slices

LESION_SHARE = 0.6
"""Part of the tiles that lie around a pixel of a lesion; the rest lie anywhere in the body."""


class Tiles(NamedTuple):
    """A batch of tiles, a third larger than `side_px` where slices allow it.

    Parameters
    ----------
    images
        (n, 3, cut, cut) float32 grey levels in [0, 1].
    inside
        (n, cut, cut) float32, 1 in lesions.
    mean, deviation
        (n, 3, 1, 1), of the whole slices, which tiles are standardised by.
    side_px
        Side wanted in the end.
    """

    images: Tensor
    inside: Tensor
    mean: Tensor
    deviation: Tensor
    side_px: int


class TileSampler:
    """Draws tiles from slices kept in memory."""

    def __init__(self, slices: Slices, tile_px: int) -> None:
        self._slices = slices
        whole = slices.images.shape[-1]
        self._side = min(tile_px, whole)
        self._cut = min(whole, round(self._side * MARGIN))
        self._with_lesion = np.flatnonzero(slices.inside.flatten(1).any(dim=1).numpy())

    def draw(self, count: int, rng: np.random.Generator) -> Tiles:
        """Return a batch of `count` tiles."""
        around = rng.random(count) < LESION_SHARE
        rows = np.where(
            around & bool(len(self._with_lesion)),
            rng.choice(self._with_lesion, count) if len(self._with_lesion) else 0,
            rng.integers(len(self._slices.images), size=count),
        )
        grey = self._slices.images[torch.from_numpy(rows)].float() / 255
        inside = self._slices.inside[torch.from_numpy(rows)]
        places = [self._place(inside[n] if around[n] else grey[n, 1], rng) for n in range(count)]
        images = [
            g[:, y : y + self._cut, x : x + self._cut]
            for g, (y, x) in zip(grey, places, strict=True)
        ]
        masks = [
            m[y : y + self._cut, x : x + self._cut]
            for m, (y, x) in zip(inside, places, strict=True)
        ]
        return Tiles(
            torch.stack(images),
            torch.stack(masks).float(),
            grey.mean(dim=(-2, -1), keepdim=True),
            grey.std(dim=(-2, -1), keepdim=True).clamp(min=1e-3),
            self._side,
        )

    def _place(self, weight: Tensor, rng: np.random.Generator) -> tuple[int, int]:
        """Return the upper left corner of a tile around a random pixel that isn't 0, jittered."""
        pixels = np.argwhere(weight.numpy() > 0)
        last = weight.shape[-1] - self._cut
        if not len(pixels):
            y, x = rng.integers(0, last + 1, 2).tolist()
            return y, x
        jitter = rng.integers(-self._side // 3, self._side // 3 + 1, 2)
        corner = pixels[rng.integers(len(pixels))] + jitter - self._cut // 2
        y, x = np.clip(corner, 0, last).tolist()
        return y, x
