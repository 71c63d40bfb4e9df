"""One B-mode image of a patient's lesion, with outlines as a person would draw them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from inference.contracts import Polygon
from inference.phantoms.bmode_patients import Patient
from inference.phantoms.shapes import smooth_field
from inference.phantoms.ultrasound import (
    Floats,
    Grain,
    Levels,
    Sector,
    attenuation_db,
    behind_db,
    draw_sector,
    grey_frame,
    speckle_db,
)

CORNERS = 28
HARMONICS = np.arange(2, 8)
LOSS_DB_PER_MM = {"normal": 0.03, "steatosis": 0.09, "fibrosis": 0.045}
BRIGHTNESS_DB = {"normal": 0.0, "steatosis": 6.0, "fibrosis": 1.5}
UNEVENNESS = {"normal": (18.0, 0.8), "steatosis": (22.0, 0.6), "fibrosis": (6.0, 3.2)}
"""Size of the liver's own blobs in mm and their strength in dB."""

Point = NDArray[np.float64]


@dataclass(frozen=True)
class Machine:
    """What stays the same over the images of one examination."""

    name: str
    grain: Grain
    levels: Levels
    gain_db: float


@dataclass(frozen=True, eq=False)
class View:
    """One image.

    Parameters
    ----------
    frame_yx
        (y, x) uint8.
    pixel_mm
        Size of its pixels.
    lesion, background
        Outlines in pixels (column, row).
    """

    frame_yx: NDArray[np.uint8]
    pixel_mm: float
    lesion: Polygon
    background: Polygon


@dataclass(frozen=True, eq=False)
class _Cut:
    """A cross-section of the lesion: centre (x, y) in mm, bulges of its margin by direction."""

    centre: Point
    radius_mm: float
    amplitudes: Point
    phases: Point

    def reach(self, angle: NDArray[np.floating]) -> NDArray[np.floating]:
        """Distance from the centre to the margin in mm, by direction."""
        waves = np.cos(np.multiply.outer(angle, HARMONICS) + self.phases)
        bulges: NDArray[np.floating] = waves @ self.amplitudes
        return self.radius_mm * (1 + bulges)


MACHINES = (
    ("Curved A", Grain(0.8, 1.0), 58.0),
    ("Curved B", Grain(1.0, 1.3), 52.0),
    ("Curved C", Grain(0.7, 0.9), 66.0),
)


def draw_machine(rng: np.random.Generator) -> Machine:
    """Draw the scanner of an examination and its settings."""
    name, grain, dynamic_range = MACHINES[rng.integers(len(MACHINES))]
    levels = Levels(dynamic_range + float(rng.uniform(-4, 4)), float(rng.uniform(0.42, 0.52)))
    return Machine(name, grain, levels, float(rng.normal(0, 3)))


def draw_view(rng: np.random.Generator, patient: Patient, machine: Machine, rows: int) -> View:
    """Make one of the images of a lesion; each is another cut, seen by another hold of the probe.

    Parameters
    ----------
    rows
        Rows and columns of the image.
    """
    sector = draw_sector(rng, rows)
    cut = _draw_cut(rng, patient, sector)
    background, radius = _background_place(rng, sector, cut)
    level = _liver(rng, sector, patient.background)
    level += _vessels(rng, sector, cut, background, radius)
    inside, lesion_db = _lesion(rng, sector, cut, patient)
    level += lesion_db
    rate = rng.normal(0.16, 0.03) if patient.posterior_enhancement else rng.normal(-0.01, 0.02)
    level += behind_db(sector, inside, float(rate))
    level += attenuation_db(sector, LOSS_DB_PER_MM[patient.background])
    level += speckle_db(rng, sector, machine.grain)
    level += np.float32(machine.gain_db + rng.normal(0, 1) + 2)
    return View(
        grey_frame(level, sector.inside(), machine.levels),
        sector.pixel_mm,
        _drawn(rng, sector, cut.centre, cut.reach(_directions())),
        _drawn(rng, sector, background, np.full(CORNERS, radius)),
    )


def _draw_cut(rng: np.random.Generator, patient: Patient, sector: Sector) -> _Cut:
    radius = min(patient.diameter_mm / 2 * rng.uniform(0.86, 1.0), 0.34 * sector.depth_mm)
    wall, floor = 18 + 1.15 * radius, sector.depth_mm - 12 - 1.15 * radius
    depth = rng.uniform(wall, max(wall + 1, min(floor, 105)))
    angle = np.radians(rng.uniform(-0.45, 0.45) * sector.half_width)
    curvature = sector.radius_mm or 0.0
    drop = curvature * np.cos(np.radians(sector.half_width))
    centre = np.array([np.sin(angle), np.cos(angle)]) * (curvature + depth) - (0, drop)
    amplitudes = rng.standard_normal(len(HARMONICS)) * patient.lobes / np.sqrt(HARMONICS - 1)
    return _Cut(centre, float(radius), amplitudes, rng.uniform(0, 2 * np.pi, len(HARMONICS)))


