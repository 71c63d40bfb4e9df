"""The lesion of a phantom cine: a wavy ellipse somewhere in the sector's middle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.ceus_perfusion import Perfusion
from inference.phantoms.ultrasound import Sector

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PhantomLesion:
    """A lesion as a wavy ellipse.

    Parameters
    ----------
    centre_mm
        Across and down from the top of the image, at rest.
    radii_mm
        Semi-axes.
    tilt
        Of the first semi-axis, radians.
    waves
        (2, 4): size and phase of the edge's waves, 2 to 5 around.
    perfusion
        What it does with bubbles.
    """

    centre_mm: tuple[float, float]
    radii_mm: tuple[float, float]
    tilt: float
    waves: NDArray[np.float64]
    perfusion: Perfusion

    @property
    def size_mm(self) -> float:
        """Largest diameter."""
        return 2 * max(self.radii_mm)

    def edge(self, angle: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return how far out the edge is, relative to the ellipse."""
        order = np.arange(2, 2 + self.waves.shape[1])
        waves = self.waves[0] * np.cos(order * angle[..., None] + self.waves[1])
        return np.asarray(1 + waves.sum(axis=-1))

    def polar(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return radius (1 on the edge) and angle of places in mm."""
        turned = (x - self.centre_mm[0] + 1j * (y - self.centre_mm[1])) * np.exp(-1j * self.tilt)
        a, b = turned.real / self.radii_mm[0], turned.imag / self.radii_mm[1]
        angle = np.arctan2(b, a)
        return (np.hypot(a, b) / self.edge(angle)).astype(np.float32), angle.astype(np.float32)


def draw_lesion(rng: np.random.Generator, sector: Sector, perfusion: Perfusion) -> PhantomLesion:
    """Draw form and place; the lesion stays within the sector's middle."""
    radius = float(np.clip(np.exp(rng.normal(np.log(19), 0.4)), 6.5, 42))
    other = radius * float(rng.uniform(0.72, 1.0))
    room = max(0.0, 0.5 * sector.depth_mm - radius - 18)
    depth = 0.52 * sector.depth_mm + rng.uniform(-0.6, 0.6) * room
    across = rng.uniform(-1, 1) * max(0.0, 0.38 * depth - radius * 0.6)
    waves = np.stack((rng.normal(0, 0.03, 4), rng.uniform(0, 2 * np.pi, 4)))
    return PhantomLesion(
        (float(across), float(depth)),
        (radius, other),
        float(rng.uniform(0, np.pi)),
        waves,
        perfusion,
    )
