"""Random changes of training videos that keep images and flow maps in step."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class VideoChanges:
    """How far a video's grey levels are changed, the same for all its frames.

    Parameters
    ----------
    brightness, contrast
        Largest change of grey level (added) and of contrast (relative, around mid grey).
    noise
        Largest standard deviation of Gaussian noise.
    """

    brightness: float = 0.06
    contrast: float = 0.15
    noise: float = 0.03


def middle(images: Tensor, flows: Tensor, side_px: int) -> tuple[Tensor, Tensor]:
    """Return the middle of stored videos as floats: images in [0, 1], flows in [-1, 1]."""
    offset = (images.shape[-1] - side_px) // 2
    cut = slice(offset, offset + side_px)
    return images[..., cut, cut].float() / 255, flows[..., cut, cut].float() / 127


def changed(
    images: Tensor, flows: Tensor, side_px: int, changes: VideoChanges, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Cut randomly placed, mirrored and transposed squares out of stored videos.

    Parameters
    ----------
    images
        (n, frames, side, side) uint8.
    flows
        (n, flows, 3, side, side) int8: x, y and length. What mirrors an image turns round the
        displacement along that axis; what transposes it swaps the two.
    side_px
        Side of the result.

    Returns
    -------
    tuple of Tensor
        As `middle`.
    """
    room = images.shape[-1] - side_px
    pairs = []
    for image, flow in zip(images, flows, strict=True):
        top, left = rng.integers(room + 1, size=2).tolist()
        rows, columns = slice(top, top + side_px), slice(left, left + side_px)
        moved = _mirrored(
            image[..., rows, columns].float() / 255,
            flow[..., rows, columns].float() / 127,
            rng.integers(2, size=3).astype(bool).tolist(),
        )
        pairs.append((_regraded(moved[0], changes, rng), moved[1]))
    return torch.stack([pair[0] for pair in pairs]), torch.stack([pair[1] for pair in pairs])


def _mirrored(image: Tensor, flow: Tensor, choice: list[bool]) -> tuple[Tensor, Tensor]:
    """Mirror left-right, up-down and along the diagonal as chosen."""
    for chosen, axis, channel in zip(choice, (-1, -2), (0, 1), strict=False):
        if chosen:
            image, flow = image.flip(axis), flow.flip(axis)
            flow[:, channel] *= -1
    if choice[2]:
        image, flow = image.transpose(-1, -2), flow.transpose(-1, -2)[:, [1, 0, 2]]
    return image, flow


def _regraded(image: Tensor, changes: VideoChanges, rng: np.random.Generator) -> Tensor:
    contrast, brightness, noise = rng.uniform((-1, -1, 0), 1).tolist()
    grey = (image - 0.5) * (1 + changes.contrast * contrast) + 0.5 + changes.brightness * brightness
    grain = rng.standard_normal(image.shape, dtype=np.float32)
    noisy: Tensor = grey + changes.noise * noise * torch.from_numpy(grain)
    return noisy.clamp(0, 1)
