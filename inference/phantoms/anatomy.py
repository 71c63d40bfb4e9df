"""An upper abdomen: organs as label maps on a grid, different in every patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Geometry
from inference.phantoms.kinetics import Tissue
from inference.phantoms.shapes import (
    Coordinates,
    Floats,
    Grid,
    Labels,
    paint_ellipsoid,
    paint_tube,
    quadric,
    smooth_field,
)

Point = NDArray[np.float64]
_ENDLESS = np.inf


@dataclass(frozen=True, eq=False)
class Tube:
    """A tapering vessel between two points (anatomical mm)."""

    start: Point
    stop: Point
    radii: tuple[float, float]
    tissue: Tissue


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One patient's organs, anatomical mm.

    Parameters
    ----------
    body
        Half width and half depth of the trunk.
    scale
        Size of the organs relative to the average.
    lobes
        (2, 6): centre and semi-axes of the right and left liver lobe.
    ripple
        (3, 2): wave number per mm and phase angle of the liver's surface along x, y, z.
    roughness
        Height of the ripple: larger in cirrhosis.
    spleen
        Relative size of the spleen.
    vessels
        Portal and hepatic veins within the liver.
    bowel
        (n, 6): centre and semi-axes of bowel loops, lying in front and below.
    """

    body: tuple[float, float]
    scale: float
    lobes: NDArray[np.float64]
    ripple: NDArray[np.float64]
    roughness: float
    spleen: float
    vessels: tuple[Tube, ...]
    bowel: NDArray[np.float64]

    def depth_in_liver(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how deep points (n, 3) lie in the liver: 0 at its surface, negative outside.

        In units of the lobe's semi-axes, which is enough to choose places.
        """
        inside = [1 - np.linalg.norm((points - lobe[:3]) / lobe[3:], axis=1) for lobe in self.lobes]
        return np.asarray(np.max(inside, axis=0))


def make_anatomy(rng: np.random.Generator, background: str) -> Anatomy:
    """Draw a patient; `background` is one of normal, cirrhotic, steatotic."""
    scale = float(rng.uniform(0.9, 1.1))
    half_width = float(rng.uniform(150, 178)) * (1.05 if background == "steatotic" else 1.0)
    shrink = 0.9 if background == "cirrhotic" else 1.0
    right = np.array([-68, -6, 4, 68, 78, 80]) * shrink
    left = np.array([2, -44, 26, 72, 36, 42]) * (1.08 if background == "cirrhotic" else 1.0)
    lobes = np.stack([right, left]) * scale * rng.uniform(0.95, 1.05, (2, 6))
    ripple = np.column_stack([rng.uniform(0.06, 0.12, 3), rng.uniform(0, 2 * np.pi, 3)])
    return Anatomy(
        body=(half_width, half_width * float(rng.uniform(0.66, 0.74))),
        scale=scale,
        lobes=lobes,
        ripple=ripple,
        roughness=0.05 if background == "cirrhotic" else 0.025,
        spleen=float(
            rng.uniform(1.15, 1.4) if background == "cirrhotic" else rng.uniform(0.85, 1.1)
        ),
        vessels=_vessels(rng, scale),
        bowel=rng.uniform((-70, -75, -115, 13, 11, 16), (95, 25, 5, 30, 24, 38), (14, 6)),
    )


def still_parts(grid: Grid, anatomy: Anatomy) -> Labels:
    """Return the label map (z, y, x) uint8 of what doesn't move with breathing."""
    labels = np.full(grid.geometry.shape_zyx, Tissue.AIR, np.uint8)
    width, depth = anatomy.body
    at = grid.coordinates(grid.whole())
    _fill(labels, quadric(at, (0, depth + 26, 0), (230, 10, _ENDLESS)) < 1, Tissue.COUCH)
    _fill(labels, quadric(at, (0, 0, 0), (width, depth, _ENDLESS)) < 1, Tissue.FAT)
    _fill(labels, quadric(at, (0, 0, 0), (width - 16, depth - 13, _ENDLESS)) < 1, Tissue.MUSCLE)
    _fill(labels, quadric(at, (0, -4, 0), (width - 26, depth - 22, _ENDLESS)) < 1, Tissue.FAT)
    _ribs(labels, grid, width - 21, depth - 17)
    back = depth - 42
    paint_ellipsoid(labels, grid, (0, back, 0), (20, 17, _ENDLESS), Tissue.BONE)
    paint_ellipsoid(labels, grid, (0, back + 26, 0), (7, 14, _ENDLESS), Tissue.BONE)
    for side in (-1, 1):
        paint_ellipsoid(labels, grid, (38 * side, back + 12, 0), (19, 15, _ENDLESS), Tissue.MUSCLE)
    aorta = (8, back - 29, 0)
    paint_ellipsoid(labels, grid, aorta, (10.5, 10.5, _ENDLESS), Tissue.AORTA)
    return labels


def add_moving_parts(labels: Labels, grid: Grid, anatomy: Anatomy) -> None:
    """Write what moves with breathing into a label map; `grid` carries the displacement."""
    s = anatomy.scale
    back = anatomy.body[1] - 42
    for side in (-1, 1):
        paint_ellipsoid(labels, grid, (82 * side * s, 6, 118), (60, 74, 62), Tissue.LUNG)
    for loop in anatomy.bowel:
        paint_ellipsoid(labels, grid, loop[:3], loop[3:], Tissue.BOWEL)
    paint_ellipsoid(labels, grid, (62 * s, -30 * s, 22), (40 * s, 36 * s, 46), Tissue.BOWEL)
    paint_ellipsoid(labels, grid, (62 * s, -44 * s, 24), (26 * s, 14 * s, 30), Tissue.GAS)
    spleen = np.array((30, 44, 48)) * s * anatomy.spleen
    paint_ellipsoid(labels, grid, (98 * s, 36, 18), spleen, Tissue.SPLEEN)
    for side in (-1, 1):
        paint_ellipsoid(labels, grid, (62 * side * s, back - 8, -66), (25, 23, 46), Tissue.KIDNEY)
        paint_ellipsoid(labels, grid, (50 * side * s, back - 12, -66), (9, 8, 22), Tissue.FAT)
    _liver(labels, grid, anatomy)
    paint_ellipsoid(labels, grid, (-36 * s, -50 * s, -44), (13, 16, 24), Tissue.GALLBLADDER)
    paint_ellipsoid(labels, grid, (-20, back - 30, 0), (13, 10, _ENDLESS), Tissue.CAVA)
    for tube in anatomy.vessels:
        paint_tube(labels, grid, (tube.start, tube.stop), tube.radii, tube.tissue, Tissue.LIVER)


def find_places(
    rng: np.random.Generator, anatomy: Anatomy, radii_mm: Sequence[float], half_height_mm: float
) -> list[tuple[Point, float]]:
    """Draw places for lesions: in the liver, in the scan, and apart.

    Parameters
    ----------
    rng
        Source of chance.
    anatomy
        The patient.
    radii_mm
        Wanted radii, largest first; what finds no room is left out, but never all.
    half_height_mm
        How far from the middle slice lesions may reach.

    Returns
    -------
    list of tuple
        Centre (3,) in anatomical mm and radius.
    """
    found: list[tuple[Point, float]] = []
    for radius in radii_mm:
        points = rng.uniform((-140, -95, -80), (80, 85, 90), (400, 3))
        room = anatomy.depth_in_liver(points) - 0.75 * radius / anatomy.lobes[0, 3:].min()
        room[np.abs(points[:, 2]) > half_height_mm - radius] = -1
        for centre, other in found:
            room[np.linalg.norm(points - centre, axis=1) < other + radius + 6] = -1
        fits = np.flatnonzero(room > 0)
        if fits.size:
            found.append((points[fits[0]], float(radius)))
    return found or [(anatomy.lobes[0, :3].copy(), float(radii_mm[0]))]


def liver_texture(rng: np.random.Generator, geometry: Geometry, background: str) -> Floats:
    """Return the liver's own unevenness, (z, y, x), SD about 0.6: broad, in cirrhosis nodular."""
    extent = np.array(geometry.spacing_mm[::-1]) * geometry.shape_zyx
    grain_mm = 9.0 if background == "cirrhotic" else 24.0
    cells = tuple(max(2, int(n)) for n in extent / grain_mm)
    return smooth_field(rng, geometry.shape_zyx, (cells[0], cells[1], cells[2]))


def _fill(labels: Labels, inside: NDArray[np.bool_], tissue: Tissue) -> None:
    labels[np.broadcast_to(inside, labels.shape)] = tissue


def _liver(labels: Labels, grid: Grid, anatomy: Anatomy) -> None:
    """Two lobes with a rippled surface; nothing of it grows outside the abdominal wall."""
    wall_x, wall_y = anatomy.body[0] - 28, anatomy.body[1] - 24
    for lobe in anatomy.lobes:
        window = grid.window(lobe[:3], lobe[3:] * (1 + anatomy.roughness))
        view = labels[window]
        if view.size == 0:
            continue
        at = grid.coordinates(window)
        inside = quadric(at, lobe[:3], lobe[3:]) < 1 + _ripple(at, anatomy)
        inside = inside & (quadric(at, (0, -4, 0), (wall_x, wall_y, _ENDLESS)) < 1)
        view[np.broadcast_to(inside, view.shape)] = Tissue.LIVER


def _ripple(at: Coordinates, anatomy: Anatomy) -> Floats:
    total: Floats = np.zeros((1, 1, 1), np.float32)
    for value, (waves, angle) in zip(at, anatomy.ripple, strict=True):
        total = total + np.sin(value * np.float32(waves * 2) + np.float32(angle))
    return np.float32(anatomy.roughness) * total


def _ribs(labels: Labels, grid: Grid, a: float, b: float) -> None:
    """Short slanting tubes along the wall: each slice cuts some of them."""
    angles = np.deg2rad([20, 50, 80, 110, 140])
    for side in (-1, 1):
        for level in range(-130, 150, 32):
            z = level + 60 - 22 * np.arange(len(angles))
            points = np.column_stack([side * a * np.sin(angles), b * np.cos(angles), z])
            for start, stop in pairwise(points):
                paint_tube(labels, grid, (start, stop), (4.5, 4.5), Tissue.BONE, Tissue.MUSCLE)


def _vessels(rng: np.random.Generator, scale: float) -> tuple[Tube, ...]:
    """Portal tree from the hilum, three hepatic veins into the cava; ends jittered per patient."""
    portal = Tissue.PORTAL_VEIN
    hilum, fork, left = (-22, -10, -28), (-40, -10, -8), (4, -36, 14)
    tree = [
        (hilum, fork, (7.0, 6.0), portal),
        (fork, left, (5.0, 4.0), portal),
        (left, (34, -50, 30), (3.8, 1.8), portal),
        (left, (10, -58, 40), (3.0, 1.6), portal),
        (fork, (-74, -34, 2), (5.4, 3.6), portal),
        (fork, (-76, 22, 0), (5.4, 3.4), portal),
        ((-74, -34, 2), (-104, -48, 34), (3.2, 1.6), portal),
        ((-74, -34, 2), (-100, -46, -26), (3.0, 1.6), portal),
        ((-76, 22, 0), (-108, 40, 24), (3.2, 1.6), portal),
        ((-76, 22, 0), (-100, 40, -36), (3.0, 1.6), portal),
    ]
    cava = (-22, 14, 56)
    for end in ((-104, 4, 18), (-54, -48, 20), (18, -44, 26)):
        tree.append((cava, end, (5.2, 1.8), Tissue.HEPATIC_VEIN))
    jitter = {point: rng.normal(0, 5, 3) for start, stop, *_ in tree for point in (start, stop)}
    return tuple(
        Tube(
            start=(np.array(start) + jitter[start]) * scale,
            stop=(np.array(stop) + jitter[stop]) * scale,
            radii=radii,
            tissue=tissue,
        )
        for start, stop, radii, tissue in tree
    )