def _background_place(rng: np.random.Generator, sector: Sector, cut: _Cut) -> tuple[Point, float]:
    """Return the middle and the radius of a disc of liver beside the lesion, at like depth."""
    x, y = sector.millimetres()
    depth, across = sector.beam_coordinates()
    gap = np.hypot(x - cut.centre[0], y - cut.centre[1]) - 1.25 * cut.radius_mm
    edge = (1 - np.abs(across)) * np.radians(sector.half_width) * (depth + (sector.radius_mm or 0))
    room = np.minimum.reduce([gap, edge, depth - 18, sector.depth_mm - 8 - depth])
    radius = float(min(rng.uniform(11, 16), 0.95 * room.max()))
    lesion_depth = np.hypot(cut.centre[0], cut.centre[1])
    cost = np.abs(np.hypot(x, y) - lesion_depth) + rng.uniform(0, 30, x.shape)
    row, column = np.unravel_index(np.where(room >= radius, cost, np.inf).argmin(), x.shape)
    return np.array([x[row, column], y[row, column]], np.float64), radius


def _liver(rng: np.random.Generator, sector: Sector, background: str) -> Floats:
    """Return the level of wall, liver and diaphragm in dB, (y, x)."""
    depth, across = sector.beam_coordinates()
    level = _blobs(rng, sector, *UNEVENNESS[background])
    level += np.float32(BRIGHTNESS_DB[background])
    wall = rng.uniform(9, 15)
    stripes = 5 * np.sin(depth * rng.uniform(1.2, 2.0)) + 4
    level = np.where(depth < wall, stripes, level)
    bend = rng.uniform(-6, 6) * across + rng.uniform(4, 10) * np.square(across)
    diaphragm = sector.depth_mm - rng.uniform(5, 9) - bend
    level = level + 14 * np.exp(-np.square((depth - diaphragm) / 1.6))
    return np.asarray(np.where(depth > diaphragm + 3, level - 6, level), np.float32)


def _vessels(
    rng: np.random.Generator, sector: Sector, cut: _Cut, background: Point, radius: float
) -> Floats:
    """Return dark cross-sections of vessels, clear of the lesion and the outlined background."""
    x, y = sector.millimetres()
    level = np.zeros(sector.shape_yx, np.float32)
    for _ in range(int(rng.integers(2, 7))):
        column, row = rng.integers(sector.shape_yx[1]), rng.integers(sector.shape_yx[0])
        place = np.array([x[row, column], y[row, column]])
        size = rng.uniform(1.5, 5)
        clear = np.linalg.norm(place - cut.centre) > 1.4 * cut.radius_mm + size
        if clear and np.linalg.norm(place - background) > radius + size and place[1] > 20:
            stretch, turn = rng.uniform(0.5, 1), rng.uniform(0, np.pi)
            across = (x - place[0]) * np.cos(turn) + (y - place[1]) * np.sin(turn)
            along = (y - place[1]) * np.cos(turn) - (x - place[0]) * np.sin(turn)
            distance = np.hypot(across / stretch, along) - size
            level -= 20 * expit(-2 * distance)
    return level


def _lesion(
    rng: np.random.Generator, sector: Sector, cut: _Cut, patient: Patient
) -> tuple[Floats, Floats]:
    """Return the share of lesion in each pixel and what it changes in dB, (y, x) each."""
    x, y = sector.millimetres()
    dx, dy = x - cut.centre[0], y - cut.centre[1]
    margin_mm = cut.reach(np.arctan2(dy, dx)) - np.hypot(dx, dy)  # above 0 inside
    inside = expit(margin_mm / rng.uniform(0.5, 1.1))
    blob_mm = max(3.0, 0.45 * cut.radius_mm)
    against_liver = patient.echo_db - BRIGHTNESS_DB[patient.background]
    level = _blobs(rng, sector, blob_mm, patient.unevenness_db) + against_liver
    level = level + patient.ring_db * np.clip(2 * margin_mm / cut.radius_mm - 1, -1, 1)
    change = inside * level
    if patient.halo:
        thickness = np.clip(0.11 * cut.radius_mm, 1.2, 3.5)
        rim = np.exp(-np.square((margin_mm - thickness / 2) / (0.6 * thickness)))
        change = change - rng.uniform(6, 10) * rim
    return inside.astype(np.float32), change.astype(np.float32)


def _blobs(rng: np.random.Generator, sector: Sector, size_mm: float, strength_db: float) -> Floats:
    cells = [max(2, round(n * sector.pixel_mm / size_mm)) for n in sector.shape_yx]
    field = smooth_field(rng, (1, *sector.shape_yx), (1, cells[0], cells[1]))[0]
    return np.asarray(field / 0.55 * strength_db, np.float32)


def _directions() -> NDArray[np.float64]:
    return np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)


def _drawn(
    rng: np.random.Generator, sector: Sector, centre: Point, reach_mm: NDArray[np.floating]
) -> Polygon:
    """Return an outline as drawn by hand: a little outside, a little off, in hundredths."""
    angle = _directions()
    reach = reach_mm * (1.03 + 0.02 * rng.standard_normal(CORNERS))
    column = (centre[0] + reach * np.cos(angle)) / sector.pixel_mm + (sector.shape_yx[1] - 1) / 2
    row = (centre[1] + reach * np.sin(angle)) / sector.pixel_mm
    return tuple(zip(column.round(2).tolist(), row.round(2).tolist(), strict=True))
