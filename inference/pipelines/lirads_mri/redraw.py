"""A lesion's mask after a person has redrawn slices of it, and its size. No torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import polygon_mask
from inference.errors import UnusableInput

Inside = NDArray[np.bool_]
Point = tuple[float, float, float]
"""x, y, z in LPS mm."""

FARTHEST_PX = 512
"""How far beyond the model's mask an outline may lie."""
MEASURED = "Measured on the outline drawn by a person."


@dataclass(frozen=True)
class SliceOutline:
    """The lesion on one slice as a person sees it.

    Parameters
    ----------
    at_mm
        Any point of the slice.
    corners_mm
        Corners of the outline, three or more; none where the slice shows no lesion.
    """

    at_mm: Point
    corners_mm: tuple[Point, ...] = ()


def measured(
    inside_zyx: Inside, affine: NDArray[np.float64], outlines: Sequence[SliceOutline]
) -> Mapping[str, str]:
    """Return the findings that are measured on a redrawn mask, as words by name.

    Parameters
    ----------
    inside_zyx
        (z, y, x) bool, the model's mask.
    affine
        (4, 4), index (x, y, z, 1) of the mask to LPS mm.
    outlines
        Slices redrawn; the others keep the model's mask.

    Raises
    ------
    UnusableInput
        ``bad_outline``.
    """
    slices = _redrawn(inside_zyx, affine, outlines)
    largest = max(slices, key=lambda inside: int(inside.sum()), default=None)
    if largest is None or not largest.any():
        raise UnusableInput(
            "bad_outline", "Nothing of the lesion is left; outline it on one slice at least."
        )
    spacing = np.linalg.norm(affine[:3, :2], axis=0)
    return {"size": f"{diameter(largest, spacing):.1f}"}


def diameter(inside_yx: Inside, spacing_xy_mm: Sequence[float] | NDArray[np.float64]) -> float:
    """Return the largest distance between two pixels of a region plus one pixel, in mm."""
    edge = inside_yx & ~ndimage.binary_erosion(inside_yx)
    points = np.argwhere(edge)[:, ::-1] * np.asarray(spacing_xy_mm)
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return float(apart.max() + np.mean(spacing_xy_mm))


def _redrawn(
    inside_zyx: Inside, affine: NDArray[np.float64], outlines: Sequence[SliceOutline]
) -> list[Inside]:
    """Return the slices of the redrawn mask, each on a grid of its own."""
    to_index = np.asarray(np.linalg.inv(affine), np.float64)
    slices = dict(enumerate(inside_zyx))
    for outline in outlines:
        z = round(_indices([outline.at_mm], to_index)[0, 2])
        corners = _indices(outline.corners_mm, to_index)
        _check(corners, z, inside_zyx.shape)
        slices[z] = _filled(corners[:, :2])
    return list(slices.values())


def _indices(points: Sequence[Point], to_index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3) indices x, y, z of points in mm."""
    at = np.array(points, np.float64).reshape(-1, 3)
    found: NDArray[np.float64] = at @ to_index[:3, :3].T + to_index[:3, 3]
    return found


def _check(corners: NDArray[np.float64], z: int, shape_zyx: tuple[int, ...]) -> None:
    if len(corners) in (1, 2):
        raise UnusableInput(
            "bad_outline", f"An outline needs three corners or more, found {len(corners)}."
        )
    if len(corners) and np.abs(corners[:, 2] - z).max() > 0.5:
        raise UnusableInput(
            "bad_outline",
            "An outline doesn't lie on one slice of the images the lesion was found on; draw it "
            "there.",
        )
    reach = np.array(shape_zyx[::-1])
    away = np.maximum(-corners, corners - reach).max(initial=0.0)
    if max(away, -z, z - shape_zyx[0]) > FARTHEST_PX:
        raise UnusableInput(
            "bad_outline", "An outline lies far from the lesion; draw it around the lesion."
        )


def _filled(corners_xy: NDArray[np.float64]) -> Inside:
    """Return the pixels inside an outline, on the smallest grid that holds it."""
    if not len(corners_xy):
        return np.zeros((1, 1), np.bool_)
    first = np.floor(corners_xy.min(axis=0))
    columns, rows = (np.ceil(corners_xy.max(axis=0)) - first + 1).astype(int).tolist()
    inner = corners_xy - first
    return polygon_mask(tuple((x, y) for x, y in inner.tolist()), (rows, columns))
