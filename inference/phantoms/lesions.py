"""Form and pattern of one lesion, and how it is laid into a volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contracts.geometry import Box, bounding_box
from inference.phantoms.kinetics import Look, Looks
from inference.phantoms.shapes import Floats, Grid, Window

# Strength of the bumps on the surface, softness of the edge in mm
_MARGIN = {
    "HCC": (0.06, 2.0),
    "ICC": (0.16, 3.5),
    "MET": (0.10, 2.5),
    "FNH": (0.10, 2.5),
    "HEM": (0.12, 2.0),
    "CYST": (0.03, 1.2),
}


@dataclass(frozen=True, eq=False)
class PhantomLesion:
    """One lesion: where it is, its form and its look in each phase.

    Parameters
    ----------
    class_code
        Class.
    centre
        (3,) anatomical mm.
    radius_mm
        Mean radius.
    bumps
        (n, 5): direction (3), phase angle and amplitude of waves on the surface.
    waves
        (m, 4): wave vector (3) and phase angle of the inner texture, per radius.
    looks
        Look in each contrast phase.
    """

    class_code: str
    centre: NDArray[np.float64]
    radius_mm: float
    bumps: NDArray[np.float64]
    waves: NDArray[np.float64]
    looks: Looks

    def box(self) -> Box:
        """Return the axis-parallel box around the lesion, anatomical mm."""
        n = np.arange(2000) + 0.5
        z = 1 - n / 1000
        turn = np.pi * (1 + 5**0.5) * n
        ring = np.sqrt(1 - z * z)
        directions = np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1).astype(
            np.float32
        )
        reach = self.radius_mm * _surface(self.bumps, directions)
        return bounding_box(self.centre + reach[:, None] * directions)


def make_lesion(
    rng: np.random.Generator,
    class_code: str,
    centre: NDArray[np.float64],
    radius_mm: float,
    looks: Looks,
) -> PhantomLesion:
    """Draw the form of a lesion of a class."""
    strength = _MARGIN[class_code][0]
    bumps = np.column_stack(
        [
            rng.normal(0, 2.2, (5, 3)),
            rng.uniform(0, 2 * np.pi, 5),
            rng.uniform(0.2, 0.7, 5) * strength,
        ]
    )
    waves = np.column_stack([rng.normal(0, 4.5, (10, 3)), rng.uniform(0, 2 * np.pi, 10)])
    return PhantomLesion(class_code, centre, radius_mm, bumps, waves, looks)


def lay_lesion(hu_zyx: Floats, grid: Grid, lesion: PhantomLesion, look: Look) -> None:
    """Blend a lesion into a volume in place.

    Parameters
    ----------
    hu_zyx
        (z, y, x) float32, HU.
    grid
        Grid of the volume, already moved by the breathing shift.
    lesion, look
        The lesion and its look in this phase.
    """
    window = _around(grid, lesion)
    view = hu_zyx[window]
    if view.size == 0:
        return
    offset, direction, rho = _polar(grid, window, lesion)
    texture = _texture(lesion.waves, offset / np.float32(lesion.radius_mm))

    value = look.core + look.mosaic * texture
    value += look.rim * _step(rho - (1 - look.rim_width), 0.08) * (1 + 0.4 * texture)
    if look.scar:
        star = _surface(lesion.bumps * [2, 2, 2, 1, 6], direction)
        arms: Floats = np.float32(0.18) + np.float32(0.3) * np.abs(star - 1)
        value += look.scar * _step(arms - rho, 0.08)
    if look.fill:
        globules = _step(texture + 1.3 * look.fill - 0.35, 0.25)
        depth = _step(rho - (1 - look.fill), 0.12)
        value += (look.nodule - value) * globules * depth
    soft = _MARGIN[lesion.class_code][1] / lesion.radius_mm
    view += (value - view) * _step(1 - rho, soft / 2)
    if look.capsule:
        view += look.capsule * np.exp(-np.square((rho - 1) * lesion.radius_mm / 1.6))


def lesion_voxels(grid: Grid, lesion: PhantomLesion) -> tuple[Window, NDArray[np.bool_]]:
    """Return the z, y, x slices around a lesion and which of their voxels lie in it."""
    window = _around(grid, lesion)
    return window, _polar(grid, window, lesion)[2] < 1


def _around(grid: Grid, lesion: PhantomLesion) -> Window:
    return grid.window(lesion.centre, np.full(3, lesion.radius_mm * 1.5 + 4))


def _polar(grid: Grid, window: Window, lesion: PhantomLesion) -> tuple[Floats, Floats, Floats]:
    """Return offset from the centre in mm (..., 3), its unit vector, distance in local radii."""
    at = np.broadcast_arrays(*grid.coordinates(window))
    offset: Floats = np.stack(at, axis=-1) - lesion.centre.astype(np.float32)
    distance: Floats = np.sqrt(np.square(offset).sum(axis=-1)) + np.float32(1e-3)
    direction: Floats = offset / distance[..., None]
    rho: Floats = distance / (np.float32(lesion.radius_mm) * _surface(lesion.bumps, direction))
    return offset, direction, rho


def _surface(bumps: NDArray[np.float64], direction: Floats) -> Floats:
    """Return the relative radius along unit directions (..., 3)."""
    waves = bumps.astype(np.float32)
    bent: Floats = np.cos(direction @ waves[:, :3].T + waves[:, 3]) @ waves[:, 4]
    return 1 + bent


def _texture(waves: NDArray[np.float64], position: Floats) -> Floats:
    """Return a sum of plane waves with unit variance at positions (..., 3) in radii."""
    numbers = waves.astype(np.float32)
    total: Floats = np.cos(position @ numbers[:, :3].T + numbers[:, 3]).sum(axis=-1)
    return total * np.float32(np.sqrt(2 / len(waves)))


def _step(value: Floats, width: float) -> Floats:
    """Return a smooth step from 0 to 1 around 0."""
    ramp: Floats = np.clip(value / np.float32(2 * width) + np.float32(0.5), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)
