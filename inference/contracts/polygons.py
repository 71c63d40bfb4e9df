"""Polygons on a grid of pixels. A pixel i spans [i - 0.5, i + 0.5)."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.contracts.marks import Polygon


def polygon_mask(polygon: Polygon, shape_yx: Sequence[int]) -> NDArray[np.bool_]:
    """Return which pixels have their middle inside a polygon (even-odd rule), (y, x)."""
    rows, columns = shape_yx
    mask = np.zeros((rows, columns), np.bool_)
    x = np.arange(columns)
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        low, high = sorted((y0, y1))
        y = np.arange(max(0, math.ceil(low)), max(0, min(rows, math.ceil(high))))
        if y0 != y1 and len(y):
            crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            mask[y] ^= x[None, :] >= crossing[:, None]
    return mask
