"""How a dynamic MR of the liver is acquired: scanner, voxel size, timing, artefacts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contracts import ContrastPhase, Geometry
from inference.phantoms.acquisition import draw_axes, draw_geometry

ORIENTATIONS = ("head_first", "feet_first", "oblique")


@dataclass(frozen=True)
class MrScanner:
    """A make of scanner as far as images show it.

    Parameters
    ----------
    name, field_tesla
        Model and main field.
    sequence
        What it calls its fat-suppressed three-dimensional gradient echo.
    language
        Of its series names; empty where they name no phase.
    slope
        Rescale slope of stored values; None where there is no rescale, as usual in MR.
    one_series
        Whether all phases after contrast are one series, told apart by temporal position.
    foot_first_numbering
        Whether instance 1 lies at the feet.
    """

    name: str
    field_tesla: float
    sequence: str
    language: str
    slope: float | None
    one_series: bool
    foot_first_numbering: bool


SCANNERS = (
    MrScanner("Sigma 3T", 3.0, "LAVA", "en", None, False, False),
    MrScanner("Sigma 1.5T", 1.5, "LAVA", "", None, True, True),
    MrScanner("Akira 3T", 3.0, "THRIVE", "zh", 1.7, False, True),
    MrScanner("Vela 1.5T", 1.5, "VIBE", "de", None, False, False),
)


@dataclass(frozen=True, eq=False)
class MrAcquisition:
    """Everything drawn about one examination.

    Parameters
    ----------
    scanner
        Make.
    geometry
        Grid shared by all phases.
    origin_mm
        Where the anatomical origin lies, LPS mm (3,).
    orientation
        One of `ORIENTATIONS`.
    delays_s
        Seconds from the start of injection for each acquired phase; negative before it.
    shifts_mm
        (3,) displacement of the breathing organs for each acquired phase; none in the delayed
        phase, in which the truth is stated.
    gain
        Stored units per unit of signal.
    noise
        Standard deviation of the noise in units of signal (liver before contrast is 100).
    ghost
        Strength of the breathing ghost along the phase encoding direction.
    shading
        Relative change of sensitivity over the image.
    """

    scanner: MrScanner
    geometry: Geometry
    origin_mm: NDArray[np.float64]
    orientation: str
    delays_s: dict[ContrastPhase, float]
    shifts_mm: dict[ContrastPhase, NDArray[np.float64]]
    gain: float
    noise: float
    ghost: float
    shading: float

    @property
    def thickness_mm(self) -> float:
        """Slice thickness, equal to the spacing."""
        return float(round(self.geometry.spacing_mm[2], 4))


def draw_mr_acquisition(
    rng: np.random.Generator, n_rows: int, n_slices: int, gadoxetate: bool
) -> MrAcquisition:
    """Draw a scan of `n_slices` square images of `n_rows` pixels.

    Arterial, portal venous and delayed phase are always there; a third has images before
    contrast, and examinations with gadoxetate have the hepatobiliary phase.
    """
    orientation = str(rng.choice(ORIENTATIONS, p=[0.8, 0.08, 0.12]))
    origin = rng.uniform((-15, -40, -60), (15, 40, 60))
    spacing = float(rng.uniform(380, 420)) / n_rows, float(rng.choice([4.0, 4.2, 4.4])) * 40
    geometry = draw_geometry(
        rng,
        draw_axes(rng, orientation),
        origin,
        (spacing[0], spacing[1] / n_slices),
        n_rows,
        n_slices,
    )
    delays = {
        ContrastPhase.NON_CONTRAST: -60.0,
        ContrastPhase.ARTERIAL: rng.uniform(20, 40),
        ContrastPhase.PORTAL_VENOUS: rng.uniform(56, 75),
        ContrastPhase.DELAYED: rng.uniform(170, 240),
        ContrastPhase.HEPATOBILIARY: 1200.0,
    }
    if rng.random() >= 1 / 3:
        del delays[ContrastPhase.NON_CONTRAST]
    if not gadoxetate:
        del delays[ContrastPhase.HEPATOBILIARY]
    return MrAcquisition(
        scanner=SCANNERS[rng.integers(len(SCANNERS))],
        geometry=geometry,
        origin_mm=origin,
        orientation=orientation,
        delays_s={phase: round(float(delay), 1) for phase, delay in delays.items()},
        shifts_mm={
            phase: np.zeros(3) if phase is ContrastPhase.DELAYED else _draw_breathing(rng)
            for phase in delays
        },
        gain=float(np.exp(rng.uniform(np.log(2.4), np.log(5.0)))),
        noise=float(rng.uniform(3.0, 7.0)),
        ghost=float(rng.uniform(0.02, 0.07)) if rng.random() < 0.4 else 0.0,
        shading=float(rng.uniform(0.05, 0.3)),
    )


def _draw_breathing(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw how far one breath hold lies from another, mm: the liver moves up and down above all.

    Breath holds of a dynamic series lie minutes apart, further from each other than those of CT.
    """
    return np.clip(rng.normal(0, (1.0, 2.0, 5.0)), -12, 12)
