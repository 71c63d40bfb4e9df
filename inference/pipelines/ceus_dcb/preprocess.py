"""From a cine to the networks' input: region of interest on every frame, frames, flow maps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Clip
from inference.pipelines.ceus_dcb.configuration import Configuration
from inference.pipelines.ceus_dcb.curve import TimeIntensity
from inference.pipelines.ceus_dcb.flow import flow_maps
from inference.pipelines.ceus_dcb.tracking import follow
from inference.preprocessing import normalise
from inference.preprocessing.outlines import FrameBox, crop, expanded, squared
from inference.preprocessing.patches import PatchGrid, sample_patches

Floats = NDArray[np.float32]

LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue (ITU-R BT.601): makers tint contrast mode differently."""


@dataclass(frozen=True, eq=False)
class Region:
    """A lesion carried through a cine.

    Parameters
    ----------
    clip
        The cine.
    frame
        Frame that was marked.
    lesion_box
        Smallest box around the outline there.
    box
        The same with the paper's margin.
    square
        `box` extended to a square, which is what the networks see.
    shifts_px
        (t, 2), displacement of the lesion along x and y on every frame.
    curve
        Time-intensity curve of `box` carried along.
    window
        (t, h, w) float32 grey levels in [0, 1]: `square` and the reach around it on every frame.
    origin
        Column and row of the window's first pixel.
    """

    clip: Clip
    frame: int
    lesion_box: FrameBox
    box: FrameBox
    square: FrameBox
    shifts_px: NDArray[np.float64]
    curve: TimeIntensity
    window: Floats
    origin: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Video:
    """What the networks see of a lesion.

    Parameters
    ----------
    frames
        (n,) frames of the cine.
    images
        (n, side, side) float32 grey levels in [0, 1].
    flows
        (flows, 3, side, side) float32, see `flow.flow_maps`.
    """

    frames: NDArray[np.int64]
    images: Floats
    flows: Floats

    def tensor(self) -> Tensor:
        """Return the networks' input (images + flows, 3, side, side) float32."""
        return network_input(torch.from_numpy(self.images), torch.from_numpy(self.flows))


def carry(
    clip: Clip,
    frame: int,
    lesion_box: FrameBox,
    settings: Configuration,
    done: Callable[[int], None] = lambda _: None,
) -> Region:
    """Carry a marked lesion through its cine; `done` is called with frames finished."""
    box = expanded(lesion_box, settings.margin_px)
    square = squared(box)
    area = expanded(square, settings.reach_px)
    window = grey_window(clip, area, picture_of(clip, lesion_box))
    shifts = follow(window, frame, settings.reach_px, done)
    values = _means(window, box, area[:2], shifts)
    curve = TimeIntensity.of(values)
    return Region(clip, frame, lesion_box, box, square, shifts, curve, window, area[:2])


def make_video(region: Region, settings: Configuration, side_px: int | None = None) -> Video:
    """Take frames by the time-intensity curve and cut out what the networks see.

    Parameters
    ----------
    side_px
        Another side than the configuration's, with as much more of the surroundings; training
        cuts larger regions to shift them.
    """
    side = side_px or settings.roi_px
    frames = region.curve.frames(settings.before_peak, settings.after_peak)
    x0, y0, x1, _ = region.square
    step = (x1 - x0) / settings.roi_px
    middle = np.array([x0, y0]) + (x1 - x0 - 1) / 2 - region.origin
    images = np.stack(
        [_sample(region.window[t], middle + region.shifts_px[t], step, side) for t in frames]
    )
    return Video(frames, images, flow_maps(images, settings.n_flows))


def network_input(images: Tensor, flows: Tensor) -> Tensor:
    """Join images (..., n, h, w) in [0, 1] and flows (..., m, 3, h, w) to (..., n + m, 3, h, w)."""
    grey = torch.from_numpy(normalise(images.numpy()))[..., None, :, :]
    spread = grey.expand(*grey.shape[:-3], 3, *grey.shape[-2:])
    return torch.cat((spread, flows), dim=-4)


def picture_of(clip: Clip, lesion_box: FrameBox) -> FrameBox | None:
    """Return the picture of a dual display that a lesion was marked in; None with one picture."""
    x, y = (lesion_box[0] + lesion_box[2]) / 2, (lesion_box[1] + lesion_box[3]) / 2
    found = (box for box in clip.pictures_px if box[0] <= x < box[2] and box[1] <= y < box[3])
    return next(found, None)


def grey_window(clip: Clip, box: FrameBox, picture: FrameBox | None = None) -> Floats:
    """Return a box of every frame as grey levels (t, h, w) float32 in [0, 1].

    Beyond `picture`, the frame unless given, its edge is repeated.
    """
    frames = clip.frames_tyxc
    weights = LUMINANCE if frames.shape[3] == 3 else (1.0,)
    grey = np.zeros((len(frames), box[3] - box[1], box[2] - box[0]), np.float32)
    for channel, weight in enumerate(weights):
        grey += crop(frames[..., channel], box, picture).astype(np.float32) * np.float32(
            weight / 255
        )
    return grey


def _means(
    window: Floats, box: FrameBox, origin: tuple[int, int], shifts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean grey level of a box carried along, (t,)."""
    x0, y0, x1, y1 = np.array(box) - np.array(origin * 2)
    whole = np.rint(shifts).astype(int)
    return np.array(
        [
            image[y0 + dy : y1 + dy, x0 + dx : x1 + dx].mean(dtype=np.float64)
            for image, (dx, dy) in zip(window, whole.tolist(), strict=True)
        ]
    )


def _sample(image: Floats, middle: NDArray[np.float64], step: float, side: int) -> Floats:
    """Sample a square around `middle`, averaging where a pixel covers several."""
    finer = max(1, int(np.ceil(step)))
    x, y = middle.tolist()
    grid = PatchGrid((x, y), (step / finer, step / finer), 0, side * finer)
    fine = np.nan_to_num(sample_patches(image[None], grid, 1)[0])
    return np.asarray(fine.reshape(side, finer, side, finer).mean(axis=(1, 3)), np.float32)
