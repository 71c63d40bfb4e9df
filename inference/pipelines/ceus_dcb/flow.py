"""Dense optical flow between two images: Lucas-Kanade on a pyramid.

Lucas and Kanade 1981 (IJCAI, 674-679), in the iterative pyramidal form of Bouguet 2000: at each
level the second image is warped back by the flow so far, and the rest solved for by least squares
in a Gaussian window around every pixel. The paper cites a survey and names no method.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]

LEVELS = 3
ITERATIONS = 3
WINDOW_PX = 2.5
RIDGE = 1e-4
"""Added to the normal equations: where an image is flat, nothing is known and nothing moves."""
SMALLEST_PX = 12
FULL_SCALE_PX = 4.0
"""Displacement that a flow map shows as 1."""


class _Level(NamedTuple):
    first: Floats
    second: Floats


def optical_flow(first: Floats, second: Floats) -> Floats:
    """Return how far each pixel of `first` has moved in `second`.

    Parameters
    ----------
    first, second
        (h, w) float32 grey levels in [0, 1].

    Returns
    -------
    ndarray
        (2, h, w) float32, displacement along x and y in pixels.
    """
    pyramid = [_Level(first, second)]
    while len(pyramid) < LEVELS and min(pyramid[-1].first.shape) >= 2 * SMALLEST_PX:
        pyramid.append(_Level(*(_halved(image) for image in pyramid[-1])))
    flow = np.zeros((2, *pyramid[-1].first.shape), np.float32)
    for level in reversed(pyramid):
        flow = _refined(level, _grown(flow, level.first.shape))
    return flow


def flow_maps(images: Floats, count: int) -> Floats:
    """Return optical flow maps over a sequence of images.

    Parameters
    ----------
    images
        (t, h, w) float32 in [0, 1].
    count
        Maps wanted; they join `count` + 1 images taken evenly from the sequence.

    Returns
    -------
    ndarray
        (count, 3, h, w) float32 in [-1, 1]: displacement along x and y and its length, in units
        of `FULL_SCALE_PX`.
    """
    keys = np.rint(np.linspace(0, len(images) - 1, count + 1)).astype(int)
    smooth = ndimage.gaussian_filter(images[keys], (0, 1, 1))
    flows = np.stack([optical_flow(one, other) for one, other in pairwise(smooth)])
    length = np.hypot(flows[:, 0], flows[:, 1])[:, None]
    return np.clip(np.concatenate((flows, length), axis=1) / np.float32(FULL_SCALE_PX), -1, 1)


def _halved(image: Floats) -> Floats:
    return np.asarray(ndimage.gaussian_filter(image, 1.0)[::2, ::2], np.float32)


def _grown(flow: Floats, shape: tuple[int, ...]) -> Floats:
    """Bring a flow to a finer level; its displacements double with the pixels' number."""
    if flow.shape[1:] == shape:
        return flow
    rows, columns = np.indices(shape, np.float32) / 2
    grown = [
        ndimage.map_coordinates(part, (rows, columns), order=1, mode="nearest") for part in flow
    ]
    return 2 * np.stack(grown)


def _refined(level: _Level, flow: Floats) -> Floats:
    """Return the flow after `ITERATIONS` least-squares steps at one level."""
    first, second = level
    dy, dx = (np.gradient(first, axis=axis) for axis in (0, 1))
    xx, yy = _windowed(dx * dx) + np.float32(RIDGE), _windowed(dy * dy) + np.float32(RIDGE)
    xy = _windowed(dx * dy)
    determinant = xx * yy - xy * xy
    rows, columns = np.indices(first.shape, np.float32)
    for _ in range(ITERATIONS):
        places = (rows + flow[1], columns + flow[0])
        change = ndimage.map_coordinates(second, places, order=1, mode="nearest") - first
        tx, ty = _windowed(dx * change), _windowed(dy * change)
        step = np.stack((xy * ty - yy * tx, xy * tx - xx * ty)) / determinant
        flow = flow + np.clip(step, -1, 1)
    return flow.astype(np.float32)


def _windowed(image: Floats) -> Floats:
    return np.asarray(ndimage.gaussian_filter(image, WINDOW_PX), np.float32)
