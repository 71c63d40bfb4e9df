"""Windowing and normalisation."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def window_hu(hu: Floats, centre: float, width: float) -> Floats:
    """Map Hounsfield units linearly to [0, 1] and clip (PS3.3 C.11.2.1.3.2, LINEAR_EXACT).

    Parameters
    ----------
    hu
        Any shape, HU.
    centre, width
        Window in HU; `width` above 0.

    Returns
    -------
    ndarray
        float32 of the same shape in [0, 1].
    """
    if width <= 0:
        raise ValueError("a window needs a width above 0")
    scaled = (np.asarray(hu, np.float32) - np.float32(centre)) / np.float32(width)
    scaled += np.float32(0.5)
    return np.clip(scaled, 0, 1, out=scaled)


def normalise(images: Floats, mean: float = 0.5, std: float = 0.5) -> Floats:
    """Return (images - mean) / std as float32; the defaults are LiLNet's."""
    return (np.asarray(images, np.float32) - np.float32(mean)) / np.float32(std)
