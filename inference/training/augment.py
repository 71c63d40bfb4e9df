"""Random changes of image batches: turns, flips, shifts, scale, grey levels, noise."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """How far images are changed; each amount is drawn per image, uniformly up to these limits.

    Parameters
    ----------
    rotation_deg, shift_px, scale
        Turn, shift in output pixels, relative change of size.
    flip
        Whether to mirror left-right and up-down, each with probability 1/2.
    brightness, contrast
        Change of grey level (added) and of contrast (relative, around mid grey).
    gaussian
        Largest standard deviation of Gaussian noise.
    salt_and_pepper
        Largest share of pixels set to black or white.
    """

    rotation_deg: float = 0.0
    shift_px: float = 0.0
    scale: float = 0.0
    flip: bool = True
    brightness: float = 0.0
    contrast: float = 0.0
    gaussian: float = 0.0
    salt_and_pepper: float = 0.0


def augment(
    images: Tensor, side_px: int, amounts: Augmentation, generator: torch.Generator
) -> Tensor:
    """Cut changed squares out of larger images.

    Parameters
    ----------
    images
        (n, h, w) or (n, c, h, w) in [0, 1], h and w at least `side_px`; the middle is what is cut
        out. Channels (slices, phases) of one image change together.
    side_px
        Side of the result.

    Returns
    -------
    Tensor
        As `images`, with sides of `side_px`.
    """
    if images.ndim == 3:
        return augment(images[:, None], side_px, amounts, generator)[:, 0]
    n, channels = images.shape[:2]

    def uniform(limit: float, *shape: int) -> Tensor:
        return (torch.rand(n, *shape, generator=generator) * 2 - 1) * limit

    angle = uniform(math.radians(amounts.rotation_deg))
    zoom = 1 + uniform(amounts.scale)
    signs = (torch.rand(n, 2, generator=generator) < 0.5).float() * -2 + 1
    signs = signs if amounts.flip else torch.ones(n, 2)
    turn = torch.stack((angle.cos(), -angle.sin(), angle.sin(), angle.cos()), dim=1).view(n, 2, 2)
    reach = torch.tensor([side_px / images.shape[3], side_px / images.shape[2]])
    theta = torch.zeros(n, 2, 3)
    theta[:, :, :2] = turn * zoom[:, None, None] * signs[:, None] * reach[None, :, None]
    theta[:, :, 2] = uniform(amounts.shift_px, 2) * 2 / torch.tensor(images.shape[:1:-1])
    grid = functional.affine_grid(theta, [n, channels, side_px, side_px], align_corners=False)
    cut = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    grey = (cut - 0.5) * (1 + uniform(amounts.contrast, 1, 1, 1)) + 0.5
    grey = grey + uniform(amounts.brightness, 1, 1, 1)
    return _noisy(grey, amounts, generator).clamp(0, 1)


def _noisy(images: Tensor, amounts: Augmentation, generator: torch.Generator) -> Tensor:
    if amounts.gaussian:
        level = torch.rand(len(images), 1, 1, 1, generator=generator) * amounts.gaussian
        images = images + level * torch.randn(images.shape, generator=generator)
    if amounts.salt_and_pepper:
        share = torch.rand(len(images), 1, 1, 1, generator=generator) * amounts.salt_and_pepper
        draw = torch.rand(images.shape, generator=generator)
        images = torch.where(draw < share / 2, 0.0, images)
        images = torch.where(draw > 1 - share / 2, 1.0, images)
    return images
