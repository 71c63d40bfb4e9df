"""How a case is scanned: scanner, kernel, voxel size, orientation, timing, phases."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contracts import ContrastPhase, Geometry
from inference.phantoms.kinetics import PHASES


@dataclass(frozen=True)
class Scanner:
    """A make of scanner as far as images show it.

    `signed` and `intercept` are how it stores HU; `padding` is the stored value outside the
    circular field of view, None where the square is filled.
    """

    name: str
    signed: bool
    intercept: int
    padding: int | None
    language: str
    foot_first_numbering: bool


@dataclass(frozen=True)
class Kernel:
    """A reconstruction kernel: noise in HU and its grain in pixels, sharpening of edges."""

    name: str
    noise_hu: float
    grain_px: float
    sharpen: float


SCANNERS = (
    Scanner("Alpha 64", False, -1024, None, "en", False),
    Scanner("Beta 128", True, 0, -2000, "de", True),
    Scanner("Gamma 320", False, -8192, None, "zh", False),
    Scanner("Delta 16", True, -1024, -1024, "fr", True),
)
KERNELS = (
    Kernel("SOFT", 8.0, 0.9, 0.0),
    Kernel("STANDARD", 11.0, 0.65, 0.25),
    Kernel("SHARP", 16.0, 0.45, 0.6),
)
ORIENTATIONS = ("head_first", "feet_first", "prone_view", "oblique")


@dataclass(frozen=True, eq=False)
class Acquisition:
    """Everything drawn about one examination.

    Parameters
    ----------
    scanner, kernel
        Make and reconstruction.
    geometry
        Grid shared by all phases.
    origin_mm
        Where the anatomical origin lies, LPS mm (3,).
    orientation
        One of `ORIENTATIONS`.
    delays_s
        Seconds from the start of injection for each acquired phase; negative before it.
    shifts_mm
        (3,) displacement of the breathing organs for each acquired phase.
    thickness_mm
        Slice thickness, equal to the spacing.
    """

    scanner: Scanner
    kernel: Kernel
    geometry: Geometry
    origin_mm: NDArray[np.float64]
    orientation: str
    delays_s: dict[ContrastPhase, float]
    shifts_mm: dict[ContrastPhase, NDArray[np.float64]]
    thickness_mm: float


def draw_acquisition(
    rng: np.random.Generator,
    n_rows: int,
    n_slices: int,
    phases: tuple[ContrastPhase, ...] | None = None,
) -> Acquisition:
    """Draw a scan of `n_slices` square images of `n_rows` pixels; None draws the phases, too."""
    thickness = float(rng.choice([4.0, 4.5, 5.0])) * 40 / n_slices
    field_mm = float(rng.uniform(380, 430))
    orientation = str(rng.choice(ORIENTATIONS, p=[0.76, 0.08, 0.06, 0.10]))
    origin = rng.uniform((-15, -210, -900), (15, -130, 300))
    axes = draw_axes(rng, orientation)
    geometry = draw_geometry(rng, axes, origin, (field_mm / n_rows, thickness), n_rows, n_slices)
    phases = phases or _phases(rng)
    delays = dict(
        zip(
            PHASES,
            (-60.0, rng.uniform(26, 38), rng.uniform(62, 82), rng.uniform(165, 300)),
            strict=True,
        )
    )
    return Acquisition(
        scanner=SCANNERS[rng.integers(len(SCANNERS))],
        kernel=KERNELS[rng.choice(len(KERNELS), p=[0.4, 0.4, 0.2])],
        geometry=geometry,
        origin_mm=origin,
        orientation=orientation,
        delays_s={phase: round(float(delays[phase]), 1) for phase in phases},
        # The truth is stated in the portal venous acquisition.
        shifts_mm={
            phase: np.zeros(3) if phase is ContrastPhase.PORTAL_VENOUS else draw_breathing(rng)
            for phase in phases
        },
        thickness_mm=round(thickness, 4),
    )


def draw_geometry(
    rng: np.random.Generator,
    axes: NDArray[np.float64],
    origin_mm: NDArray[np.float64],
    spacing_mm: tuple[float, float],
    n_rows: int,
    n_slices: int,
) -> Geometry:
    """Lay a grid around the anatomical origin, off its middle by a few millimetres.

    Parameters
    ----------
    axes
        From `draw_axes`.
    spacing_mm
        Pixel size and distance of slices.
    """
    pixel, step = spacing_mm
    affine = np.eye(4)
    affine[:3, :3] = axes * (pixel, pixel, step)
    middle = np.array([(n_rows - 1) / 2, (n_rows - 1) / 2, (n_slices - 1) / 2])
    affine[:3, 3] = origin_mm - affine[:3, :3] @ middle + rng.uniform(-6, 6, 3)
    return Geometry(affine.round(6), (n_slices, n_rows, n_rows))


def draw_axes(rng: np.random.Generator, orientation: str) -> NDArray[np.float64]:
    """Return the patient direction of increasing column, row and slice index, as columns."""
    if orientation == "feet_first":
        return np.diag([-1.0, 1.0, -1.0])
    if orientation == "prone_view":
        return np.diag([-1.0, -1.0, 1.0])
    if orientation == "oblique":
        tilt, turn = np.deg2rad(rng.uniform((-18, -8), (18, 8)))
        about_x = np.array(
            [[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
        )
        about_z = np.array(
            [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
        )
        return np.asarray(about_z @ about_x)
    return np.eye(3)


def _phases(rng: np.random.Generator) -> tuple[ContrastPhase, ...]:
    """Most protocols have all four phases; some skip the native or the delayed one."""
    skip = rng.choice(4, p=[0.66, 0.13, 0.13, 0.08])
    left_out = {0: set(), 1: {PHASES[0]}, 2: {PHASES[3]}, 3: {PHASES[0], PHASES[3]}}[int(skip)]
    return tuple(phase for phase in PHASES if phase not in left_out)


def draw_breathing(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how far the breathing organs lie from where another phase shows them, mm."""
    return np.clip(rng.normal(0, (0.6, 1.0, 2.2)), -5, 5)
