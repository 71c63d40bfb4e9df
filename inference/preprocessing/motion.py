"""How far tissue moved between two volumes of one patient: translation by cross-correlation.

Normalised cross-correlation over a search window (Lewis, Fast normalized cross-correlation, Vision
Interface 1995), here in three dimensions and of edges: contrast agent turns what is bright, while
edges stay where they are.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, signal

from inference.contracts import Geometry
from inference.preprocessing.spatial import resample_onto

Floats = NDArray[np.float32]

STEP_MM = 3.0
SMOOTHING_MM = 2.5
"""Grid that volumes are compared on, and the scale of their edges."""


NEARNESS = 1e-3
"""What correlation has to gain for the largest displacement: of equally good ones the least."""


class Placed(NamedTuple):
    """Voxels (z, y, x) float32 with where they lie."""

    array_zyx: Floats
    geometry: Geometry


def translation_mm(
    fixed: Placed, moving: Placed, centre_mm: ArrayLike, reach_mm: float, most_mm: float
) -> NDArray[np.float64]:
    """Return how far what lies around a point of `fixed` is displaced in `moving`, (3,) LPS mm.

    Parameters
    ----------
    centre_mm
        (3,) LPS mm in `fixed`.
    reach_mm
        Half the side of the cube around it that is looked for.
    most_mm
        Largest displacement along each axis that is considered.

    Returns
    -------
    ndarray
        Zeros where either cube is uniform.
    """
    centre = np.asarray(centre_mm, np.float64)
    around, most = round(reach_mm / STEP_MM), round(most_mm / STEP_MM)
    template = _edges(fixed, centre, around)
    scores = _correlation(template, _edges(moving, centre, around + most))
    away = np.indices(scores.shape) - most
    scores -= NEARNESS * np.square(away).sum(axis=0) / max(1, most) ** 2
    best = np.unravel_index(int(scores.argmax()), scores.shape)
    steps = [position + _peak(scores, best, axis) - most for axis, position in enumerate(best)]
    return STEP_MM * np.array(steps[::-1], np.float64)


def _edges(volume: Placed, centre: NDArray[np.float64], around: int) -> Floats:
    """Return the gradient's magnitude on a cube of 2 around + 1 points a side."""
    side = 2 * around + 1
    affine = np.diag([STEP_MM, STEP_MM, STEP_MM, 1.0])
    affine[:3, 3] = centre - around * STEP_MM
    cube = resample_onto(*volume, Geometry(affine, (side, side, side)))
    edges: Floats = ndimage.gaussian_gradient_magnitude(cube, SMOOTHING_MM / STEP_MM)
    return edges


def _correlation(template: Floats, image: Floats) -> NDArray[np.float64]:
    """Return Pearson's correlation of the template with each place it fits into in the image."""
    wanted = template.astype(np.float64) - template.mean()
    seen = image.astype(np.float64)
    ones = np.ones_like(wanted)
    total, squares = (signal.fftconvolve(part, ones, "valid") for part in (seen, seen**2))
    spread = np.sqrt(np.maximum(squares - total**2 / wanted.size, 0) * np.square(wanted).sum())
    common = signal.fftconvolve(seen, wanted[::-1, ::-1, ::-1], "valid")
    scores: NDArray[np.float64] = np.divide(
        common, spread, out=np.zeros_like(common), where=spread > 1e-6 * max(spread.max(), 1e-12)
    )
    return scores


def _peak(scores: NDArray[np.float64], best: tuple[np.intp, ...], axis: int) -> float:
    """Return where a parabola through the best place and its neighbours peaks, -0.5 to 0.5."""
    line = np.moveaxis(scores, axis, 0)[(slice(None), *np.delete(best, axis))]
    at = int(best[axis])
    if not 0 < at < len(line) - 1:
        return 0.0
    before, here, after = line[at - 1 : at + 2].tolist()
    bend = before - 2 * here + after
    return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
