"""The cine: liver, vessels and lesion in a moving sector, as a scanner's contrast mode shows it.

Microbubbles and what is left of the tissue are intensities that add; speckle, compression and the
sector are those of B-mode. Tissue speckle moves with the liver, bubble speckle is new in every
frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.phantoms.ceus_lesion import PhantomLesion, draw_lesion
from inference.phantoms.ceus_perfusion import (
    Perfusion,
    UptakeMap,
    lay_uptake,
    liver_uptake,
    smooth_texture,
    vessel_uptake,
)
from inference.phantoms.ultrasound import (
    Grain,
    Levels,
    Sector,
    attenuation_db,
    draw_sector,
    grey_frame,
    speckle_db,
)

Floats = NDArray[np.float32]

SPECKLES = 8
"""Independent bubble speckle patterns, mirrored for twice as many."""
_CORNERS = 40
_NOISE = 0.003


@dataclass(frozen=True)
class ContrastMode:
    """A make of scanner in contrast mode.

    Parameters
    ----------
    name
        Model name.
    levels
        Compression.
    tissue
        Intensity of uncancelled tissue, relative to the liver's largest uptake.
    tint
        Red, green and blue of full brightness; None for a grey image.
    """

    name: str
    levels: Levels
    tissue: float
    tint: tuple[float, float, float] | None


SCANNERS = (
    ContrastMode("Sigma US", Levels(48, 0.52), 0.020, None),
    ContrastMode("Tau US", Levels(42, 0.48), 0.035, None),
    ContrastMode("Upsilon US", Levels(55, 0.60), 0.012, (1.0, 0.86, 0.55)),
)


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything drawn about one cine.

    Parameters
    ----------
    sector, scanner
        Probe and machine.
    lesion
        What is looked at.
    shifts_px
        (t, 2) displacement of the liver in the image along x and y: breathing and the hand.
    seconds
        (t,) time after injection.
    marked_frame
        Frame of the outline, in the arterial phase.
    gain
        Brightness of everything.
    arrival_s, loss_s
        When bubbles reach the hepatic artery; time constant of the liver's loss.
    """

    sector: Sector
    scanner: ContrastMode
    lesion: PhantomLesion
    shifts_px: NDArray[np.float64]
    seconds: NDArray[np.float64]
    marked_frame: int
    gain: float
    arrival_s: float
    loss_s: float

    @property
    def frame_time_ms(self) -> float:
        """Time between frames."""
        return round(float(self.seconds[1] - self.seconds[0]) * 1000, 3)

    def contour(self, frame: int) -> NDArray[np.float64]:
        """Return the lesion's true edge on a frame, (corners, 2) column and row."""
        angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
        lesion = self.lesion
        along = lesion.radii_mm[0] * np.cos(angle) + 1j * lesion.radii_mm[1] * np.sin(angle)
        places = along * lesion.edge(angle) * np.exp(1j * lesion.tilt)
        places_mm = np.stack((places.real, places.imag), axis=1) + lesion.centre_mm
        middle = np.array([(self.sector.shape_yx[1] - 1) / 2, 0.0])
        return np.asarray(places_mm / self.sector.pixel_mm + middle + self.shifts_px[frame])

    def frames(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Return the cine, (t, y, x, c) uint8."""
        still = _still_parts(rng, self)
        speckles = [speckle_db(rng, self.sector, Grain(1.1, 1.3)) for _ in range(SPECKLES)]
        fall = attenuation_db(self.sector, float(rng.uniform(0.01, 0.04))) + self.gain
        seen = self.sector.inside()
        images = []
        for seconds, (dx, dy) in zip(self.seconds, self.shifts_px, strict=True):
            bubbles, tissue = still.at(float(seconds), self)
            moved = [
                ndimage.shift(part, (dy, dx), order=1, mode="nearest") for part in (bubbles, tissue)
            ]
            grain = speckles[rng.integers(SPECKLES)][:, :: int(rng.choice((-1, 1)))]
            power = moved[0] * 10 ** (grain / 10) + moved[1] + _NOISE
            images.append(grey_frame(10 * np.log10(power) + fall, seen, self.scanner.levels))
        grey = np.stack(images)[..., None]
        if self.scanner.tint is None:
            return grey
        return np.asarray(np.rint(grey * np.array(self.scanner.tint)), np.uint8)


@dataclass(frozen=True, eq=False)
class _StillParts:
    """What is fixed to the liver: shares of liver and vessel, tissue echo, the lesion's pixels."""

    liver: Floats
    vessel: Floats
    tissue: Floats
    inside: NDArray[np.bool_]
    share: Floats
    uptake: UptakeMap

    def at(self, seconds: float, scene: Scene) -> tuple[Floats, Floats]:
        """Return intensities of bubbles and tissue, (y, x) each."""
        since = seconds - scene.arrival_s
        liver, vessel = liver_uptake(since, scene.loss_s), vessel_uptake(since, scene.loss_s)
        bubbles = self.liver * liver + self.vessel * vessel
        own = self.share * self.uptake.at(since)
        bubbles[self.inside] = bubbles[self.inside] * (1 - self.share) + own
        return bubbles, self.tissue


def _still_parts(rng: np.random.Generator, scene: Scene) -> _StillParts:
    sector, lesion = scene.sector, scene.lesion
    x, y = sector.millimetres()
    radius, angle = lesion.polar(x, y)
    softness = np.float32(1.2 * sector.pixel_mm / min(lesion.radii_mm))
    share = np.clip((1 + softness - radius) / (2 * softness), 0, 1)
    inside = share > 0
    grain = max(1.5, 0.13 * lesion.size_mm / sector.pixel_mm)
    texture = smooth_texture(rng, sector.shape_yx, grain)
    tissue = 10 ** (speckle_db(rng, sector, Grain(0.8, 1.0)) / 10) * scene.scanner.tissue
    tissue *= 1 + 12 * _diaphragm(rng, sector)
    vessel = _vessels(rng, sector)
    uneven = 0.1 * smooth_texture(rng, sector.shape_yx, 6)
    uneven += 0.3 * smooth_texture(rng, sector.shape_yx, 1.5)  # small vessels
    liver = np.clip(1 + uneven, 0.2, 2) * (1 - vessel)
    uptake = lay_uptake(
        rng,
        lesion.perfusion,
        np.minimum(radius[inside], 1),
        angle[inside],
        texture[inside],
    )
    return _StillParts(
        liver.astype(np.float32), vessel, tissue.astype(np.float32), inside, share[inside], uptake
    )


def _vessels(rng: np.random.Generator, sector: Sector) -> Floats:
    """Return the share of each pixel that is vessel: a few gently bent tubes."""
    x, y = sector.millimetres()
    share = np.zeros(sector.shape_yx, np.float32)
    for _ in range(int(rng.integers(3, 6))):
        turn, bend = rng.uniform(0, np.pi), rng.uniform(-0.006, 0.006)
        x0, y0 = rng.uniform((-45, 25), (45, 0.85 * sector.depth_mm))
        along = (x - x0) * np.cos(turn) + (y - y0) * np.sin(turn)
        across = -(x - x0) * np.sin(turn) + (y - y0) * np.cos(turn) + bend * np.square(along)
        near = np.clip(1.5 + rng.uniform(0, 1.5) - np.abs(across), 0, 1)
        share = np.maximum(share, near * np.clip(30 - np.abs(along), 0, 1)).astype(np.float32)
    return share


def _diaphragm(rng: np.random.Generator, sector: Sector) -> Floats:
    """Return a bright bent line near the lower edge."""
    x, y = sector.millimetres()
    depth = sector.depth_mm * rng.uniform(0.86, 0.93) - np.square(x) * rng.uniform(0.002, 0.006)
    return np.exp(-np.square((y - depth) / 1.5)).astype(np.float32)


def draw_scene(
    rng: np.random.Generator, perfusion: Perfusion, *, rows: int, n_frames: int
) -> Scene:
    """Draw a cine of `n_frames` square images of `rows` pixels."""
    sector = draw_sector(rng, rows)
    begin, end = rng.uniform(0, 4), rng.uniform(165, 200)
    seconds = np.linspace(begin, end, n_frames)
    arrival = float(rng.uniform(7, 16))
    marked = int(np.argmin(np.abs(seconds - arrival - rng.uniform(12, 20))))
    return Scene(
        sector=sector,
        scanner=SCANNERS[rng.integers(len(SCANNERS))],
        lesion=draw_lesion(rng, sector, perfusion),
        shifts_px=_shifts_mm(rng, seconds) / sector.pixel_mm,
        seconds=seconds,
        marked_frame=marked,
        gain=float(rng.uniform(-7, 6)),
        arrival_s=arrival,
        loss_s=float(rng.uniform(150, 320)),
    )


def _shifts_mm(rng: np.random.Generator, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Displacement along x and y: breathing, mostly down, and the probe's slow drift."""
    amplitude, period = rng.uniform(2, 7), rng.uniform(3.4, 5.2)
    phase = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.15, len(seconds)))
    breath = amplitude * np.square(np.sin(np.pi * seconds / period + phase))
    lean = rng.uniform(-0.35, 0.35)
    drift = np.cumsum(rng.normal(0, 0.12, (len(seconds), 2)), axis=0)
    drift = np.clip(drift - drift[0], -4, 4)
    return np.asarray(np.stack((lean * breath, breath), axis=1) + drift)
