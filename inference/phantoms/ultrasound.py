"""What makes an image look like B-mode ultrasound: sector, speckle, attenuation, compression.

Everything acoustic is in decibels of intensity, so that effects add up: echogenicity of the
tissues, fully developed speckle (its amplitude is Rayleigh distributed; Burckhardt 1978,
doi:10.1109/T-SU.1978.30978), loss with depth, what lies behind a lesion. Speckle and effects along
the beam are made on beams and converted to the image, so that grain widens with depth.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]


class Grain(NamedTuple):
    """Size of a speckle: along the beam in mm, across it in degrees or (linear array) mm."""

    axial_mm: float = 0.7
    lateral: float = 0.9


class Levels(NamedTuple):
    """How levels become grey: `dynamic_range_db` from black to white, 0 dB at `grey`."""

    dynamic_range_db: float = 60.0
    grey: float = 0.45


@dataclass(frozen=True)
class Sector:
    """The part of an image that a probe sees, the middle of its top edge at the probe.

    Parameters
    ----------
    shape_yx
        Rows and columns of the image.
    pixel_mm
        Size of the square pixels.
    depth_mm
        How far the probe looks.
    radius_mm
        Curvature of the array; None for a linear array.
    half_width
        From the middle to the outermost beam: degrees, or mm of a linear array.
    """

    shape_yx: tuple[int, int]
    pixel_mm: float
    depth_mm: float
    radius_mm: float | None
    half_width: float

    @property
    def beams_shape(self) -> tuple[int, int]:
        """Samples along a beam and number of beams, as fine as the image."""
        return round(self.depth_mm / self.pixel_mm), self.shape_yx[1]

    def millimetres(self) -> tuple[Floats, Floats]:
        """Return x (across) and y (down from the probe) of all pixels, (y, x) each."""
        rows, columns = self.shape_yx
        x = (np.arange(columns, dtype=np.float32) - (columns - 1) / 2) * np.float32(self.pixel_mm)
        y = np.arange(rows, dtype=np.float32) * np.float32(self.pixel_mm)
        across, down = np.meshgrid(x, y)
        return across, down

    def beam_coordinates(self) -> tuple[Floats, Floats]:
        """Return depth along the beam in mm and place across (-1 to 1) of all pixels."""
        x, y = self.millimetres()
        if self.radius_mm is None:
            return y, x / np.float32(self.half_width)
        y = y + np.float32(self.radius_mm * np.cos(np.radians(self.half_width)))
        depth = np.hypot(x, y) - np.float32(self.radius_mm)
        angle: Floats = np.arctan2(x, y)
        return depth, angle / np.float32(np.radians(self.half_width))

    def inside(self) -> NDArray[np.bool_]:
        """Return which pixels show anything, (y, x)."""
        depth, across = self.beam_coordinates()
        seen: NDArray[np.bool_] = (depth >= 0) & (depth <= self.depth_mm) & (np.abs(across) <= 1)
        return seen

    def to_beams(self, image: Floats) -> Floats:
        """Sample an image (y, x) along the beams, (sample, beam)."""
        samples, beams = self.beams_shape
        depth = (np.arange(samples) + 0.5)[:, None] * self.depth_mm / samples
        across = np.linspace(-1, 1, beams)[None, :] * self.half_width
        if self.radius_mm is None:
            x, y = np.broadcast_arrays(across, depth)
        else:
            angle, reach = np.radians(across), self.radius_mm + depth
            x = reach * np.sin(angle)
            y = reach * np.cos(angle) - self.radius_mm * np.cos(np.radians(self.half_width))
        column = x / self.pixel_mm + (self.shape_yx[1] - 1) / 2
        return _sampled(image, y / self.pixel_mm, column)

    def from_beams(self, beams: Floats) -> Floats:
        """Scan-convert values along the beams (sample, beam) to the image (y, x)."""
        depth, across = self.beam_coordinates()
        samples, n_beams = self.beams_shape
        row = depth / self.depth_mm * samples - 0.5
        return _sampled(beams, row, (across + 1) / 2 * (n_beams - 1))


def draw_sector(rng: np.random.Generator, rows: int, *, linear_share: float = 0.0) -> Sector:
    """Draw a probe whose whole depth fills `rows` rows of a square image."""
    depth = float(rng.uniform(120, 175))
    if rng.random() < linear_share:
        depth = float(rng.uniform(75, 110))
        return Sector((rows, rows), depth / rows, depth, None, 0.45 * depth)
    radius, half = float(rng.uniform(45, 60)), float(rng.uniform(32, 37))
    # The face of a curved array bends away from the top edge: leave room for it.
    room = radius * (1 - np.cos(np.radians(half)))
    return Sector((rows, rows), (depth + room) / rows, depth, radius, half)


def speckle_db(rng: np.random.Generator, sector: Sector, grain: Grain) -> Floats:
    """Return fully developed speckle, (y, x) float32 dB around 0; deviation 5.6 at most."""
    samples, beams = sector.beams_shape
    sigma = (
        grain.axial_mm / 2.355 * samples / sector.depth_mm,
        grain.lateral / 2.355 * beams / (2 * sector.half_width),
    )
    waves = rng.standard_normal((2, samples, beams), dtype=np.float32)
    for wave in waves:
        ndimage.gaussian_filter(wave, sigma, output=wave, mode="wrap", truncate=3)
    power = np.square(waves).sum(axis=0)
    level = 10 * np.log10(np.maximum(power / power.mean(), 1e-4))
    return sector.from_beams((level - level.mean()).astype(np.float32))


def behind_db(sector: Sector, inside: Floats, db_per_mm: float) -> Floats:
    """Return what lies behind something that attenuates otherwise than the liver, (y, x) dB.

    Parameters
    ----------
    inside
        (y, x) share of the thing in each pixel, 0 to 1.
    db_per_mm
        Above 0 for posterior enhancement, below 0 for a shadow.
    """
    along = sector.to_beams(inside)
    step = np.float32(sector.depth_mm / len(along) * db_per_mm)
    return sector.from_beams(np.cumsum(along, axis=0, dtype=np.float32) * step)


def attenuation_db(sector: Sector, db_per_mm: float) -> Floats:
    """Return the loss with depth that gain compensation leaves, (y, x) dB, 0 or below."""
    depth, _ = sector.beam_coordinates()
    return np.asarray(-np.clip(depth, 0, None) * np.float32(db_per_mm), np.float32)


def grey_frame(
    level_db: Floats, seen: NDArray[np.bool_], levels: Levels | None = None
) -> NDArray[np.uint8]:
    """Compress levels (..., y, x) in dB to grey values; black outside the sector `seen`."""
    levels = levels or Levels()
    grey = np.clip(level_db / levels.dynamic_range_db + levels.grey, 0, 1) * seen
    frame: NDArray[np.uint8] = np.rint(grey * 255).astype(np.uint8)
    return frame


def _sampled(image: Floats, row: NDArray[np.floating], column: NDArray[np.floating]) -> Floats:
    values: Floats = ndimage.map_coordinates(
        image, (row, column), order=1, mode="nearest", output=np.float32
    )
    return values
